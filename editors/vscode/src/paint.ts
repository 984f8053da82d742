// Draws the marks into the visible editors.
//
// State is told by shape as well as by colour: a missed statement has a line at its left, a
// partial one a dashed line, a covered one a hair line, one that changed since the run a dotted line,
// an excluded one a fine dotted line. Stale marks keep their shape and lose their colour. What differs from
// the baseline is told beside that, by a tint, a word behind the line, and a mark in the middle of the ruler. Extensions can draw beside the text only in
// the glyph margin, which breakpoints need, so the lines are within the text's own area: thin enough to
// leave the first letter of a line alone.

import * as vscode from 'vscode';
import type { Edit } from './marks.ts';
import type { Change, DocumentCoverage, Run } from './protocol.ts';

type StateKind =
	| 'missed' | 'partial' | 'covered' | 'excluded'
	| 'staleMissed' | 'stalePartial' | 'staleCovered' | 'staleExcluded'
	| 'changed';
type ChangeKind = 'lost' | 'gained' | 'newlyMissed'; // against the baseline
type Kind = StateKind | ChangeKind;

export interface Look {
	gutter: string; // border, line or glyph
	covered: boolean; // draw covered lines
	changed: boolean; // draw lines that changed since the run
	excluded: boolean; // draw lines that are excluded
	stale: string; // dimmed, hidden or normal
	ruler: boolean;
}

interface Style {
	border: string;
	color: string; // the stem of the ids in package.json
	icon: string;
	ruler: boolean;
}

const STYLES: Record<StateKind, Style> = {
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

const CHANGES: Record<ChangeKind, { of: string; word: string }> = {
	lost: { of: 'lost', word: '▼ lost' },
	gained: { of: 'gained', word: '▲ gained' },
	newlyMissed: { of: 'newly-missed', word: '◆ new, missed' },
};

const KINDS = Object.keys(STYLES) as StateKind[];
const CHANGE_KINDS = Object.keys(CHANGES) as ChangeKind[];

function kindOf(run: Run, stale: boolean, look: Look): StateKind | undefined {
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

/** Lines that are drawn alike. */
interface Lines {
	start: number;
	end: number; // included
}

/** What VS Code was given to draw in an editor, carried to the present text as VS Code does it by itself. */
interface Drawn {
	lines: Lines[];
	at: number; // milliseconds, when it was given
	sure: boolean; // that VS Code has it just there
}

// VS Code's window may be ahead of the extension host by what was typed just now: what it was given is then
// drawn where the text is no more.
const LAG_MS = 5000;

function areEqual(a: Lines[], b: Lines[]): boolean {
	return a.length === b.length && a.every(({ start, end }, i) => b[i]?.start === start && b[i]?.end === end);
}

// The editor's own way with ranges is not worth repeating where an edit touches one.
function follow(drawn: Drawn, edit: Edit, now: number): void {
	const delta = edit.breaks - (edit.last - edit.first);

	if (edit.breaks === 0 && delta === 0) {
		return; // within a line
	}
	if (now - drawn.at < LAG_MS || drawn.lines.some(({ start, end }) => start <= edit.last && end >= edit.first)) {
		drawn.sure = false;
	} else {
		drawn.lines = drawn.lines.map((l) => (l.start > edit.last ? { start: l.start + delta, end: l.end + delta } : l));
	}
}

export class Painter implements vscode.Disposable {
	private types = new Map<Kind, vscode.TextEditorDecorationType>();
	private drawn = new WeakMap<vscode.TextEditor, Map<Kind, Drawn>>();
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

	/**
	 * Draws one document's runs and changes, which lie in the present text, or nothing. What VS Code has
	 * already is not sent to it again: each time it is the whole list of a kind.
	 */
	paint(editor: vscode.TextEditor, message: DocumentCoverage | undefined, runs: Run[], changes: Change[]): void {
		const wanted = new Map<Kind, Lines[]>();
		const last = editor.document.lineCount - 1;
		const stale = message?.freshness === 'stale';
		const add = (kind: Kind | undefined, { start, end }: Lines): void => {
			if (kind === undefined || start > last) {
				return;
			}
			const list = wanted.get(kind);
			const lines = { start, end: Math.min(end, last) };
			if (list === undefined) {
				wanted.set(kind, [lines]);
			} else {
				list.push(lines);
			}
		};

		if (message !== undefined && isDrawable(editor.document.uri) && !(stale && this.look.stale === 'hidden')) {
			const grey = stale && this.look.stale !== 'normal';
			runs.forEach((run) => add(kindOf(run, grey, this.look), run));
			changes.forEach((change) => add(CHANGE_KINDS.find((kind) => CHANGES[kind].of === change.change), change));
		}
		for (const kind of this.types.keys()) {
			this.draw(editor, kind, wanted.get(kind) ?? []);
		}
	}

	/** Takes an edit of a document, which VS Code has carried what it draws over. */
	follow(document: vscode.TextDocument, edits: Edit[]): void {
		const now = Date.now();

		for (const editor of vscode.window.visibleTextEditors.filter((e) => e.document === document)) {
			for (const drawn of this.drawn.get(editor)?.values() ?? []) {
				edits.forEach((edit) => follow(drawn, edit, now));
			}
		}
	}

	dispose(): void {
		for (const type of this.types.values()) {
			type.dispose();
		}
		this.types.clear();
		this.drawn = new WeakMap();
	}

	private draw(editor: vscode.TextEditor, kind: Kind, lines: Lines[]): void {
		let kinds = this.drawn.get(editor);
		if (kinds === undefined) {
			this.drawn.set(editor, (kinds = new Map<Kind, Drawn>()));
		}
		const drawn = kinds.get(kind) ?? { lines: [], at: 0, sure: true };
		if (drawn.sure && areEqual(drawn.lines, lines)) {
			return;
		}
		kinds.set(kind, { lines, at: Date.now(), sure: true });
		const range = ({ start, end }: Lines): vscode.Range => new vscode.Range(start, 0, end, editor.document.lineAt(end).text.length);
		const type = this.types.get(kind) as vscode.TextEditorDecorationType;
		// A word stands behind the first line of a change alone.
		editor.setDecorations(type, kind in CHANGES ? lines.flatMap((l) => this.changeRanges(kind as ChangeKind, l, range)) : lines.map(range));
	}

	private changeRanges(kind: ChangeKind, lines: Lines, range: (lines: Lines) => vscode.Range): vscode.DecorationOptions[] {
		const word = {
			contentText: CHANGES[kind].word,
			color: new vscode.ThemeColor(`covls.${kind}Foreground`),
			margin: '0 0 0 3ch',
		};
		const first = { range: range({ start: lines.start, end: lines.start }), renderOptions: { after: word } };
		return lines.end === lines.start ? [first] : [first, { range: range({ start: lines.start + 1, end: lines.end }) }];
	}

	private create(): void {
		for (const kind of KINDS) {
			this.types.set(kind, vscode.window.createTextEditorDecorationType(this.options(STYLES[kind])));
		}
		for (const kind of CHANGE_KINDS) {
			this.types.set(kind, vscode.window.createTextEditorDecorationType(this.changeOptions(kind)));
		}
	}

	private changeOptions(kind: ChangeKind): vscode.DecorationRenderOptions {
		const options: vscode.DecorationRenderOptions = {
			isWholeLine: true,
			rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
			backgroundColor: new vscode.ThemeColor(`covls.${kind}Background`),
		};
		if (this.look.ruler) {
			options.overviewRulerColor = new vscode.ThemeColor(`covls.${kind}OverviewRuler`);
			options.overviewRulerLane = vscode.OverviewRulerLane.Center;
		}
		return options;
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
