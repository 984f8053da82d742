// How the lines of the open documents stand, kept in step with what is typed. Nothing here knows
// of the editor: the tests run it in plain Node.
//
// A message of the server speaks of one version of a document. While it was on its way the user may
// have typed on, so the edits since the last message are remembered and a late message is carried
// over them. The same is done to the marks that are held, because an editor that is hidden and
// shown again must be painted without asking the server. What was touched keeps its state until
// the server, which looks at the text itself, says otherwise.
//
// A `covls/coverageChange` speaks of what the server said before, not of what is on the screen. So what it
// said is kept as it was sent, beside the marks that have followed the text.

import type { Change, CoverageChange, DocumentCoverage, LineEdit, Run } from './protocol.ts';

/** One replacement of text: from line `first` (column 0 or not) to line `last`, by a text of `breaks` line breaks. */
export interface Edit {
	first: number;
	atLineStart: boolean;
	last: number;
	breaks: number;
}

interface Entry {
	message?: DocumentCoverage;
	dataFrom: number; // milliseconds: when the data was recorded
	earlierFrom: number; // the same of the oldest of the earlier runs
	runs: Run[]; // those of `message`, carried to the present version
	changes: Change[]; // the same
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

interface Lines {
	start: number;
	end: number; // included
}

/** Carries runs over one edit. Runs whose lines have all gone are left out. */
export function shiftRuns<T extends Lines>(runs: T[], edit: Edit): T[] {
	const shifted: T[] = [];

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
			shifted.push({ ...run, start, end });
		}
	}
	return shifted;
}

// The index of the first run that ends at a line or behind it.
function firstFrom(runs: Lines[], line: number): number {
	let low = 0;
	let high = runs.length;

	while (low < high) {
		const middle = (low + high) >> 1;
		if ((runs[middle] as Lines).end < line) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/**
 * Replaces lines as the server does: runs are cut where they touch the lines that went, `inserted` stand for
 * those that came. `joins` says whether two runs that lie side by side are one.
 */
function replaceLines<T extends Lines>(runs: T[], edit: Lines & { removed: number }, inserted: T[], joins: (a: T, b: T) => boolean): T[] {
	const behind = edit.start + edit.removed; // the first line that is left after them
	const delta = edit.end + 1 - behind;
	const result: T[] = [];
	const add = (run: T): void => {
		const last = result[result.length - 1];
		if (last !== undefined && last.end + 1 === run.start && joins(last, run)) {
			result[result.length - 1] = { ...last, end: run.end };
		} else {
			result.push(run);
		}
	};
	const moved = (run: T): T => (delta === 0 ? run : { ...run, start: run.start + delta, end: run.end + delta });
	const first = firstFrom(runs, edit.start);
	let next = first;

	// Only where they meet can runs become one: all others are taken as they are.
	for (let i = 0; i < first; i++) {
		result.push(runs[i] as T);
	}
	const head = runs[first];
	if (head !== undefined && head.start < edit.start) {
		add({ ...head, end: edit.start - 1 });
	}
	inserted.forEach(add);
	while (next < runs.length && (runs[next] as T).end < behind) {
		next++;
	}
	const tail = runs[next];
	if (tail !== undefined) {
		add(moved(tail.start < behind ? { ...tail, start: behind } : tail));
	}
	for (let i = next + 1; i < runs.length; i++) {
		result.push(moved(runs[i] as T));
	}
	return result;
}

const hasLines = ({ removed, inserted }: LineEdit): boolean => removed > 0 || inserted > 0;

/** What becomes of the runs that the server has sent by the edits of a `covls/coverageChange`. */
export function applyEdits(runs: Run[], edits: LineEdit[]): Run[] {
	const joins = (a: Run, b: Run): boolean => a.state === b.state && a.state !== 'partial'; // each of these is a place

	return edits.filter(hasLines).reduce((before, { start, removed, inserted, runs: now }) =>
		replaceLines(before, { start, removed, end: start + inserted - 1 }, now, joins), runs);
}

// The same for what differs from the baseline, which a message only tells anew when it is not just moved.
function carryChanges(changes: Change[], edits: LineEdit[]): Change[] {
	return edits.filter(hasLines).reduce((before, { start, removed, inserted }) =>
		replaceLines(before, { start, removed, end: start + inserted - 1 }, [], () => false), changes);
}

/** A message with what a change of it says; its runs and changes are those of the change's version. */
export function withChange(message: DocumentCoverage, change: CoverageChange): DocumentCoverage {
	const { edits, ...members } = change;
	const merged = { ...message, ...members, runs: applyEdits(message.runs, edits) } as DocumentCoverage;

	if (change.changes === undefined && message.changes !== undefined) {
		merged.changes = { ...message.changes, runs: carryChanges(message.changes.runs, edits) };
	}
	for (const key of ['ran', 'earlier', 'changes'] as const) {
		if (change[key] === null) {
			delete merged[key];
		}
	}
	return merged;
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

/** Seconds, as of now. */
export interface Ages {
	data?: number;
	earlier?: number; // of the oldest run before the last that counts
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
		this.keep(uri, message, now - (message.data?.ageSeconds ?? 0) * 1000, now - (message.earlier?.ageSeconds ?? 0) * 1000);
	}

	/** Takes a change of what was received last; false if nothing was. */
	update(uri: string, change: CoverageChange, now: number): boolean {
		const entry = this.entries.get(uri);
		if (entry?.message === undefined) {
			return false;
		}
		const { data, earlier } = change;
		const dataFrom = data === undefined || data === null ? entry.dataFrom : now - data.ageSeconds * 1000;
		const earlierFrom = earlier === undefined || earlier === null ? entry.earlierFrom : now - earlier.ageSeconds * 1000;
		this.keep(uri, withChange(entry.message, change), dataFrom, earlierFrom);
		return true;
	}

	private keep(uri: string, message: DocumentCoverage, dataFrom: number, earlierFrom: number): void {
		const edits = (this.entries.get(uri)?.edits ?? []).filter((e) => e.version > message.version);
		const runs = edits.reduce((r, e) => shiftRuns(r, e.edit), message.runs);
		const changes = edits.reduce((r, e) => shiftRuns(r, e.edit), message.changes?.runs ?? []);
		this.entries.set(uri, { message, dataFrom, earlierFrom, runs, changes, edits });
	}

	/** Takes the edits that made `version` out of the version before it. */
	change(uri: string, version: number, edits: Edit[]): void {
		const entry = this.entries.get(uri) ?? { dataFrom: 0, earlierFrom: 0, runs: [], changes: [], edits: [] };

		for (const edit of edits) {
			entry.runs = shiftRuns(entry.runs, edit);
			entry.changes = shiftRuns(entry.changes, edit);
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

	/** What differs from the baseline, as it lies in the present text. */
	changes(uri: string): Change[] {
		return this.entries.get(uri)?.changes ?? [];
	}

	/** What the server said last. */
	message(uri: string): DocumentCoverage | undefined {
		return this.entries.get(uri)?.message;
	}

	/** How old the data is now, in seconds; nothing where there is none. */
	ages(uri: string, now: number): Ages {
		const entry = this.entries.get(uri);
		const message = entry?.message;
		const since = (from: number): number => Math.max(0, now - from) / 1000;
		const ages: Ages = {};

		if (entry !== undefined && message?.data) {
			ages.data = since(entry.dataFrom);
		}
		if (entry !== undefined && message?.earlier !== undefined) {
			ages.earlier = since(entry.earlierFrom);
		}
		return ages;
	}
}
