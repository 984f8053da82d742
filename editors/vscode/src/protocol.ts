// The messages that are covls's own, as editors/PROTOCOL.md writes them down. Lines count from 0.

export interface Run {
	start: number;
	end: number; // included
	state: string; // one of the five of PROTOCOL.md, or one that a newer server knows
}

export interface Summary {
	statements: number;
	covered: number;
	missed: number;
	unknown?: number; // changed since they ran
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

export interface DocumentCoverage {
	uri: string;
	version: number;
	freshness: string; // fresh, edited, stale, none
	runs: Run[];
	summary: Summary;
	data: DataFile | null;
	reason: { code: string; message: string };
}

/** What the server reads, from `initializationOptions` and from `workspace/didChangeConfiguration`. */
export interface ServerSettings {
	coverage: true;
	dataFile: string; // empty: covls looks for it
	pathMappings: { from: string; to: string }[];
	pythonVersion: string; // the same
	diagnostics: { severity: string };
}

export interface ServerStatus {
	version: string;
	documents: number;
	dataFiles: {
		path: string;
		state: string;
		format: string;
		producer: string;
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
export const STATUS = 'covls/status';
export const EXPLAIN = 'covls.explain';
