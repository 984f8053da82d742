// How the lines of the open documents stand, kept in step with what is typed. Nothing here knows
// of the editor: the tests run it in plain Node.
//
// A message of the server speaks of one version of a document. While it was on its way the user may
// have typed on, so the edits since the last message are remembered and a late message is carried
// over them. The same is done to the marks that are held, because an editor that is hidden and
// shown again must be painted without asking the server. What was touched keeps its state until
// the server, which looks at the text itself, says otherwise.

import type { DocumentCoverage, Run } from './protocol.ts';

/** One replacement of text: from line `first` (column 0 or not) to line `last`, by a text of `breaks` line breaks. */
export interface Edit {
	first: number;
	atLineStart: boolean;
	last: number;
	breaks: number;
}

interface Entry {
	message?: DocumentCoverage;
	received: number; // milliseconds, when `message` came
	runs: Run[]; // those of `message`, carried to the present version
	edits: { version: number; edit: Edit }[]; // newer than `message`
}

// More than anybody types between two messages; a document that nobody answers for must not grow.
const EDITS_KEPT = 2000;

// Where a line is after an edit; undefined when its text has gone.
function shiftLine(line: number, edit: Edit): number | undefined {
	const delta = edit.breaks - (edit.last - edit.first);

	if (line < edit.first) {
		return line;
	}
	if (line > edit.last) {
		return line + delta;
	}
	if (line === edit.first && !edit.atLineStart) {
		return line; // its head stays where it is
	}
	if (line === edit.last) {
		// Its tail follows the new text, unless the head of another line stands before it there.
		return edit.atLineStart || edit.breaks > 0 ? edit.first + edit.breaks : undefined;
	}
	return undefined;
}

/** Carries runs over one edit. Runs whose lines have all gone are left out. */
export function shiftRuns(runs: Run[], edit: Edit): Run[] {
	const shifted: Run[] = [];

	for (const run of runs) {
		if (run.end < edit.first) {
			shifted.push(run);
			continue;
		}
		let start: number | undefined;
		let end: number | undefined;
		for (let line = run.start; line <= run.end && start === undefined; line++) {
			start = shiftLine(line, edit);
		}
		for (let line = run.end; line >= run.start && end === undefined; line--) {
			end = shiftLine(line, edit);
		}
		if (start !== undefined && end !== undefined && start <= end) {
			shifted.push({ start, end, state: run.state });
		}
	}
	return shifted;
}

/**
 * The places that "next uncovered" goes to: missed lines, which lines without a state, such as blank
 * ones and comments, do not part; and partial statements, each a run of its own.
 */
export function uncoveredPlaces(runs: Run[]): Run[] {
	const places: Run[] = [];
	let missed: Run | undefined; // that may go on

	for (const run of runs) {
		if (run.state === 'missed' && missed !== undefined) {
			missed.end = run.end;
			continue;
		}
		missed = run.state === 'missed' ? { ...run } : undefined;
		if (run.state === 'missed' || run.state === 'partial') {
			places.push(missed ?? { ...run });
		}
	}
	return places;
}

/** The first place after `line` (or, backwards, before it), going round at the ends; its index. */
export function findPlace(places: Run[], line: number, backwards: boolean): number | undefined {
	if (places.length === 0) {
		return undefined;
	}
	if (backwards) {
		const before = places.filter((p) => p.start < line).length;
		return (before > 0 ? before : places.length) - 1;
	}
	return Math.max(0, places.findIndex((p) => p.start > line));
}

/** The marks of every open document, by the text of its URI. */
export class Marks {
	private readonly entries = new Map<string, Entry>();

	/** Takes a message that speaks of the document as it was at `message.version`. */
	receive(uri: string, message: DocumentCoverage, now: number): void {
		const entry = this.entries.get(uri);
		if (entry?.message !== undefined && message.version < entry.message.version) {
			return; // older than what is known already
		}
		const edits = (entry?.edits ?? []).filter((e) => e.version > message.version);
		const runs = edits.reduce((r, e) => shiftRuns(r, e.edit), message.runs);
		this.entries.set(uri, { message, received: now, runs, edits });
	}

	/** Takes the edits that made `version` out of the version before it. */
	change(uri: string, version: number, edits: Edit[]): void {
		const entry = this.entries.get(uri) ?? { received: 0, runs: [], edits: [] };

		for (const edit of edits) {
			entry.runs = shiftRuns(entry.runs, edit);
			entry.edits.push({ version, edit });
		}
		if (entry.edits.length > EDITS_KEPT) {
			entry.edits.splice(0, entry.edits.length - EDITS_KEPT);
		}
		this.entries.set(uri, entry);
	}

	forget(uri: string): void {
		this.entries.delete(uri);
	}

	forgetAll(): void {
		this.entries.clear();
	}

	/** The runs as they lie in the present text. */
	runs(uri: string): Run[] {
		return this.entries.get(uri)?.runs ?? [];
	}

	/** What the server said last. */
	message(uri: string): DocumentCoverage | undefined {
		return this.entries.get(uri)?.message;
	}

	/** How old the data is now, in seconds. */
	age(uri: string, now: number): number | undefined {
		const entry = this.entries.get(uri);
		const data = entry?.message?.data;
		if (entry === undefined || data === undefined || data === null) {
			return undefined;
		}
		return Math.max(0, data.ageSeconds + (now - entry.received) / 1000);
	}
}
