// What the status item says. Plain text of plain values: the tests run it in Node.

import type { Ages } from './marks.ts';
import type { Baselines, Change, Changes, DocumentCoverage, Explanation, Ran, Run, ServerStatus, Summary } from './protocol.ts';

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
	return roundedText(percentOf(summary), digits);
}

function roundedText(percent: number, digits: number): string {
	const unit = 10 ** -digits;
	const inside = percent > 0 && percent < 100 ? Math.min(Math.max(percent, unit), 100 - unit) : percent;
	const scaled = inside * 10 ** digits;
	const whole = Math.floor(scaled);
	const rounded = scaled - whole === 0.5 ? whole + (whole % 2) : Math.round(scaled);

	return `${(rounded * unit).toFixed(digits)}%`;
}

/** How many statements are known, where that is less than all: "93%". */
function knownText({ statements, known, unknown = 0 }: Summary): string | undefined {
	const count = known ?? statements - unknown;

	return statements === 0 || count >= statements ? undefined : roundedText((100 * count) / statements, 0);
}

/** Statements, lines and the like, counted. */
function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? '' : 's'}`;
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

/** Against the baseline, in a narrow place: "−3 +4", what is newly missed or lost and what was gained. */
function changeTexts(changes: Changes | undefined): string[] {
	if (changes === undefined) {
		return [];
	}
	const less = changes.lost + changes.newlyMissed;
	const text = [less > 0 ? `−${less}` : '', changes.gained > 0 ? `+${changes.gained}` : ''].filter((t) => t !== '').join(' ');
	return text === '' ? [] : [text];
}

/** The text of the status item, with its codicon. */
export function statusText(message: DocumentCoverage, ages: Ages, visible: boolean): string {
	const old = ages.data === undefined ? [] : [ageText(ages.data)];
	const hidden = visible ? undefined : 'eye-closed';

	if (message.freshness === 'unknown') {
		return `$(${hidden ?? 'question'}) ${['unknown: changed since the run', ...old].join(' · ')}`;
	}
	if (!hasMarks(message) || message.summary.percent === undefined) {
		return '$(shield) no coverage';
	}
	const stale = message.freshness === 'stale';
	const icon = hidden ?? (stale ? 'history' : 'shield');
	const { missed, partial = 0 } = message.summary;
	const known = knownText(message.summary);
	const parts = [percentText(message.summary)];
	if (known !== undefined) {
		parts.push(`${known} known`);
	}
	parts.push(`${missed} missed`);
	if (partial > 0) {
		parts.push(`${partial} partial`);
	}
	parts.push(...changeTexts(message.changes), ...old);
	if (stale) {
		parts.push('stale');
	}
	return `$(${icon}) ${parts.join(' · ')}`;
}

/** The same for a screen reader. */
export function spokenText(message: DocumentCoverage, ages: Ages): string {
	const old = ages.data === undefined ? '' : `, recorded ${agoText(ages.data)}`;

	if (message.freshness === 'unknown') {
		return `Test coverage unknown, changed since the run${old}. ${message.reason.message}`;
	}
	if (!hasMarks(message) || message.summary.percent === undefined) {
		return `No test coverage. ${message.reason.message}`;
	}
	const { missed, partial = 0, statements } = message.summary;
	const some = partial > 0 ? `, ${partial} partial` : '';
	const known = knownText(message.summary);
	const part = known === undefined ? '' : `, ${known} known`;
	const c = message.changes;
	const against = c === undefined ? '' : `, against ${c.baseline} ${c.lost} lost, ${c.newlyMissed} newly missed, ${c.gained} gained`;
	const stale = message.freshness === 'stale' ? ', stale' : '';
	return `Test coverage ${percentText(message.summary)}${part}, ${missed} of ${statements} statements missed${some}${against}${old}${stale}`;
}

/** Which text the marks are from, where it is not simply the file on disk. */
export function ranText(ran: Ran | undefined): string[] {
	if (ran === undefined || ran.from === 'disk' || ran.from === 'unknown') {
		return [];
	}
	if (ran.message !== '') {
		return [ran.message];
	}
	if (ran.from !== 'git') {
		return ['The text that ran is one that covls kept.'];
	}
	const place = ran.commit === 'index' ? 'the index of git' : ran.commit ? `commit ${ran.commit}` : 'a commit';
	return [`The text that ran is that of ${place}.`];
}

function earlierTexts({ earlier }: Pick<DocumentCoverage, 'earlier'>, age: number | undefined): string[] {
	if (earlier === undefined || age === undefined) {
		return [];
	}
	const oldest = earlier.runs === 1 ? `a run ${agoText(age)}` : `${earlier.runs} earlier runs, the oldest ${agoText(age)}`;
	return [`${count(earlier.statements, 'statement')} as of ${oldest}.`];
}

function baselineTexts({ changes: c }: Pick<DocumentCoverage, 'changes'>): string[] {
	if (c === undefined) {
		return [];
	}
	const what = c.message ? c.message : `${c.lost} lost, ${c.newlyMissed} newly missed, ${c.gained} gained`;
	return [`Against the baseline ${c.baseline}: ${what}.`];
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
export function tooltipLines(message: DocumentCoverage, ages: Ages): string[] {
	const lines: string[] = [];

	if (message.freshness === 'unknown') {
		lines.push('It is not known which text ran: nothing is marked as covered or missed.');
	} else if (hasMarks(message) && message.summary.percent !== undefined) {
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
		lines.push(...earlierTexts(message, ages.earlier), ...baselineTexts(message));
	}
	if (message.reason.message !== '') {
		lines.push(message.reason.message);
	}
	if (hasMarks(message)) {
		lines.push(...ranText(message.ran));
	}
	if (message.data !== null && ages.data !== undefined) {
		lines.push(`${message.data.path}, recorded ${agoText(ages.data)}.`);
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
	if (message.freshness === 'unknown') {
		return `The coverage of ${name} is unknown: it was changed since the run.${reason}${hidden}`;
	}
	if (percent === undefined || statements === 0) {
		return `${name} has no statements that could be missed.${reason}${hidden}`;
	}
	const text = missed === 0 ? 'every statement ran' : `${missed} of ${statements} statements were missed`;
	const some = partial === 0 ? '' : `, ${partial} ran without taking every branch`;
	const known = knownText(message.summary);
	const part = known === undefined ? '' : ` ${known} of it is known: the rest has changed since the run.`;
	return `${name} is ${percentText(message.summary)} covered: ${text}${some}.${part}${reason}${hidden}`;
}

/** What is told when there is no uncovered place to go to: of what is not known nobody can say so. */
export function noPlaceText(name: string, message: DocumentCoverage | undefined, visible: boolean): string {
	if (message === undefined || !hasMarks(message) || message.freshness === 'unknown') {
		return whyText(name, message, visible);
	}
	const { unknown = 0 } = message.summary;
	if (unknown > 0) {
		return `Nothing that is known of ${name} is uncovered; ${count(unknown, 'statement')} changed since the run.`;
	}
	return 'Nothing is uncovered in this file.';
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
		const known = knownText(d.summary);
		if (known !== undefined) {
			lines.push(`  known: ${known} of the statements`);
		}
		if (d.ran !== undefined) {
			const commit = d.ran.commit === undefined ? '' : ` ${d.ran.commit}`;
			lines.push(`  text that ran: ${d.ran.from}${commit}${d.ran.message === '' ? '' : `: ${d.ran.message}`}`);
		}
		lines.push(...[...earlierTexts(d, d.earlier?.ageSeconds), ...baselineTexts(d)].map((text) => `  ${text}`));
		if (d.data !== null) {
			lines.push(`  data: ${d.data.path}, recorded ${agoText(d.data.ageSeconds)}`);
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
			lines.push(`    ${f.files} ${f.files === 1 ? 'file' : 'files'}, ${f.branches ? 'with' : 'without'} branches, by ${f.producer || f.format}, recorded ${agoText(f.ageSeconds)}`);
		}
	}
	lines.push('', 'Watched folders', ...status.watching.map((w) => `  ${w}`));
	return lines.join('\n') + '\n';
}

// ---- baselines

const CHANGE_TEXTS: Record<string, string> = {
	lost: 'lost: covered in the baseline, missed now',
	gained: 'gained: missed in the baseline, covered now',
	'newly-missed': 'newly missed: not in the baseline, and missed',
};

/** What a change against the baseline is, in a list. */
export function changeText(change: Change): string {
	return CHANGE_TEXTS[change.change] ?? change.change;
}

/** A baseline in a list: when the run was that it is. */
export function baselineText({ modified }: Baselines['baselines'][number], now: number): string {
	const time = Date.parse(modified);

	return Number.isNaN(time) ? '' : `run ${agoText(Math.max(0, now - time) / 1000)}`;
}

/** Why a name will not do for a baseline; undefined if it will. */
export function baselineNameTrouble(name: string): string | undefined {
	if (name.trim() === '') {
		return 'A name is needed.';
	}
	return ['last', 'off'].includes(name.trim()) ? `"${name.trim()}" means something else here.` : undefined;
}
