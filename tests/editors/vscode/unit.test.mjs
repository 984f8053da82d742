// The parts of the extension that need no editor, in plain Node, and what its files say of each other.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const extension = path.join(root, 'editors/vscode');
const { Marks, applyEdits, findPlace, shiftRuns, uncoveredPlaces, withChange } = await import(`${extension}/src/marks.ts`);
const { ageText, baselineNameTrouble, baselineText, changeText, hasMarks, isTold, noPlaceText, percentText, placeText, spokenText, statusPage, statusText, tooltipLines, whyText } = await import(`${extension}/src/words.ts`);
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
	assert.deepEqual(marks.ages('u', 1_000_000), { data: 60 });
	assert.deepEqual(marks.ages('u', 1_090_000), { data: 150 });
	// A change that does not speak of the data leaves its age alone.
	marks.update('u', { uri: '', version: 2, edits: [], freshness: 'edited' }, 1_040_000);
	assert.deepEqual(marks.ages('u', 1_090_000), { data: 150 });
	marks.update('u', { uri: '', version: 2, edits: [], data: { ...message(1, []).data, ageSeconds: 5 } }, 1_090_000);
	assert.deepEqual(marks.ages('u', 1_091_000), { data: 6 });
	marks.update('u', { uri: '', version: 2, edits: [], earlier: { statements: 3, runs: 1, modified: '', ageSeconds: 100 } }, 1_091_000);
	assert.deepEqual(marks.ages('u', 1_092_000), { data: 7, earlier: 101 });
	marks.update('u', { uri: '', version: 2, edits: [], earlier: null }, 1_091_000);
	assert.deepEqual(marks.ages('u', 1_092_000), { data: 7 });
	marks.receive('u', message(3, [], { data: null }), 0);
	assert.deepEqual(marks.ages('u', 0), {});
});

// ---- covls/coverageChange

const edit = (start, removed, inserted, runs = []) => ({ start, removed, inserted, runs });
const partial = (start, end) => run(start, end, 'partial');
const covered = (start, end) => run(start, end, 'covered');
const unknown = (start, end) => run(start, end, 'unknown');
const CHANGES = [
	['a line of a run is changed', [run(5, 8)], [edit(6, 1, 1, [unknown(6, 6)])], [run(5, 5), unknown(6, 6), run(7, 8)]],
	['and stands as before again', [run(5, 5), unknown(6, 6), run(7, 8)], [edit(6, 1, 1, [run(6, 6)])], [run(5, 8)]],
	['a line comes into a run', [run(5, 8)], [edit(6, 0, 1)], [run(5, 5), run(7, 9)]],
	['a line goes out of a run', [run(5, 8)], [edit(6, 1, 0)], [run(5, 7)]],
	['lines before a run', [run(5, 8)], [edit(0, 2, 5)], [run(8, 11)]],
	['lines behind a run', [run(5, 8)], [edit(9, 2, 5, [covered(9, 10)])], [run(5, 8), covered(9, 10)]],
	['lines up to a run', [run(5, 8)], [edit(3, 2, 1, [run(3, 3)])], [run(3, 7)]],
	['the end of one run and the head of another', [run(1, 4), covered(5, 8)], [edit(3, 4, 1, [unknown(3, 3)])], [run(1, 2), unknown(3, 3), covered(4, 5)]],
	['whole runs', [run(1, 2), covered(3, 3), run(4, 6)], [edit(1, 3, 0)], [run(1, 3)]],
	['what was between two goes', [run(1, 2), covered(3, 3), run(4, 6)], [edit(3, 1, 0)], [run(1, 5)]],
	['partial ones stay single', [partial(1, 2), covered(3, 3), partial(4, 4)], [edit(3, 1, 0)], [partial(1, 2), partial(3, 3)]],
	['one after another', [run(5, 8)], [edit(0, 0, 1, [covered(0, 0)]), edit(1, 0, 1, [covered(1, 1)]), edit(8, 1, 0)], [covered(0, 1), run(7, 9)]],
	['nothing', [run(5, 8)], [edit(6, 0, 0)], [run(5, 8)]],
	['into no runs', [], [edit(2, 1, 1, [run(2, 2)])], [run(2, 2)]],
	['behind all', [run(0, 1)], [edit(9, 0, 2, [run(9, 9)])], [run(0, 1), run(9, 9)]],
];
for (const [name, before, edits, after] of CHANGES) {
	test(`a change is applied: ${name}`, () => {
		const kept = structuredClone(before);
		assert.deepEqual(applyEdits(before, edits), after);
		assert.deepEqual(before, kept, 'what there was is left as it is');
	});
}

// The same line by line: each line has a state and, if it is partial, a number of its statement.
test('random changes are applied as line by line', () => {
	let seed = 20261123;
	const random = (limit) => (seed = (seed * 1103515245 + 12345) % 2147483648) % 65536 % limit;
	const STATES = [undefined, 'covered', 'missed', 'unknown', 'excluded', 'partial'];
	let statement = 0;
	const someLines = (count) => Array.from({ length: count }, () => {
		const state = STATES[random(STATES.length)];
		return { state, id: state === 'partial' ? ++statement : 0 };
	});
	const runsOf = (lines, first = 0) => {
		const runs = [];
		let before;
		lines.forEach((line, i) => {
			if (line.state !== undefined && before?.state === line.state && before.id === line.id) {
				runs.at(-1).end = first + i;
			} else if (line.state !== undefined) {
				runs.push(run(first + i, first + i, line.state));
			}
			before = line;
		});
		return runs;
	};
	for (let round = 0; round < 300; round++) {
		let lines = someLines(30);
		let runs = runsOf(lines);
		for (let step = 0; step < 12; step++) {
			const edits = [];
			for (let i = random(3) + 1; i > 0; i--) {
				const start = random(lines.length + 1);
				const removed = Math.min(random(5), lines.length - start);
				const fresh = someLines(random(5));
				edits.push(edit(start, removed, fresh.length, runsOf(fresh, start)));
				// A partial statement that is cut is two, as the server says.
				const tail = lines.slice(start + removed);
				const cut = tail[0]?.id;
				if (cut && lines[start - 1]?.id === cut && (removed > 0 || fresh.length > 0)) {
					statement++;
					tail.forEach((line, at) => line.id === cut && (tail[at] = { ...line, id: statement }));
				}
				lines = [...lines.slice(0, start), ...fresh, ...tail];
			}
			runs = applyEdits(runs, edits);
			assert.deepEqual(runs, runsOf(lines), JSON.stringify(edits));
		}
	}
});

test('a change speaks of what was sent before, and what was typed since comes on top', () => {
	const marks = new Marks();
	const enter = { first: 0, atLineStart: true, last: 0, breaks: 1 };
	assert.equal(marks.update('u', { uri: '', version: 2, edits: [] }, 0), false);
	marks.receive('u', message(1, [run(4, 6)]), 0);
	marks.change('u', 2, [enter]);
	marks.change('u', 3, [enter]);
	assert.equal(marks.update('u', { uri: '', version: 2, edits: [edit(0, 0, 1)] }, 0), true);
	assert.deepEqual(marks.message('u').runs, [run(5, 7)]);
	assert.deepEqual(marks.runs('u'), [run(6, 8)]);
	marks.update('u', { uri: '', version: 3, edits: [edit(0, 0, 1)] }, 0);
	assert.deepEqual(marks.runs('u'), [run(6, 8)]);
	marks.update('u', { uri: '', version: 3, edits: [edit(7, 1, 1, [unknown(7, 7)])], freshness: 'edited' }, 0);
	assert.deepEqual(marks.runs('u'), [run(6, 6), unknown(7, 7), run(8, 8)]);
	assert.equal(marks.message('u').freshness, 'edited');
	assert.equal(marks.message('u').version, 3);
});

test('the members of a change take the place of those before, and null takes them away', () => {
	const lost = { start: 4, end: 5, change: 'lost' };
	const first = message(1, [run(4, 6)], {
		ran: { from: 'git', commit: '3f2a91c', message: 'x' },
		changes: { baseline: 'main', modified: '', newlyMissed: 0, lost: 1, gained: 0, runs: [lost] },
	});
	const change = (more) => ({ uri: '', version: 2, edits: [], ...more });
	assert.deepEqual(withChange(first, change({})), { ...first, uri: '', version: 2 });
	// Those that only move with the text need not be sent again.
	assert.deepEqual(withChange(first, change({ edits: [edit(1, 0, 2)] })).changes.runs, [{ ...lost, start: 6, end: 7 }]);
	assert.deepEqual(withChange(first, change({ edits: [edit(4, 1, 1, [unknown(4, 4)])] })).changes.runs, [{ ...lost, start: 5 }]);
	const none = withChange(first, change({ changes: null, ran: null, data: null, summary: { statements: 0 } }));
	assert.ok(!('changes' in none) && !('ran' in none) && !('edits' in none));
	assert.deepEqual([none.data, none.summary], [null, { statements: 0 }]);
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
	const stale = message(1, [], { freshness: 'stale', reason: { code: 'data-gone', message: 'The data has gone.' } });
	assert.equal(statusText(message(1, []), { data: 185 }, true), '$(shield) 80% · 2 missed · 3 min');
	assert.equal(statusText(message(1, []), {}, true), '$(shield) 80% · 2 missed');
	assert.equal(statusText(message(1, []), { data: 5 }, false), '$(eye-closed) 80% · 2 missed · now');
	assert.equal(statusText(stale, { data: 185 }, true), '$(history) 80% · 2 missed · 3 min · stale');
	assert.equal(statusText(none, {}, true), '$(shield) no coverage');
	assert.deepEqual(tooltipLines(none, {}), ['No data file was found in /p.']);
	assert.deepEqual(tooltipLines(stale, { data: 185 }), ['80.00% covered: 8 of 10 statements ran, 2 were missed.', 'The data has gone.', '/p/.coverage, recorded 3 min ago.']);
	const edited = message(1, [], { freshness: 'edited', summary: { statements: 10, covered: 7, missed: 2, unknown: 1, excluded: 3, percent: 77.78 } });
	assert.deepEqual(tooltipLines(edited, { data: 5 }), ['77.78% covered: 7 of 10 statements ran, 2 were missed.', '3 lines are excluded.', '1 statement has changed since: not known until the tests run again.', '/p/.coverage, recorded just now.']);
	assert.equal(hasMarks(none), false);
	assert.equal(whyText('a.py', none, true), 'No data file was found in /p.');
	assert.equal(whyText('a.py', message(1, []), false), 'a.py is 80% covered: 2 of 10 statements were missed. Its marks are hidden: use "Coverage: Show".');
	assert.match(whyText('a.py', undefined, true), /is not a file on disk/);
	const branches = (more) => message(1, [], { summary: { statements: 51, covered: 42, missed: 9, excluded: 1, partial: 4, branches: 14, missedBranches: 6, percent: 76.92, ...more } });
	assert.equal(statusText(branches(), { data: 185 }, true), '$(shield) 77% · 9 missed · 4 partial · 3 min');
	assert.equal(statusText(branches({ partial: 0 }), { data: 185 }, true), '$(shield) 77% · 9 missed · 3 min');
	assert.equal(spokenText(branches(), { data: 185 }), 'Test coverage 77%, 9 of 51 statements missed, 4 partial, recorded 3 min ago');
	assert.deepEqual(tooltipLines(branches(), {}), ['76.92% covered: 42 of 51 statements ran, 9 were missed.', '8 of 14 branches were taken, 4 statements are partial.', '1 line is excluded.']);
	assert.equal(tooltipLines(branches({ partial: 1 }), {})[1], '8 of 14 branches were taken, 1 statement is partial.');
	assert.equal(tooltipLines(branches({ branches: 0, missedBranches: 0, partial: 0 }), {}).length, 2);
	assert.equal(whyText('a.py', branches(), true), 'a.py is 77% covered: 9 of 51 statements were missed, 4 ran without taking every branch.');
	assert.equal(whyText('a.py', branches({ covered: 51, missed: 0 }), true), 'a.py is 91% covered: every statement ran, 4 ran without taking every branch.');
	const config = message(1, [], { reason: { code: 'bad-config', message: 'setup.cfg: no such option.' } });
	assert.equal(tooltipLines(config, {})[1], 'setup.cfg: no such option.');
	assert.match(whyText('a.py', config, true), /covered: .* setup\.cfg: no such option\.$/);
	const page = statusPage({ version: '1', documents: 1, dataFiles: [], watching: [], document: branches() }, '/p/a.py', 'covls');
	assert.match(page, /\n {2}76\.92% covered, 9 of 51 statements missed, 1 lines excluded\n {2}8 of 14 branches were taken, 4 statements are partial\n/);
});

test('what is not known is said', () => {
	const all = { statements: 40, covered: 20, missed: 5, unknown: 0, known: 40, excluded: 0, percent: 80 };
	const some = { ...all, unknown: 3, known: 37, knownPercent: 92.5 };
	const text = (summary) => statusText(message(1, [], { summary }), { data: 185 }, true);
	assert.equal(text(all), '$(shield) 80% · 5 missed · 3 min');
	assert.equal(text(some), '$(shield) 80% · 92% known · 5 missed · 3 min');
	assert.equal(text({ ...some, statements: 4000, known: 3999 }), '$(shield) 80% · 99% known · 5 missed · 3 min');
	assert.equal(text({ ...some, known: undefined }), '$(shield) 80% · 92% known · 5 missed · 3 min', 'an older server');
	assert.match(spokenText(message(1, [], { summary: some }), {}), /^Test coverage 80%, 92% known, 5 of 40/);
	assert.equal(whyText('a.py', message(1, [], { summary: some }), true), 'a.py is 80% covered: 5 of 40 statements were missed. 92% of it is known: the rest has changed since the run.');
	const nothing = message(1, [], {
		freshness: 'unknown', summary: { statements: 3, covered: 0, missed: 0, unknown: 3, known: 0, excluded: 0 },
		reason: { code: 'source-newer', message: 'The file is newer than the data.' }, ran: { from: 'unknown', message: '' },
	});
	assert.equal(statusText(nothing, { data: 185 }, true), '$(question) unknown: changed since the run · 3 min');
	assert.equal(spokenText(nothing, {}), 'Test coverage unknown, changed since the run. The file is newer than the data.');
	assert.deepEqual(tooltipLines(nothing, { data: 185 }), [
		'It is not known which text ran: nothing is marked as covered or missed.', 'The file is newer than the data.', '/p/.coverage, recorded 3 min ago.']);
	assert.equal(whyText('a.py', nothing, true), 'The coverage of a.py is unknown: it was changed since the run. The file is newer than the data.');
	assert.equal(hasMarks(nothing), true);
	// Where there is no place to go to, that is not said to be all.
	assert.equal(noPlaceText('a.py', nothing, true), whyText('a.py', nothing, true));
	const summary = { statements: 10, covered: 8, missed: 0, unknown: 2, excluded: 0, percent: 100 };
	assert.equal(noPlaceText('a.py', message(1, [], { freshness: 'edited', summary }), true),
		'Nothing that is known of a.py is uncovered; 2 statements changed since the run.');
	assert.equal(noPlaceText('a.py', message(1, [], { summary: { ...summary, unknown: 0 } }), true), 'Nothing is uncovered in this file.');
});

test('where the marks are from is said', () => {
	const ran = (from, more = {}) => tooltipLines(message(1, [], { ran: { from, message: '', ...more } }), {}).slice(1);
	assert.deepEqual(ran('disk'), []);
	assert.deepEqual(ran('git', { commit: '3f2a91c' }), ['The text that ran is that of commit 3f2a91c.']);
	assert.deepEqual(ran('git', { commit: '3f2a91c', message: 'as in commit 3f2a91c.' }), ['as in commit 3f2a91c.']);
	assert.deepEqual(ran('git', { commit: 'index' }), ['The text that ran is that of the index of git.']);
	assert.deepEqual(ran('git', { commit: '' }), ['The text that ran is that of a commit.']);
	assert.deepEqual(ran('snapshot'), ['The text that ran is one that covls kept.']);
	const earlier = (statements, runs) => tooltipLines(message(1, [], { earlier: { statements, runs, modified: '', ageSeconds: 0 } }), { earlier: 3700 })[1];
	assert.equal(earlier(12, 1), '12 statements as of a run 1 h ago.');
	assert.equal(earlier(1, 3), '1 statement as of 3 earlier runs, the oldest 1 h ago.');
	const changes = { baseline: 'main', modified: '', newlyMissed: 1, lost: 2, gained: 4, runs: [] };
	assert.equal(statusText(message(1, [], { changes }), {}, true), '$(shield) 80% · 2 missed · −3 +4');
	assert.equal(statusText(message(1, [], { changes: { ...changes, gained: 0 } }), {}, true), '$(shield) 80% · 2 missed · −3');
	assert.equal(statusText(message(1, [], { changes: { ...changes, gained: 0, lost: 0, newlyMissed: 0 } }), {}, true), '$(shield) 80% · 2 missed');
	assert.equal(tooltipLines(message(1, [], { changes }), {})[1], 'Against the baseline main: 2 lost, 1 newly missed, 4 gained.');
	const silent = { ...changes, message: 'its text is not known; save it again' };
	assert.equal(tooltipLines(message(1, [], { changes: silent }), {})[1], 'Against the baseline main: its text is not known; save it again.');
	assert.match(spokenText(message(1, [], { changes }), {}), /against main 2 lost, 1 newly missed, 4 gained/);
	const page = statusPage({ version: '1', documents: 1, dataFiles: [], watching: [], document: message(1, [], { changes, ran: { from: 'git', commit: '3f2a91c', message: '' } }) }, '/p/a.py', 'covls');
	assert.match(page, /\n {2}text that ran: git 3f2a91c\n {2}Against the baseline main: 2 lost.*\n {2}data: \/p\/.coverage, recorded 1 min ago\n/);
});

test('words for baselines', () => {
	assert.match(changeText({ start: 0, end: 0, change: 'lost' }), /^lost/);
	assert.match(changeText({ start: 0, end: 0, change: 'newly-missed' }), /^newly missed/);
	assert.equal(changeText({ start: 0, end: 0, change: 'other' }), 'other');
	assert.equal(baselineText({ name: 'a', modified: '2026-11-23T10:00:00Z' }, Date.parse('2026-11-23T12:10:00Z')), 'run 2 h ago');
	assert.equal(baselineText({ name: 'a', modified: '' }, 0), '');
	assert.equal(baselineNameTrouble('main'), undefined);
	assert.ok(baselineNameTrouble('  ') && baselineNameTrouble('last') && baselineNameTrouble(' off'));
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
	for (const { id, defaults } of manifest.contributes.colors.filter((c) => /(Border|Foreground)$/.test(c.id))) {
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
