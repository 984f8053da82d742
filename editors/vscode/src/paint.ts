// Draws the marks into the visible editors.
//
// State is told by shape as well as by colour: a missed statement has a line at its left, a
// partial one a dashed line, a covered one a hair line, one that changed since the run a dotted line,
// an excluded one a fine dotted line. Stale marks keep their shape and lose their colour. Extensions can draw beside the text only in
// the glyph margin, which breakpoints need, so the lines are within the text's own area: thin enough to
// leave the first letter of a line alone.

import * as vscode from 'vscode';
import type { DocumentCoverage, Run } from './protocol.ts';

type Kind =
	| 'missed' | 'partial' | 'covered' | 'excluded'
	| 'staleMissed' | 'stalePartial' | 'staleCovered' | 'staleExcluded'
	| 'changed';

export interface Look {
	gutter: string; // border, line or glyph
	covered: boolean; // draw covered lines
	changed: boolean; // draw lines that changed since the run
	excluded: boolean; // draw lines that are excluded
	ruler: boolean;
}

interface Style {
	border: string;
	color: string; // the stem of the ids in package.json
	icon: string;
	ruler: boolean;
}

const STYLES: Record<Kind, Style> = {
	missed: { border: '2px solid', color: 'missed', icon: 'missed', ruler: true },
	partial: { border: '2px dashed', color: 'partial', icon: 'partial', ruler: true },
	covered: { border: '1px solid', color: 'covered', icon: 'covered', ruler: false },
	excluded: { border: '1px dotted', color: 'excluded', icon: 'excluded', ruler: false },
	staleMissed: { border: '2px solid', color: 'stale', icon: 'stale-missed', ruler: true },
	stalePartial: { border: '2px dashed', color: 'stale', icon: 'stale-partial', ruler: true },
	staleCovered: { border: '1px solid', color: 'stale', icon: 'stale-covered', ruler: false },
	staleExcluded: { border: '1px dotted', color: 'stale', icon: 'stale-excluded', ruler: false },
	changed: { border: '2px dotted', color: 'stale', icon: 'changed', ruler: false },
};

const KINDS = Object.keys(STYLES) as Kind[];

function kindOf(run: Run, stale: boolean, look: Look): Kind | undefined {
	switch (run.state) {
		case 'missed':
			return stale ? 'staleMissed' : 'missed';
		case 'partial':
			return stale ? 'stalePartial' : 'partial';
		case 'covered':
			return !look.covered ? undefined : stale ? 'staleCovered' : 'covered';
		case 'unknown':
			return look.changed ? 'changed' : undefined;
		case 'excluded':
			return !look.excluded ? undefined : stale ? 'staleExcluded' : 'excluded';
		default:
			return undefined; // states of a later protocol
	}
}

/** Documents of a diff's left side, of git, of output and the like are never drawn on. */
export function isDrawable(uri: vscode.Uri): boolean {
	return uri.scheme === 'file' || uri.scheme === 'vscode-remote';
}

export class Painter implements vscode.Disposable {
	private types = new Map<Kind, vscode.TextEditorDecorationType>();
	private look: Look;
	private readonly asset: (path: string) => vscode.Uri;

	constructor(look: Look, asset: (path: string) => vscode.Uri) {
		this.look = look;
		this.asset = asset;
		this.create();
	}

	/** Takes a new look; the editors must be painted again after it. */
	restyle(look: Look): void {
		this.dispose();
		this.look = look;
		this.create();
	}

	/** Draws one document's runs, which lie in the present text, or nothing. */
	paint(editor: vscode.TextEditor, message: DocumentCoverage | undefined, runs: Run[]): void {
		const ranges = new Map<Kind, vscode.Range[]>();
		const lines = editor.document.lineCount;

		if (message !== undefined && isDrawable(editor.document.uri)) {
			const stale = message.freshness === 'stale';
			for (const run of runs) {
				const kind = kindOf(run, stale, this.look);
				if (kind === undefined || run.start >= lines) {
					continue;
				}
				const end = Math.min(run.end, lines - 1);
				const range = new vscode.Range(run.start, 0, end, editor.document.lineAt(end).text.length);
				const list = ranges.get(kind);
				if (list === undefined) {
					ranges.set(kind, [range]);
				} else {
					list.push(range);
				}
			}
		}
		for (const [kind, type] of this.types) {
			editor.setDecorations(type, ranges.get(kind) ?? []);
		}
	}

	dispose(): void {
		for (const type of this.types.values()) {
			type.dispose();
		}
		this.types.clear();
	}

	private create(): void {
		for (const kind of KINDS) {
			this.types.set(kind, vscode.window.createTextEditorDecorationType(this.options(STYLES[kind])));
		}
	}

	private options(style: Style): vscode.DecorationRenderOptions {
		const options: vscode.DecorationRenderOptions = {
			isWholeLine: true,
			// Text that is typed beside a statement is not part of it.
			rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
		};
		if (this.look.gutter === 'glyph') {
			options.dark = { gutterIconPath: this.asset(`media/${style.icon}-dark.svg`) };
			options.light = { gutterIconPath: this.asset(`media/${style.icon}-light.svg`) };
			options.gutterIconSize = 'contain';
		} else {
			const [width, shape] = style.border.split(' ') as [string, string];
			options.borderWidth = `0 0 0 ${width}`;
			options.borderStyle = shape;
			options.borderColor = new vscode.ThemeColor(`covls.${style.color}Border`);
			if (this.look.gutter === 'line') {
				options.backgroundColor = new vscode.ThemeColor(`covls.${style.color}Background`);
			}
		}
		if (this.look.ruler && style.ruler) {
			options.overviewRulerColor = new vscode.ThemeColor(`covls.${style.color}OverviewRuler`);
			options.overviewRulerLane = vscode.OverviewRulerLane.Left;
		}
		return options;
	}
}
