// What is on the screen: the workbench in Chromium, looked at through its DOM, with computed styles and
// pixels. Pictures are left for people. The tests build on one another: it is one person's session.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { cursor, drawnLines, goToLine, openFile, openFolder, palette, rulerColors, until } from './lib.mjs';
import { MORE_TESTS, places } from './project.mjs';

const THEMES = {
	dark: ['Dark Modern', 'dark'],
	light: ['Light Modern', 'light'],
	hcdark: ['Default High Contrast', 'highContrast'],
	hclight: ['Default High Contrast Light', 'highContrastLight'],
};
const TALL = { width: 1400, height: 1700 }; // the whole of orders.py
const WIDE = { width: 1400, height: 900 };
const SHAPES = { missed: [2, 'solid'], partial: [2, 'dashed'], covered: [1, 'solid'], excluded: [1, 'dotted'], changed: [2, 'dotted'] };
const FILE = 'teahouse/orders.py';
const OTHER = 'teahouse/prices.py'; // has missed lines after the second run, too
const SHELF = 'teahouse/stock.py'; // has excluded lines
const WAYS = 'teahouse/ways.py'; // has a line with two ways that were not taken

export async function screenTests({ vscode, browser, project, artifacts, test: report, only, package: manifest }) {
	const page = await browser.newPage({ viewport: TALL });
	const faults = [];
	page.on('pageerror', (e) => faults.push(String(e)));
	const shot = (name) => page.screenshot({ path: path.join(artifacts, `${name}.png`) });
	let settings = {};
	const configure = (values) => {
		settings = { ...settings, ...values };
		project.settings({ ...project.baseSettings, ...settings });
	};
	let number = 0;
	const test = async (name, body) => {
		number++;
		if (!`screen: ${name}`.includes(only)) {
			return;
		}
		if (!(await report(`screen: ${name}`, body))) {
			await shot(`fail-${number}`).catch(() => undefined);
			await page.keyboard.press('Escape');
			await page.setViewportSize(TALL);
		}
	};

	// The colour that package.json gives to an id in a kind of theme, as the browser writes it.
	const color = (id, kind) => {
		const value = manifest.contributes.colors.find((c) => c.id === `covls.${id}`).defaults[kind];
		if (!value.startsWith('#')) {
			return color(value.replace('covls.', ''), kind);
		}
		const [r, g, b] = [1, 3, 5].map((at) => parseInt(value.slice(at, at + 2), 16));
		return `rgb(${r}, ${g}, ${b})`;
	};
	const is = (mark, state, kind, stem = state) =>
		mark !== undefined && mark.width === SHAPES[state][0] && mark.style === SHAPES[state][1] && mark.color === color(`${stem}Border`, kind);

	/** Every line is drawn as coverage.py says, and no other one; returns what was wrong. */
	const wrongLines = (drawn, oracle, kind, { stale = false, shift = 0, without = '' } = {}) => {
		const wrong = [];
		const states = new Map(Object.entries(oracle.states)
			.filter(([, state]) => state !== without)
			.map(([line, state]) => [Number(line) + shift, state]));
		for (const [line, state] of states) {
			if (!is(drawn[line], state, kind, stale ? 'stale' : state)) wrong.push([state, line, drawn[line]]);
		}
		for (const line of Object.keys(drawn).filter((l) => !states.has(Number(l)))) {
			wrong.push(['nothing', line, drawn[line]]);
		}
		return wrong;
	};
	const shows = (what, oracle, kind, options) =>
		until(what, async () => {
			const wrong = wrongLines(await drawnLines(page), oracle, kind, options);
			if (wrong.length > 0) {
				throw new Error(JSON.stringify(wrong.slice(0, 5)));
			}
			return true;
		});
	const itemText = ({ display, missed, partial }) => `${display}% · ${missed.length} missed${partial.length > 0 ? ` · ${partial.length} partial` : ''}`;
	const statusText = async () => (await page.locator('.statusbar-item[id="covls.covls.status"], .statusbar-item[id*="covls.status"]').first().textContent({ timeout: 1000 }))?.trim();
	const active = '.editor-group-container.active';

	configure({ 'workbench.colorTheme': THEMES.dark[0] });
	await openFolder(page, vscode.url, project.folder);
	await openFile(page, FILE);
	let oracle = await project.oracle(FILE);

	await test('every line has the mark of its state', async () => {
		assert.ok(oracle.missed.length > 3 && oracle.executed.length > 10 && oracle.partial.length > 2);
		await shows('the marks', oracle, 'dark');
		const drawn = await drawnLines(page);
		// A blank line and the module's docstring have none.
		const text = project.read(FILE).split('\n');
		assert.deepEqual(Object.keys(drawn).filter((l) => text[l - 1].trim() === ''), []);
	});

	await test('the status item tells percent, missed, partial and age', async () => {
		const wanted = new RegExp(`^${itemText(oracle)} · (now|\\d+ (s|min))$`);
		await until(`the status item to be ${wanted}`, async () => wanted.test(await statusText()));
	});

	await test('the overview ruler has the missed lines where they are', async () => {
		const heights = await until('the ruler', async () => (await rulerColors(page))[color('missedOverviewRuler', 'dark')]);
		const lines = project.read(FILE).split('\n').length;
		// Some pixel for the first and the last missed line, none far from all of them. The ruler's scale
		// is that of the file, or of the window when the file is shorter.
		const first = heights[0];
		const last = heights[heights.length - 1];
		const share = (last - first) / ((oracle.missed.at(-1) - oracle.missed[0]) / lines);
		assert.ok(share > 0.5 && share < 1.2, `${share}`);
		const partial = await until('partial lines in the ruler', async () => (await rulerColors(page))[color('partialOverviewRuler', 'dark')]);
		const spread = (partial.at(-1) - partial[0]) / ((oracle.partial.at(-1) - oracle.partial[0]) / lines);
		assert.ok(spread > 0.5 && spread < 1.2, `${spread}`);
		assert.equal((await rulerColors(page))[color('coveredBorder', 'dark')], undefined);
	});

	await test('the glyph margin is free for breakpoints', async () => {
		assert.equal(await page.locator(`${active} .glyph-margin-widgets .cgmr`).count(), 0);
		await goToLine(page, oracle.missed[0]);
		await page.keyboard.press('F9');
		await page.waitForSelector(`${active} .glyph-margin-widgets .codicon-debug-breakpoint, ${active} .glyph-margin-widgets .codicon-debug-breakpoint-unverified`);
		await page.setViewportSize(WIDE);
		await shot('dark-breakpoint');
		await page.setViewportSize(TALL);
		await page.keyboard.press('F9');
		await until('no breakpoint', async () => (await page.locator(`${active} .glyph-margin-widgets .cgmr`).count()) === 0);
	});

	for (const [name, [theme, kind]] of Object.entries(THEMES)) {
		await test(`its colours are those of the theme ${theme}`, async () => {
			configure({ 'workbench.colorTheme': theme });
			await shows(`the marks in ${theme}`, oracle, kind);
			await until('the ruler', async () => (await rulerColors(page))[color('missedOverviewRuler', kind)] !== undefined);
			await page.setViewportSize(WIDE);
			await goToLine(page, oracle.missed[0] + 20);
			await shot(name);
			await page.setViewportSize(TALL);
		});
	}
	configure({ 'workbench.colorTheme': THEMES.dark[0] });
	await shows('the marks again', oracle, 'dark').catch(() => undefined);

	await test('a file that no test reaches is marked too', async () => {
		await openFile(page, 'teahouse/import_csv.py');
		await shows('the marks of import_csv.py', await project.oracle('teahouse/import_csv.py'), 'dark');
		await page.setViewportSize(WIDE);
		await shot('all-missed');
		await page.setViewportSize(TALL);
		await openFile(page, FILE);
	});

	await test('a missed line has a hover', async () => {
		await goToLine(page, oracle.missed[0]);
		await page.locator(`${active} .view-line`, { hasText: project.read(FILE).split('\n')[oracle.missed[0] - 1].trim().slice(0, 20) }).first().locator('span > span').last().hover();
		const hover = page.locator('.monaco-hover:not(.hidden) .hover-contents', { hasText: /not covered/i }).first();
		await hover.waitFor({ timeout: 15000 });
		await shot('hover');
		await page.keyboard.press('Escape');
	});

	await test("a partial line has a hover with coverage.py's reasons", async () => {
		const [line] = oracle.partial;
		await goToLine(page, line, 12);
		await palette(page, 'Show or Focus Hover');
		const [reason] = oracle.reasons[line];
		const hover = page.locator('.monaco-hover:not(.hidden)', { hasText: /partly covered/i }).first();
		await hover.waitFor({ timeout: 15000 });
		const text = (await hover.innerText()).replace(/\s+/g, ' ');
		assert.ok(text.includes(reason), text);
		await page.setViewportSize(WIDE);
		await shot('hover-partial');
		await page.setViewportSize(TALL);
		await page.keyboard.press('Escape');
	});

	await test('excluded lines have a faint mark of their own, or none', async () => {
		const shelf = await project.oracle(SHELF);
		assert.ok(shelf.excluded.length > 0);
		await openFile(page, SHELF);
		await shows('the marks of stock.py', shelf, 'dark');
		await page.setViewportSize(WIDE);
		await goToLine(page, shelf.excluded[0] + 20);
		await shot('excluded');
		await page.setViewportSize(TALL);
		configure({ 'covls.showExcluded': false });
		await shows('the marks without excluded lines', shelf, 'dark', { without: 'excluded' });
		configure({ 'covls.showExcluded': true });
		await shows('the marks again', shelf, 'dark');
		await openFile(page, FILE);
	});

	await test('Problems has a line for each way that was not taken, and where it leads', async () => {
		const ways = await project.oracle(WAYS);
		const [line, reasons] = Object.entries(ways.reasons).find(([, list]) => list.length > 1);
		await openFile(page, WAYS);
		await shows('the marks of ways.py', ways, 'dark');
		configure({ 'covls.diagnostics.severity': 'warning' });
		await palette(page, 'Problems: Focus on Problems View');
		const panel = page.locator('.markers-panel');
		const filter = page.locator('.panel .viewpane-filter input').first();
		try {
			// The panel draws no more rows than it has room for.
			await filter.fill(`line ${line} didn`);
			await until('both reasons in the panel', async () => {
				const text = (await panel.innerText()).replace(/\s+/g, ' ');
				const targets = reasons.map((reason) => `${/ (line \d+) because/.exec(reason)[1]}, to which line ${line} didn't jump`);
				if (![...reasons, ...targets].every((part) => text.includes(part))) {
					throw new Error(text);
				}
				return true;
			});
			await page.setViewportSize(WIDE);
			await shot('problems-partial');
		} finally {
			await page.setViewportSize(TALL);
			await filter.fill('');
			configure({ 'covls.diagnostics.severity': 'hint' });
			await palette(page, 'View: Hide Panel').catch(() => page.keyboard.press('Control+J'));
			await openFile(page, FILE);
		}
		await page.locator(`${active} .squiggly-hint`).first().waitFor();
	});

	await test('the states differ in shape: pictures without colour', async () => {
		const devtools = await page.context().newCDPSession(page);
		await openFile(page, SHELF);
		await shows('the marks of stock.py', await project.oracle(SHELF), 'dark');
		await devtools.send('Emulation.setEmulatedVisionDeficiency', { type: 'achromatopsia' });
		await page.setViewportSize(WIDE);
		await goToLine(page, 58);
		await shot('dark-without-colour');
		configure({ 'workbench.colorTheme': THEMES.light[0] });
		await shows('the marks in a light theme', await project.oracle(SHELF), 'light').catch(() => undefined);
		await shot('light-without-colour');
		await devtools.send('Emulation.setEmulatedVisionDeficiency', { type: 'none' });
		await page.setViewportSize(TALL);
		configure({ 'workbench.colorTheme': THEMES.dark[0] });
		await openFile(page, FILE);
		await shows('the marks of orders.py', oracle, 'dark');
	});

	await test('Problems has the missed runs when the severity is information, and not as hints', async () => {
		await palette(page, 'Problems: Focus on Problems View');
		const rows = page.locator('.markers-panel .monaco-list-row', { hasText: /not run/ });
		await page.locator('.markers-panel', { hasText: 'No problems have been detected' }).first().waitFor({ timeout: 15000 });
		assert.equal(await rows.count(), 0);
		configure({ 'covls.diagnostics.severity': 'information' });
		await rows.first().waitFor({ timeout: 15000 });
		await page.locator('.markers-panel .monaco-list-row .codicon-info').first().waitFor();
		await page.locator(`${active} .squiggly-info`).first().waitFor();
		await page.setViewportSize(WIDE);
		await shot('problems');
		await page.setViewportSize(TALL);
		configure({ 'covls.diagnostics.severity': 'hint' });
		await until('no problems', async () => (await rows.count()) === 0);
		await palette(page, 'View: Hide Panel').catch(() => page.keyboard.press('Control+J'));
		await page.locator(`${active} .squiggly-hint`).first().waitFor();
	});

	await test('Alt+F9 goes from one uncovered place to the next, Shift+Alt+F9 back', async () => {
		const wanted = places(oracle);
		assert.equal(wanted[0], oracle.partial[0]);
		await goToLine(page, 1);
		for (const [index, line] of wanted.entries()) {
			await page.keyboard.press('Alt+F9');
			await until(`place ${index + 1}`, async () => (await cursor(page)).line === line);
			const why = oracle.reasons[line]?.[0] ?? 'not run';
			await until(`the status bar to say ${why}`, async () =>
				(await page.locator('.statusbar').innerText()).replace(/\s+/g, ' ').includes(why));
		}
		await page.setViewportSize(WIDE);
		await shot('next-uncovered');
		await page.setViewportSize(TALL);
		await page.keyboard.press('Shift+Alt+F9');
		await until('the place before', async () => (await cursor(page)).line === wanted.at(-2));
	});

	await test('all uncovered lines are listed, with their reasons', async () => {
		await palette(page, 'Coverage: List Uncovered Lines…');
		const rows = page.locator('.quick-input-widget .monaco-list-row');
		await rows.first().waitFor();
		await page.setViewportSize(WIDE);
		await until('a row for each', async () => (await rows.count()) === places(oracle).length);
		const line = oracle.partial[1];
		await shot('list');
		await rows.filter({ hasText: oracle.reasons[line][0] }).click();
		await until('the line that was chosen', async () => (await cursor(page)).line === line);
		await page.setViewportSize(TALL);
	});

	await test('hide, show and toggle do so', async () => {
		await palette(page, 'Coverage: Hide');
		await until('no marks', async () => Object.keys(await drawnLines(page)).length === 0);
		await until('no dots', async () => (await page.locator(`${active} .squiggly-hint`).count()) === 0);
		assert.match(await statusText(), /missed/);
		await until('an empty ruler', async () => (await rulerColors(page))[color('missedOverviewRuler', 'dark')] === undefined);
		await palette(page, 'Coverage: Show');
		await shows('the marks again', oracle, 'dark');
		await palette(page, 'Coverage: Toggle');
		await until('no marks', async () => Object.keys(await drawnLines(page)).length === 0);
		await palette(page, 'Coverage: Toggle');
		await shows('the marks again', oracle, 'dark');
	});

	await test('a second editor of the same file is marked, and a tab that comes back', async () => {
		await palette(page, 'View: Split Editor Right');
		await until('two editors', async () => (await page.locator('.editor-instance .monaco-editor .view-overlays .cdr[class*="ced-"]').count()) > 0 && (await page.locator('.editor-instance').count()) === 2);
		await shows('the marks in the second editor', oracle, 'dark');
		await palette(page, 'View: Close Editor');
		await until('one editor', async () => (await page.locator('.editor-instance').count()) === 1);
		await openFile(page, OTHER);
		await shows('the marks of prices.py', await project.oracle(OTHER), 'dark');
		await openFile(page, FILE);
		await shows('the marks of orders.py', oracle, 'dark');
	});

	await test('marks follow what is typed; changed text is dotted', async () => {
		await goToLine(page, 1);
		await page.keyboard.press('Home');
		await page.keyboard.type('# new\n');
		await shows('the marks one line further', oracle, 'dark', { shift: 1 });
		const line = oracle.missed.find((l) => project.read(FILE).split('\n')[l - 1].includes('raise ValueError')) + 1;
		await goToLine(page, line);
		await page.keyboard.press('End');
		await page.keyboard.type('.with_traceback(None)');
		await until('a dotted mark', async () => is((await drawnLines(page))[line], 'changed', 'dark', 'stale'));
		await page.setViewportSize(WIDE);
		await shot('edited');
		await page.setViewportSize(TALL);
	});

	await test('the left side of a diff is left alone', async () => {
		await palette(page, 'File: Compare Active File with Saved');
		await page.locator('.monaco-diff-editor').first().waitFor();
		const side = (name) => page.locator(`.monaco-diff-editor .editor.${name} .view-overlays .cdr[class*="ced-"]`);
		await until('marks on the right', async () => (await side('modified').count()) > 5);
		const [left, right] = await Promise.all(['original', 'modified'].map((name) => drawnLines(page, `.monaco-diff-editor .editor.${name} .monaco-editor, .monaco-diff-editor .editor.${name}`)));
		assert.deepEqual(left, {});
		assert.ok(Object.keys(right).length > 5);
		await page.setViewportSize(WIDE);
		await shot('diff');
		await page.setViewportSize(TALL);
		await palette(page, 'View: Close Editor');
	});

	await test('a text that is changed back has its marks again', async () => {
		await openFile(page, FILE);
		await palette(page, 'File: Revert File');
		await shows('the marks of the saved text', oracle, 'dark');
	});

	await test('a second test run shows by itself', async () => {
		const before = oracle;
		project.write('tests/test_more.py', MORE_TESTS);
		await project.record();
		oracle = await project.oracle(FILE);
		assert.ok(oracle.missed.length < before.missed.length);
		await shows('the marks of the second run', oracle, 'dark');
		await until('the status item', async () => (await statusText()).startsWith(`${itemText(oracle)} · `));
		await page.setViewportSize(WIDE);
		await shot('second-run');
		await page.setViewportSize(TALL);
	});

	await test('marks without data are stale: grey, and the status item says so', async () => {
		await openFile(page, OTHER);
		const other = await project.oracle(OTHER);
		const shelf = await project.oracle(SHELF);
		assert.ok(other.missed.length > 0 && other.partial.length > 0 && shelf.excluded.length > 0);
		await openFile(page, SHELF);
		await shows('marks', shelf, 'dark');
		await openFile(page, OTHER);
		await shows('marks', other, 'dark');
		fs.renameSync(project.file('.coverage'), project.file('kept'));
		try {
			await shows('grey marks', other, 'dark', { stale: true });
			await until('the status item', async () => /stale$/.test(await statusText()));
			await openFile(page, SHELF);
			await shows('grey marks of excluded lines', await shelf, 'dark', { stale: true });
			await page.setViewportSize(WIDE);
			await shot('stale');
			await page.setViewportSize(TALL);
			await openFile(page, OTHER);
		} finally {
			fs.renameSync(project.file('kept'), project.file('.coverage'));
		}
		await shows('marks', other, 'dark');
	});

	await test('where nothing shows, the status item says why', async () => {
		await openFile(page, 'tests/test_orders.py');
		await until('the status item', async () => (await statusText()) === 'no coverage');
		assert.deepEqual(await drawnLines(page), {});
		await page.setViewportSize(WIDE);
		await page.locator('.statusbar-item[id*="covls.status"]').first().hover();
		await page.locator('.workbench-hover:visible', { hasText: /test_orders\.py|data/ }).first().waitFor({ timeout: 15000 });
		await shot('no-coverage');
		await page.setViewportSize(TALL);
		await openFile(page, FILE);
	});

	await test('a click on the status item offers the commands', async () => {
		await page.setViewportSize(WIDE);
		await page.locator('.statusbar-item[id*="covls.status"]').first().click();
		const rows = page.locator('.quick-input-widget .monaco-list-row');
		await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'Go to Next Uncovered Line' }).waitFor();
		assert.ok((await rows.count()) >= 8);
		await shot('menu');
		await page.keyboard.press('Escape');
		await page.setViewportSize(TALL);
	});

	await test('the status page opens', async () => {
		await palette(page, 'Coverage: Show Status');
		await page.locator('.view-line', { hasText: 'Watched folders' }).first().waitFor();
		await page.setViewportSize(WIDE);
		await shot('status-page');
		await page.setViewportSize(TALL);
		await palette(page, 'View: Close Editor');
		await openFile(page, FILE);
	});

	await test('covls.gutter "line" tints, "glyph" moves into the glyph margin', async () => {
		await openFile(page, OTHER);
		const other = await project.oracle(OTHER);
		configure({ 'covls.gutter': 'line' });
		await until('a tint', async () => {
			const mark = (await drawnLines(page))[other.missed[0]];
			return mark?.background.startsWith('rgba(') && mark.background !== 'rgba(0, 0, 0, 0)';
		});
		await page.setViewportSize(WIDE);
		await shot('gutter-line');
		configure({ 'covls.gutter': 'glyph', 'workbench.colorTheme': THEMES.light[0] });
		await until('glyphs', async () => page.evaluate(() =>
			[...document.querySelectorAll('.editor-group-container.active .glyph-margin-widgets .cgmr')]
				.filter((e) => /-light\.svg/.test(getComputedStyle(e).backgroundImage)).length > 10));
		assert.deepEqual(await drawnLines(page), {});
		await shot('gutter-glyph');
		await page.setViewportSize(TALL);
		await openFile(page, SHELF);
		const { states } = await project.oracle(SHELF);
		for (const state of ['covered', 'partial', 'missed', 'excluded']) {
			const lines = Object.values(states).filter((s) => s === state).length;
			assert.ok(lines > 0);
			await until(`${lines} glyphs of ${state} lines`, async () => lines === await page.evaluate((icon) =>
				[...document.querySelectorAll('.editor-group-container.active .glyph-margin-widgets .cgmr')]
					.filter((e) => new RegExp(`(?<!stale-)${icon}-light\\.svg`).test(getComputedStyle(e).backgroundImage)).length, state));
		}
		await page.setViewportSize(WIDE);
		await goToLine(page, 66);
		await shot('gutter-glyph-excluded');
		await page.setViewportSize(TALL);
		await openFile(page, OTHER);
		configure({ 'covls.gutter': 'border', 'covls.showCovered': false, 'workbench.colorTheme': THEMES.dark[0] });
		await until('missed marks alone', async () => {
			const drawn = await drawnLines(page);
			return is(drawn[other.missed[0]], 'missed', 'dark') && other.executed.every((l) => drawn[l] === undefined || drawn[l].style === 'dashed');
		});
	});

	await test('the workbench had no error', async () => assert.deepEqual(faults, []));
	await page.close();
}
