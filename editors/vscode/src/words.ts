// What the status item says. Plain text of plain values: the tests run it in Node.

import type { DocumentCoverage, Explanation, Run, ServerStatus, Summary } from './protocol.ts';

/** An age for a narrow place: "now", "40 s", "3 min", "2 h", "5 d". */
export function ageText(seconds: number): string {
	if (seconds < 10) {
		return 'now';
	}
	if (seconds < 60) {
		return `${Math.floor(seconds)} s`;
	}
	if (seconds < 3600) {
		return `${Math.floor(seconds / 60)} min`;
	}
	if (seconds < 86400) {
		return `${Math.floor(seconds / 3600)} h`;
	}
	return `${Math.floor(seconds / 86400)} d`;
}

/** The same in a sentence: "just now", "3 min ago". */
export function agoText(seconds: number): string {
	return seconds < 10 ? 'just now' : `${ageText(seconds)} ago`;
}

/** Of all that is known of: statements and, where they were recorded, branches. */
function percentOf(s: Summary): number {
	const branches = s.branches ?? 0;
	const all = s.covered + s.missed + branches;

	return all === 0 ? 100 : (100 * (s.covered + branches - (s.missedBranches ?? 0))) / all;
}

/**
 * A percentage as coverage.py rounds it (results.py, 7.16): 0 and 100 are only said of none and all, and a
 * half goes to the even number. `percent` of the summary is rounded already: 99.996 would be 100.
 */
export function percentText(summary: Summary, digits = 0): string {
	const unit = 10 ** -digits;
	const percent = percentOf(summary);
	const inside = percent > 0 && percent < 100 ? Math.min(Math.max(percent, unit), 100 - unit) : percent;
	const scaled = inside * 10 ** digits;
	const whole = Math.floor(scaled);
	const rounded = scaled - whole === 0.5 ? whole + (whole % 2) : Math.round(scaled);

	return `${(rounded * unit).toFixed(digits)}%`;
}

/** What is wrong with an uncovered place, where the server's own words are not at hand. */
export function placeText(place: Run): string {
	const lines = place.start === place.end ? `line ${place.start + 1}` : `lines ${place.start + 1}–${place.end + 1}`;

	if (place.state === 'partial') {
		return `${lines} ran, but not every way out of it was taken`;
	}
	return `${lines} ${place.start === place.end ? 'was' : 'were'} not run`;
}

/** Whether there is anything in the message to draw. */
export function hasMarks(message: DocumentCoverage | undefined): boolean {
	return message !== undefined && message.freshness !== 'none';
}

// No test ever runs these; that nothing is known of them is worth no word.
const NOT_CODE = new Set([
	'bibtex', 'csv', 'diff', 'dockercompose', 'dotenv', 'editorconfig', 'git-commit', 'git-rebase', 'ignore', 'ini',
	'json', 'jsonc', 'jsonl', 'latex', 'log', 'markdown', 'pip-requirements', 'plaintext', 'properties',
	'restructuredtext', 'search-result', 'snippets', 'tex', 'toml', 'xml', 'yaml',
]);

/**
 * Whether the status item has anything to say of a document. That there is no coverage is only worth a word
 * where one expects some: in Python, and in code of a project that has data.
 */
export function isTold(message: DocumentCoverage | undefined, language: string): message is DocumentCoverage {
	if (message === undefined) {
		return false;
	}
	if (hasMarks(message) || language === 'python') {
		return true;
	}
	return !NOT_CODE.has(language) && message.reason.code !== 'no-data-file' && message.reason.code !== 'not-a-file';
}

/** The text of the status item, with its codicon. */
export function statusText(message: DocumentCoverage, age: number | undefined, visible: boolean): string {
	if (!hasMarks(message) || message.summary.percent === undefined) {
		return '$(shield) no coverage';
	}
	const stale = message.freshness === 'stale';
	const icon = !visible ? 'eye-closed' : stale ? 'history' : 'shield';
	const { missed, partial = 0 } = message.summary;
	const parts = [percentText(message.summary), `${missed} missed`];
	if (partial > 0) {
		parts.push(`${partial} partial`);
	}
	if (age !== undefined) {
		parts.push(ageText(age));
	}
	if (stale) {
		parts.push('stale');
	}
	return `$(${icon}) ${parts.join(' · ')}`;
}

/** The same for a screen reader. */
export function spokenText(message: DocumentCoverage, age: number | undefined): string {
	if (!hasMarks(message) || message.summary.percent === undefined) {
		return `No test coverage. ${message.reason.message}`;
	}
	const { missed, partial = 0, statements } = message.summary;
	const some = partial > 0 ? `, ${partial} partial` : '';
	const old = age === undefined ? '' : `, recorded ${agoText(age)}`;
	const stale = message.freshness === 'stale' ? ', stale' : '';
	return `Test coverage ${percentText(message.summary)}, ${missed} of ${statements} statements missed${some}${old}${stale}`;
}

/** A sentence about branches, if they were recorded and there are any. */
function branchTexts({ branches = 0, missedBranches = 0, partial = 0 }: Summary): string[] {
	if (branches === 0) {
		return [];
	}
	const partials = `${partial} ${partial === 1 ? 'statement is' : 'statements are'} partial`;
	return [`${branches - missedBranches} of ${branches} branches were taken, ${partials}`];
}

/** The lines of the status item's tooltip. */
export function tooltipLines(message: DocumentCoverage, age: number | undefined): string[] {
	const lines: string[] = [];

	if (hasMarks(message) && message.summary.percent !== undefined) {
		const s = message.summary;
		lines.push(`${percentText(s, 2)} covered: ${s.covered} of ${s.statements} statements ran, ${s.missed} were missed.`);
		lines.push(...branchTexts(s).map((text) => `${text}.`));
		if (s.excluded > 0) {
			lines.push(`${s.excluded} ${s.excluded === 1 ? 'line is' : 'lines are'} excluded.`);
		}
		const changed = s.unknown ?? 0;
		if (changed > 0) {
			lines.push(`${changed} ${changed === 1 ? 'statement has' : 'statements have'} changed since: not known until the tests run again.`);
		}
	}
	if (message.reason.message !== '') {
		lines.push(message.reason.message);
	}
	if (message.data !== null && age !== undefined) {
		lines.push(`${message.data.path}, recorded ${agoText(age)}.`);
	}
	return lines;
}

/** One sentence that answers "why is there no coverage here?". */
export function whyText(name: string, message: DocumentCoverage | undefined, visible: boolean): string {
	if (message === undefined) {
		return `covls does not look at ${name}: it is not a file on disk.`;
	}
	if (!hasMarks(message)) {
		return message.reason.message || `Nothing is known of ${name}.`;
	}
	const { percent, missed, partial = 0, statements } = message.summary;
	const hidden = visible ? '' : ' Its marks are hidden: use "Coverage: Show".';
	const reason = message.reason.message === '' ? '' : ` ${message.reason.message}`;
	if (percent === undefined || statements === 0) {
		return `${name} has no statements that could be missed.${reason}${hidden}`;
	}
	const text = missed === 0 ? 'every statement ran' : `${missed} of ${statements} statements were missed`;
	const some = partial === 0 ? '' : `, ${partial} ran without taking every branch`;
	return `${name} is ${percentText(message.summary)} covered: ${text}${some}.${reason}${hidden}`;
}

/** An explanation as a page of its own. */
export function explanationPage(explanation: Explanation, file: string): string {
	return `${file}\n\n${explanation.verdict}\n\n${explanation.text}`;
}

/** What of an explanation goes into the tooltip: the setting that would help. */
export function fixText(explanation: Explanation | undefined): string[] {
	const fix = explanation?.fix;

	return fix === null || fix === undefined ? [] : [`This would help: "${fix.key}": ${JSON.stringify(fix.value)}`];
}

/** The whole state of the server, for "Coverage: Show Status". */
export function statusPage(status: ServerStatus, name: string | undefined, command: string): string {
	const lines = [`covls ${status.version}`, `started as: ${command}`, `open documents: ${status.documents}`, ''];

	if (name !== undefined && status.document !== undefined) {
		const d = status.document;
		lines.push(name);
		if (d.summary.percent !== undefined) {
			lines.push(`  ${percentText(d.summary, 2)} covered, ${d.summary.missed} of ${d.summary.statements} statements missed, ${d.summary.excluded} lines excluded`);
			lines.push(...branchTexts(d.summary).map((text) => `  ${text}`));
		}
		lines.push(`  freshness: ${d.freshness}`);
		if (d.data !== null) {
			lines.push(`  data: ${d.data.path}`);
		}
		if (d.reason.code !== 'none') {
			lines.push(`  ${d.reason.code}: ${d.reason.message}`);
		}
		lines.push('');
	}
	lines.push('Data files');
	if (status.dataFiles.length === 0) {
		lines.push('  none was found');
	}
	for (const f of status.dataFiles) {
		lines.push(`  ${f.path}`);
		lines.push(`    ${f.state}${f.message ? `: ${f.message}` : ''}`);
		if (f.state === 'ok') {
			lines.push(`    ${f.files} files, ${f.branches ? 'with' : 'without'} branches, by ${f.producer || f.format}, recorded ${agoText(f.ageSeconds)}`);
		}
	}
	lines.push('', 'Watched folders', ...status.watching.map((w) => `  ${w}`));
	return lines.join('\n') + '\n';
}
