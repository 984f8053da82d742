// The parts of the extension that need no editor, in plain Node, and what its files say of each other.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const extension = path.join(root, 'editors/vscode');
const { Marks, findPlace, shiftRuns, uncoveredPlaces } = await import(`${extension}/src/marks.ts`);
const { ageText, hasMarks, isTold, percentText, placeText, spokenText, statusPage, statusText, tooltipLines, whyText } = await import(`${extension}/src/words.ts`);
const manifest = JSON.parse(fs.readFileSync(path.join(extension, 'package.json'), 'utf8'));
const readme = fs.readFileSync(path.join(extension, 'README.md'), 'utf8');

const run = (start, end, state = 'missed') => ({ start, end, state });
const message = (version, runs, more = {}) => ({
	uri: 'file:///a.py', version, runs, freshness: 'fresh',
	summary: { statements: 10, covered: 8, missed: 2, excluded: 0, percent: 80 },
	data: { path: '/p/.coverage', format: 'coverage.py', modified: '', ageSeconds: 60 },
	reason: { code: 'none', message: '' }, ...more,
});

// Replaces text the slow way, with a name on every line, to see where lines go.
function edited(lines, edit, firstColumnZero) {
	const head = lines.slice(0, edit.first);
	const tail = lines.slice(edit.last + 1);
	const middle = [];
	if (edit.first === edit.last && edit.breaks === 0) {
		middle.push(lines[edit.first]);
	} else {
		middle.push(firstColumnZero ? (edit.breaks === 0 ? lines[edit.last] : undefined) : lines[edit.first]);
		for (let i = 1; i < edit.breaks; i++) middle.push(undefined);
		if (edit.breaks > 0) middle.push(edit.first === edit.last && !firstColumnZero ? undefined : lines[edit.last]);
	}
	return [...head, ...middle, ...tail];
}

const TOLD = [
	['python', 'fresh', 'none', true],
	['python', 'none', 'no-data-file', true],
	['javascript', 'fresh', 'none', true],
	['javascript', 'none', 'not-in-data', true],
	['javascript', 'none', 'bad-data', true],
	['javascript', 'none', 'no-data-file', false],
	['markdown', 'none', 'not-in-data', false],
	['json', 'none', 'bad-data', false],
	['markdown', 'fresh', 'none', true],
];
for (const [language, freshness, code, told] of TOLD) {
	test(`the status item ${told ? 'speaks' : 'is silent'} of ${language}, ${freshness}, ${code}`, () => {
		assert.equal(isTold(message(1, [], { freshness, reason: { code, message: 'x' } }), language), told);
	});
}
test('the status item is silent of what the server has not spoken of', () => assert.equal(isTold(undefined, 'python'), false));

test('single lines follow every small edit', () => {
	const lines = ['a', 'b', 'c', 'd', 'e', 'f'];
	for (let first = 0; first < 6; first++) {
		for (let last = first; last < 6; last++) {
			for (let breaks = 0; breaks < 4; breaks++) {
				for (const atLineStart of [true, false]) {
					const edit = { first, last, breaks, atLineStart };
					const after = edited(lines, edit, atLineStart);
					for (let line = 0; line < 6; line++) {
						const [shifted] = shiftRuns([run(line, line)], edit);
						const at = after.indexOf(lines[line]);
						assert.equal(shifted?.start ?? -1, at, `line ${line}, ${JSON.stringify(edit)}`);
						assert.equal(shifted?.end ?? -1, at);
					}
				}
			}
		}
	}
});

const SHIFTS = [
	['Enter at the end of a line above', [run(5, 8)], { first: 2, atLineStart: false, last: 2, breaks: 1 }, [run(6, 9)]],
	['Enter before a run', [run(5, 8)], { first: 5, atLineStart: true, last: 5, breaks: 1 }, [run(6, 9)]],
	['Enter within a run', [run(5, 8)], { first: 6, atLineStart: false, last: 6, breaks: 1 }, [run(5, 9)]],
	['Enter after a run', [run(5, 8)], { first: 8, atLineStart: false, last: 8, breaks: 1 }, [run(5, 8)]],
	['a letter typed', [run(5, 8)], { first: 6, atLineStart: false, last: 6, breaks: 0 }, [run(5, 8)]],
	['a run cut out', [run(5, 8)], { first: 5, atLineStart: true, last: 9, breaks: 0 }, []],
	['the first half cut out', [run(5, 8)], { first: 3, atLineStart: true, last: 7, breaks: 0 }, [run(3, 4)]],
	['the last half cut out', [run(5, 8)], { first: 7, atLineStart: true, last: 12, breaks: 0 }, [run(5, 6)]],
	['the middle cut out', [run(5, 8)], { first: 6, atLineStart: true, last: 8, breaks: 0 }, [run(5, 6)]],
];
for (const [name, before, edit, after] of SHIFTS) {
	test(`runs follow: ${name}`, () => assert.deepEqual(shiftRuns(before, edit), after));
}

test('a message for an older text is carried to the present one', () => {
	const marks = new Marks();
	const enter = { first: 0, atLineStart: true, last: 0, breaks: 1 };
	marks.change('u', 2, [enter]);
	marks.change('u', 3, [enter]);
	marks.receive('u', message(1, [run(4, 4)]), 0);
	assert.deepEqual(marks.runs('u'), [run(6, 6)]);
	marks.receive('u', message(2, [run(5, 5)]), 0); // of the text between the two
	assert.deepEqual(marks.runs('u'), [run(6, 6)]);
	marks.receive('u', message(3, [run(6, 6), run(9, 9)]), 0);
	assert.deepEqual(marks.runs('u'), [run(6, 6), run(9, 9)]);
	marks.receive('u', message(1, [run(0, 0)]), 0); // overtaken
	assert.deepEqual(marks.runs('u'), [run(6, 6), run(9, 9)]);
	marks.change('u', 4, [enter]);
	assert.deepEqual(marks.runs('u'), [run(7, 7), run(10, 10)]);
	marks.forget('u');
	assert.deepEqual(marks.runs('u'), []);
	assert.equal(marks.message('u'), undefined);
});

test('new data for the same version replaces the marks', () => {
	const marks = new Marks();
	marks.receive('u', message(1, [run(4, 4)]), 0);
	marks.receive('u', message(1, []), 0);
	assert.deepEqual(marks.runs('u'), []);
});

test('the age of the data grows by itself', () => {
	const marks = new Marks();
	marks.receive('u', message(1, []), 1_000_000);
	assert.equal(marks.age('u', 1_000_000), 60);
	assert.equal(marks.age('u', 1_090_000), 150);
	marks.receive('u', message(1, [], { data: null }), 0);
	assert.equal(marks.age('u', 0), undefined);
});

test('places to go to', () => {
	const partial = (start, end) => run(start, end, 'partial');
	const runs = [run(1, 2, 'covered'), run(3, 4), run(6, 6), partial(7, 7), partial(8, 9), run(10, 10, 'covered'), run(11, 12), run(13, 13, 'excluded'), run(14, 14)];
	const places = uncoveredPlaces(runs);
	assert.deepEqual(places, [run(3, 6), partial(7, 7), partial(8, 9), run(11, 12), run(14, 14)]);
	assert.deepEqual(runs[1], run(3, 4), 'the runs are left as they are');
	const forwards = [[0, 3], [3, 7], [5, 7], [7, 8], [8, 11], [9, 11], [13, 14], [14, 3], [99, 3]];
	const backwards = [[0, 14], [3, 14], [5, 3], [7, 3], [8, 7], [9, 8], [11, 8], [99, 14]];
	forwards.forEach(([from, to]) => assert.equal(places[findPlace(places, from, false)].start, to, `next of ${from}`));
	backwards.forEach(([from, to]) => assert.equal(places[findPlace(places, from, true)].start, to, `previous of ${from}`));
	assert.deepEqual(uncoveredPlaces([run(1, 2, 'covered')]), []);
	assert.equal(findPlace([], 0, false), undefined);
	assert.equal(placeText(run(3, 6)), 'lines 4–7 were not run');
	assert.equal(placeText(run(3, 3)), 'line 4 was not run');
	assert.equal(placeText(partial(8, 9)), 'lines 9–10 ran, but not every way out of it was taken');
});

test('words for ages and percentages', () => {
	const ages = [[0, 'now'], [9.9, 'now'], [10, '10 s'], [59.9, '59 s'], [60, '1 min'], [3599, '59 min'], [3600, '1 h'], [86399, '23 h'], [86400, '1 d'], [9e6, '104 d']];
	ages.forEach(([seconds, text]) => assert.equal(ageText(seconds), text));
	// covered, missed, branches, missed branches; what coverage.py's display_covered() makes of them
	const percents = [
		[[0, 9], '0%', '0.00%'], [[1, 400], '1%', '0.25%'], [[19, 5], '79%', '79.17%'], [[159, 41], '80%', '79.50%'], [[5, 3], '62%', '62.50%'],
		[[24913, 1], '99%', '99.99%'], [[0, 0], '100%', '100.00%'], [[7, 0], '100%', '100.00%'], [[42, 9, 14, 6], '77%', '76.92%'], [[4, 0, 2, 1], '83%', '83.33%'],
	];
	for (const [[covered, missed, branches, missedBranches], text, precise] of percents) {
		assert.equal(percentText({ covered, missed, branches, missedBranches }), text);
		assert.equal(percentText({ covered, missed, branches, missedBranches }, 2), precise);
	}
});

test('the status item in every condition', () => {
	const none = message(1, [], { freshness: 'none', data: null, summary: { statements: 0, covered: 0, missed: 0, excluded: 0 }, reason: { code: 'no-data-file', message: 'No data file was found in /p.' } });
	const stale = message(1, [], { freshness: 'stale', reason: { code: 'source-newer', message: 'The source is newer.' } });
	assert.equal(statusText(message(1, []), 185, true), '$(shield) 80% · 2 missed · 3 min');
	assert.equal(statusText(message(1, []), undefined, true), '$(shield) 80% · 2 missed');
	assert.equal(statusText(message(1, []), 5, false), '$(eye-closed) 80% · 2 missed · now');
	assert.equal(statusText(stale, 185, true), '$(history) 80% · 2 missed · 3 min · stale');
	assert.equal(statusText(none, undefined, true), '$(shield) no coverage');
	assert.deepEqual(tooltipLines(none, undefined), ['No data file was found in /p.']);
	assert.deepEqual(tooltipLines(stale, 185), ['80.00% covered: 8 of 10 statements ran, 2 were missed.', 'The source is newer.', '/p/.coverage, recorded 3 min ago.']);
	const edited = message(1, [], { freshness: 'edited', summary: { statements: 10, covered: 7, missed: 2, unknown: 1, excluded: 3, percent: 77.78 } });
	assert.deepEqual(tooltipLines(edited, 5), ['77.78% covered: 7 of 10 statements ran, 2 were missed.', '3 lines are excluded.', '1 statement has changed since: not known until the tests run again.', '/p/.coverage, recorded just now.']);
	assert.equal(hasMarks(none), false);
	assert.equal(whyText('a.py', none, true), 'No data file was found in /p.');
	assert.equal(whyText('a.py', message(1, []), false), 'a.py is 80% covered: 2 of 10 statements were missed. Its marks are hidden: use "Coverage: Show".');
	assert.match(whyText('a.py', undefined, true), /is not a file on disk/);
	const branches = (more) => message(1, [], { summary: { statements: 51, covered: 42, missed: 9, excluded: 1, partial: 4, branches: 14, missedBranches: 6, percent: 76.92, ...more } });
	assert.equal(statusText(branches(), 185, true), '$(shield) 77% · 9 missed · 4 partial · 3 min');
	assert.equal(statusText(branches({ partial: 0 }), 185, true), '$(shield) 77% · 9 missed · 3 min');
	assert.equal(spokenText(branches(), 185), 'Test coverage 77%, 9 of 51 statements missed, 4 partial, recorded 3 min ago');
	assert.deepEqual(tooltipLines(branches(), undefined), ['76.92% covered: 42 of 51 statements ran, 9 were missed.', '8 of 14 branches were taken, 4 statements are partial.', '1 line is excluded.']);
	assert.equal(tooltipLines(branches({ partial: 1 }), undefined)[1], '8 of 14 branches were taken, 1 statement is partial.');
	assert.equal(tooltipLines(branches({ branches: 0, missedBranches: 0, partial: 0 }), undefined).length, 2);
	assert.equal(whyText('a.py', branches(), true), 'a.py is 77% covered: 9 of 51 statements were missed, 4 ran without taking every branch.');
	assert.equal(whyText('a.py', branches({ covered: 51, missed: 0 }), true), 'a.py is 91% covered: every statement ran, 4 ran without taking every branch.');
	const config = message(1, [], { reason: { code: 'bad-config', message: 'setup.cfg: no such option.' } });
	assert.equal(tooltipLines(config, undefined)[1], 'setup.cfg: no such option.');
	assert.match(whyText('a.py', config, true), /covered: .* setup\.cfg: no such option\.$/);
	const page = statusPage({ version: '1', documents: 1, dataFiles: [], watching: [], document: branches() }, '/p/a.py', 'covls');
	assert.match(page, /\n {2}76\.92% covered, 9 of 51 statements missed, 1 lines excluded\n {2}8 of 14 branches were taken, 4 statements are partial\n/);
});

// ---- the files of the extension

test('the table of settings in README.md is that of package.json', () => {
	const rows = readme.split('\n').filter((l) => l.startsWith('| `covls.')).map((l) => l.split('|').slice(1, 4).map((c) => c.trim()));
	const properties = Object.entries(manifest.contributes.configuration.properties).sort((a, b) => a[1].order - b[1].order);
	const shown = (p) => (p.enum ? p.enum.map((v) => `\`"${v}"\``).join(', ') : p.type === 'array' ? (p.items.type === 'string' ? 'list of strings' : 'list') : p.type);
	const wanted = properties.map(([key, p]) => [`\`${key}\``, `${shown(p)}; \`${JSON.stringify(p.default)}\``, p.markdownDescription]);
	assert.deepEqual(rows, wanted);
});

test('README.md names every command by its title', () => {
	const missing = manifest.contributes.commands.filter((c) => !readme.includes(`**${c.title}**`)).map((c) => c.title);
	assert.deepEqual(missing, []);
});

test('README.md names every colour', () => {
	const missing = manifest.contributes.colors.filter((c) => !readme.includes(`\`${c.id}\``)).map((c) => c.id);
	assert.deepEqual(missing, []);
});

test('the manifest keeps its promises', () => {
	assert.ok(!manifest.activationEvents.includes('*'));
	assert.deepEqual(manifest.extensionKind, ['workspace']);
	assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.sort(), ['covls.args', 'covls.path']);
	assert.equal(manifest.devDependencies['@types/vscode'], manifest.engines.vscode.replace('^', ''));
	for (const command of manifest.contributes.keybindings.map((k) => k.command)) {
		assert.ok(manifest.contributes.commands.some((c) => c.command === command), command);
	}
});

test('every command of package.json is registered once, reload by the server alone', () => {
	const source = fs.readFileSync(path.join(extension, 'src/extension.ts'), 'utf8');
	const registered = [...source.matchAll(/registerCommand\('([^']+)'/g)].map((m) => m[1]).sort();
	const contributed = manifest.contributes.commands.map((c) => c.command).filter((c) => c !== 'covls.reload').sort();
	assert.deepEqual(registered, contributed);
});

test('the licence is that of the project', () => {
	assert.equal(fs.readFileSync(path.join(extension, 'LICENSE'), 'utf8'), fs.readFileSync(path.join(root, 'LICENSE'), 'utf8'));
});

test('lock files name no registry', () => {
	for (const file of [path.join(extension, 'package-lock.json'), path.join(root, 'tests/editors/vscode/package-lock.json')]) {
		assert.ok(!fs.readFileSync(file, 'utf8').includes('"resolved"'), file);
	}
});

// Contrast as WCAG 2.2 counts it (1.4.11: 3:1 for marks), against the backgrounds of the default themes.
test('every mark can be told from its background', () => {
	const light = (hex) => {
		const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const backgrounds = { dark: ['#1f1f1f', '#1e1e1e', '#002b36'], light: ['#ffffff', '#fdf6e3'], highContrast: ['#000000'], highContrastLight: ['#ffffff'] };
	const least = { dark: 3, light: 3, highContrast: 7, highContrastLight: 7 };
	for (const { id, defaults } of manifest.contributes.colors.filter((c) => c.id.endsWith('Border'))) {
		for (const [kind, list] of Object.entries(backgrounds)) {
			for (const background of list) {
				const [a, b] = [light(defaults[kind]), light(background)].sort((x, y) => y - x);
				const contrast = (a + 0.05) / (b + 0.05);
				assert.ok(contrast >= least[kind], `${id} on ${background}: ${contrast.toFixed(2)}`);
			}
		}
	}
});

test('icons have the colours of the borders', () => {
	const defaults = Object.fromEntries(manifest.contributes.colors.map((c) => [c.id, c.defaults]));
	for (const file of fs.readdirSync(path.join(extension, 'media')).filter((f) => f.endsWith('.svg'))) {
		const [, name, kind] = /^(.*)-(dark|light)\.svg$/.exec(file);
		const stem = name.startsWith('stale') || name === 'changed' ? 'stale' : name;
		assert.ok(fs.readFileSync(path.join(extension, 'media', file), 'utf8').includes(defaults[`covls.${stem}Border`][kind]), file);
	}
});
