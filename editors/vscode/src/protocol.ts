// The messages that are covls's own, as editors/PROTOCOL.md writes them down. Lines count from 0.

export interface Run {
	start: number;
	end: number; // included
	state: string; // one of the five of PROTOCOL.md, or one that a newer server knows
}

/** Of a statement against the baseline: `lost`, `gained`, `newly-missed`, or what a newer server knows. */
export interface Change {
	start: number;
	end: number; // included
	change: string;
}

export interface Summary {
	statements: number;
	covered: number;
	missed: number;
	unknown?: number; // changed since they ran
	known?: number; // all others
	excluded: number; // lines
	partial?: number; // of the covered ones; this and the two below of data with branches only
	branches?: number;
	missedBranches?: number;
	percent?: number;
}

export interface DataFile {
	path: string;
	format: string;
	modified: string;
	ageSeconds: number;
}

/** Which text ran. */
export interface Ran {
	from: string; // disk, snapshot, git, unknown
	commit?: string; // of git: its first digits, or "index"; empty if that is not known any more
	message: string;
}

/** What is only known from runs before the last. */
export interface Earlier {
	statements: number;
	runs: number;
	modified: string; // of the oldest run that counts
	ageSeconds: number;
}

/** What differs from the baseline. */
export interface Changes {
	baseline: string;
	modified?: string; // absent if there is no baseline of that name
	newlyMissed: number;
	lost: number;
	gained: number;
	runs: Change[];
	message?: string; // why nothing can be said of this file, if so
}

export interface DocumentCoverage {
	uri: string;
	version: number;
	freshness: string; // fresh, edited, stale, unknown, none
	runs: Run[];
	summary: Summary;
	data: DataFile | null;
	reason: { code: string; message: string };
	ran?: Ran;
	earlier?: Earlier;
	changes?: Changes;
}

/** Lines that were replaced, and how those stand that are there now. */
export interface LineEdit {
	start: number;
	removed: number;
	inserted: number;
	runs: Run[];
}

/** `covls/coverageChange`: what differs from what was sent before. A member that is null has gone. */
export interface CoverageChange {
	uri: string;
	version: number;
	edits: LineEdit[];
	freshness?: string;
	summary?: Summary;
	data?: DataFile | null;
	reason?: { code: string; message: string };
	ran?: Ran | null;
	earlier?: Earlier | null;
	changes?: Changes | null;
}

/** What the server reads, from `initializationOptions` and from `workspace/didChangeConfiguration`. */
export interface ServerSettings {
	coverage: true;
	coverageChanges: true;
	dataFile: string; // empty: covls looks for it
	pathMappings: { from: string; to: string }[];
	pythonVersion: string; // the same
	runs: string;
	newStatements: string;
	baseline: string; // empty: the one that is in use
	diagnostics: { severity: string };
}

/** What the commands about baselines answer. */
export interface Baselines {
	folder: string;
	inUse: string | null;
	baselines: { name: string; modified: string; made?: string; data?: string; others?: string[] }[];
}

/** What `covls.changes.project` answers, of all files of a project. */
export interface ChangeList {
	baseline: string | null;
	files: { uri: string; newlyMissed: number; lost: number; gained: number; runs: Change[]; message?: string }[];
}

export interface ServerStatus {
	version: string;
	documents: number;
	dataFiles: {
		path: string;
		state: string;
		format: string;
		producer?: string;
		files: number;
		branches: boolean;
		modified: string;
		ageSeconds: number;
		message: string;
	}[];
	watching: string[];
	document?: Omit<DocumentCoverage, 'runs'>;
}

/** What `covls.explain` answers. */
export interface Explanation {
	text: string; // all rows
	verdict: string; // one sentence
	fine: boolean;
	rows: { head: string; text: string }[];
	fix: { key: string; value: unknown } | null; // the setting that would help
}

/** Of the diagnostics: the source, and the code of each state that has any. */
export const SOURCE = 'covls';
export const CODES: Partial<Record<string, string>> = { missed: 'uncovered', partial: 'partial-branch' };

export const COVERAGE = 'covls/coverage';
export const COVERAGE_CHANGE = 'covls/coverageChange';
export const STATUS = 'covls/status';
export const EXPLAIN = 'covls.explain';
export const FORGET_RUNS = 'covls.forgetRuns';
export const CHANGES = 'covls.changes.project';
export const BASELINE = { save: 'covls.baseline.save', use: 'covls.baseline.use', drop: 'covls.baseline.drop', list: 'covls.baseline.list' };
