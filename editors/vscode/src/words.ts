// What the status item says. Plain text of plain values: the tests run it in Node.

import type { DocumentCoverage, ServerStatus } from './protocol.ts';

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

/** A whole percentage; 0 and 100 are only said of none and all, as coverage.py does. */
export function percentText(percent: number): string {
	if (percent > 0 && percent < 1) {
		return '1%';
	}
	if (percent > 99 && percent < 100) {
		return '99%';
	}
	return `${Math.round(percent)}%`;
}

/** Whether there is anything in the message to draw. */
export function hasMarks(message: DocumentCoverage | undefined): boolean {
	return message !== undefined && message.freshness !== 'none';
}

/** The text of the status item, with its codicon. */
export function statusText(message: DocumentCoverage, age: number | undefined, visible: boolean): string {
	if (!hasMarks(message) || message.summary.percent === undefined) {
		return '$(shield) no coverage';
	}
	const stale = message.freshness === 'stale';
	const icon = !visible ? 'eye-closed' : stale ? 'history' : 'shield';
	const parts = [percentText(message.summary.percent), `${message.summary.missed} missed`];
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
	const { percent, missed, statements } = message.summary;
	const old = age === undefined ? '' : `, recorded ${agoText(age)}`;
	const stale = message.freshness === 'stale' ? ', stale' : '';
	return `Test coverage ${percentText(percent)}, ${missed} of ${statements} statements missed${old}${stale}`;
}

/** The lines of the status item's tooltip. */
export function tooltipLines(message: DocumentCoverage, age: number | undefined): string[] {
	const lines: string[] = [];

	if (hasMarks(message) && message.summary.percent !== undefined) {
		const s = message.summary;
		lines.push(`${s.covered} of ${s.statements} statements ran (${s.percent?.toFixed(2)}%), ${s.missed} were missed.`);
		if (s.excluded > 0) {
			lines.push(`${s.excluded} ${s.excluded === 1 ? 'line is' : 'lines are'} excluded.`);
		}
		const changed = s.unknown ?? 0;
		if (changed > 0) {
			lines.push(`${changed} ${changed === 1 ? 'has' : 'have'} changed since: not known until the tests run again.`);
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
		return `covls does not look at ${name}: only Python files on disk are measured.`;
	}
	if (!hasMarks(message)) {
		return message.reason.message || `Nothing is known of ${name}.`;
	}
	const { percent, missed, statements } = message.summary;
	const hidden = visible ? '' : ' Its marks are hidden: use "Coverage: Show".';
	const reason = message.reason.message === '' ? '' : ` ${message.reason.message}`;
	if (percent === undefined || statements === 0) {
		return `${name} has no statements that could be missed.${reason}${hidden}`;
	}
	const text = missed === 0 ? 'every statement ran' : `${missed} of ${statements} statements were missed`;
	return `${name} is ${percentText(percent)} covered: ${text}.${reason}${hidden}`;
}

/** The whole state of the server, for "Coverage: Show Status". */
export function statusPage(status: ServerStatus, name: string | undefined, command: string): string {
	const lines = [`covls ${status.version}`, `started as: ${command}`, `open documents: ${status.documents}`, ''];

	if (name !== undefined && status.document !== undefined) {
		const d = status.document;
		lines.push(name);
		if (d.summary.percent !== undefined) {
			lines.push(`  ${d.summary.percent.toFixed(2)}% covered, ${d.summary.missed} of ${d.summary.statements} statements missed, ${d.summary.excluded} lines excluded`);
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
