// What is on the screen: the workbench in Chromium, looked at through its DOM, with computed styles and
// pixels. Pictures are left for people. The tests are one person's session, but each begins with what it needs:
// the file that it speaks of, saved, and the workbench as `recover` makes it.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { PATIENCE, cursor, drawnLines, goToLine, openFile, openFolder, palette, rulerColors, until } from './lib.mjs';
import { MORE_TESTS, TILL_TEST_MORE, places } from './project.mjs';

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
	page.setDefaultTimeout(PATIENCE * 1000);
	const devtools = await page.context().newCDPSession(page);
	const faults = [];
	page.on('pageerror', (e) => faults.push(String(e)));
	const shot = (name) => page.screenshot({ path: path.join(artifacts, `${name}.png`) });
	const DEFAULTS = { 'workbench.colorTheme': THEMES.dark[0] };
	let settings = {};
	const configure = (values) => {
		settings = { ...settings, ...values };
		project.settings({ ...project.baseSettings, ...settings });
	};

	const panel = page.locator('.part.panel:visible');
	const hidePanel = async () => {
		if ((await panel.count()) > 0) {
			await palette(page, 'View: Hide Panel');
			await until('the panel to close', async () => (await panel.count()) === 0);
		}
	};
	const filter = page.locator('.panel .viewpane-filter input').first();
	/**
	 * Opens Problems, which lists no more rows than it has room for: those with a text in them. It filters some
	 * time after the text was typed, and never if it is hidden before: there must be problems to see that by.
	 */
	const showProblems = async (text) => {
		await palette(page, 'Problems: Focus on Problems View');
		await page.locator('.markers-panel').first().waitFor();
		if ((await filter.inputValue()) === text) {
			return;
		}
		await filter.fill(text);
		const badge = page.locator('.panel .viewpane-filter-badge:visible', { hasText: /Showing \d+ of/ });
		await until('the filter of Problems', async () => ((await badge.count()) > 0) === (text !== ''));
	};
	/** Sets the severity and waits until it has come to the editor: Problems is filled from the same list. */
	const setSeverity = async (value) => {
		const classes = { hint: 'hint', information: 'info', warning: 'warning' };
		configure({ 'covls.diagnostics.severity': value });
		for (const [severity, name] of Object.entries(classes)) {
			const squiggles = page.locator(`.editor-group-container.active .squiggly-${name}`);
			await until(`${severity === value ? 'some' : 'no'} squiggles of ${severity}`, async () => ((await squiggles.count()) > 0) === (severity === value));
		}
	};

	/** The workbench as it was at the beginning: a test may have failed in the midst of anything. */
	const recover = async () => {
		await page.keyboard.press('Escape');
		await page.keyboard.press('Escape');
		await devtools.send('Emulation.setEmulatedVisionDeficiency', { type: 'none' });
		await page.setViewportSize(TALL);
		for (const tab of (await page.locator('.tab.dirty').all()).reverse()) {
			await tab.click();
			await palette(page, 'File: Revert File');
		}
		if ((await page.locator('.tab').count()) > 0) {
			await palette(page, 'View: Close All Editors');
			await until('no editor', async () => (await page.locator('.tab').count()) === 0);
		}
		await openFile(page, OTHER);
		if ((await page.locator('.statusbar-item[id*="covls.status"] .codicon-eye-closed').count()) > 0) {
			await palette(page, 'Coverage: Show');
		}
		if ((await panel.count()) > 0) {
			await setSeverity('information');
			await showProblems('didn');
			await showProblems('');
			await hidePanel();
		}
		settings = {};
		configure(DEFAULTS);
		await setSeverity('hint');
		await openFile(page, FILE);
		if ((await page.locator('.glyph-margin-widgets [class*="codicon-debug-breakpoint"]').count()) > 0) {
			await palette(page, 'Debug: Remove All Breakpoints');
		}
	};

	let number = 0;
	const test = async (name, body) => {
		number++;
		if (!`screen: ${name}`.includes(only)) {
			return;
		}
		const picture = `fail-${number}`;
		await report(`screen: ${name}`, body, {
			recover: async (attempt) => {
				await shot(`${picture}-${attempt}`).catch(() => undefined);
				await recover().catch((error) => console.log(`      the workbench does not recover: ${error.message}`));
			},
		});
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
			const shape = state === 'unknown' ? 'changed' : state;
			if (!is(drawn[line], shape, kind, stale || state === 'unknown' ? 'stale' : state)) wrong.push([state, line, drawn[line]]);
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

	configure(DEFAULTS);
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
		await hover.waitFor();
		await shot('hover');
		await page.keyboard.press('Escape');
	});

	await test("a partial line has a hover with coverage.py's reasons", async () => {
		const [line] = oracle.partial;
		await goToLine(page, line, 12);
		await palette(page, 'Show or Focus Hover');
		const [reason] = oracle.reasons[line];
		const hover = page.locator('.monaco-hover:not(.hidden)', { hasText: /partly covered/i }).first();
		await hover.waitFor();
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
		await setSeverity('warning');
		await showProblems(`line ${line} didn`);
		const rows = page.locator('.markers-panel');
		await until('both reasons in the panel', async () => {
			const text = (await rows.innerText()).replace(/\s+/g, ' ');
			const targets = reasons.map((reason) => `${/ (line \d+) because/.exec(reason)[1]}, to which line ${line} didn't jump`);
			if (![...reasons, ...targets].every((part) => text.includes(part))) {
				throw new Error(text);
			}
			return true;
		});
		await page.setViewportSize(WIDE);
		await shot('problems-partial');
		await page.setViewportSize(TALL);
		await showProblems('');
		await hidePanel();
		await setSeverity('hint');
		await openFile(page, FILE);
	});

	await test('the states differ in shape: pictures without colour', async () => {
		await openFile(page, SHELF);
		await shows('the marks of stock.py', await project.oracle(SHELF), 'dark');
		await devtools.send('Emulation.setEmulatedVisionDeficiency', { type: 'achromatopsia' });
		await page.setViewportSize(WIDE);
		await goToLine(page, 58);
		await shot('dark-without-colour');
		await page.setViewportSize(TALL);
		configure({ 'workbench.colorTheme': THEMES.light[0] });
		await shows('the marks in a light theme', await project.oracle(SHELF), 'light');
		await page.setViewportSize(WIDE);
		await goToLine(page, 58);
		await shot('light-without-colour');
		await devtools.send('Emulation.setEmulatedVisionDeficiency', { type: 'none' });
		await page.setViewportSize(TALL);
		configure({ 'workbench.colorTheme': THEMES.dark[0] });
		await openFile(page, FILE);
		await shows('the marks of orders.py', oracle, 'dark');
	});

	await test('Problems has the missed runs when the severity is information, and not as hints', async () => {
		await setSeverity('hint');
		await showProblems('');
		assert.equal(await filter.inputValue(), '');
		const rows = page.locator('.markers-panel .monaco-list-row', { hasText: /not run/ });
		await page.locator('.markers-panel', { hasText: 'No problems have been detected' }).first().waitFor();
		assert.equal(await rows.count(), 0);
		await setSeverity('information');
		await rows.first().waitFor();
		await page.locator('.markers-panel .monaco-list-row .codicon-info').first().waitFor();
		await page.setViewportSize(WIDE);
		await shot('problems');
		await page.setViewportSize(TALL);
		await setSeverity('hint');
		await until('no problems', async () => (await rows.count()) === 0);
		await hidePanel();
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

	/** Types a line at the top of FILE, unless it is there; every mark is a line further down then. */
	const typeComment = async () => {
		await openFile(page, FILE);
		if ((await page.locator(`${active} .view-line`, { hasText: /^# new$/ }).count()) === 0) {
			await goToLine(page, 1);
			await page.keyboard.press('Home');
			await page.keyboard.type('# new\n');
		}
		await page.locator('.tab.active.dirty').first().waitFor();
	};

	await test('marks follow what is typed; changed text is dotted', async () => {
		await typeComment();
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
		await typeComment();
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
		await typeComment();
		await palette(page, 'File: Revert File');
		await shows('the marks of the saved text', oracle, 'dark');
	});

	const firstRun = oracle;
	await test('a second test run shows by itself', async () => {
		project.write('tests/test_more.py', MORE_TESTS);
		await project.record();
		oracle = await project.oracle(FILE);
		assert.ok(oracle.missed.length < firstRun.missed.length);
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
		await page.locator('.workbench-hover:visible', { hasText: /test_orders\.py|data/ }).first().waitFor();
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

	// ---- text that is not the text that ran

	settings = {};
	configure(DEFAULTS);
	const TEXT = project.read(FILE);
	/** FILE as it ran, on the disk and in the editor, and the data of the tests that leave some of it out. */
	const restore = async () => {
		project.write(FILE, TEXT);
		if (fs.existsSync(project.file('tests/test_more.py'))) {
			fs.rmSync(project.file('tests/test_more.py'));
			await project.record();
		}
		await openFile(page, FILE);
		if ((await page.locator('.tab.active.dirty').count()) > 0) {
			await palette(page, 'File: Revert File');
		}
		oracle = await project.oracle(FILE);
		await shows('the marks of the text that ran', oracle, 'dark');
	};
	/** The states of a run, at the lines where its lines are now; `was` gives for a line (from 1) the one it was. */
	const carried = (states, count, was) =>
		Object.fromEntries(Array.from({ length: count }, (_, i) => [i + 1, states[was(i + 1)]]).filter(([, state]) => state !== undefined));

	await test('true marks: after an edit, saved, and undone', async () => {
		await restore();
		const line = oracle.missed[0];
		await goToLine(page, 1);
		await page.keyboard.press('Home');
		await page.keyboard.type('# one\n');
		await goToLine(page, line + 1);
		await page.keyboard.press('End');
		await page.keyboard.type('  # changed');
		const lines = TEXT.split('\n').length + 1;
		// The way that was not taken from the line before leads to text that has changed.
		const wanted = { ...carried(oracle.states, lines, (l) => l - 1), [line + 1]: 'unknown' };
		if (wanted[line] === 'partial') {
			wanted[line] = 'covered';
		}
		await shows('every line as its text did', { states: wanted }, 'dark');
		await until('the status item', async () => /% · \d+% known · /.test(await statusText()));
		await palette(page, 'File: Save');
		await until('a saved file', async () => (await page.locator('.tab.active.dirty').count()) === 0);
		await shows('the same when it is saved', { states: wanted }, 'dark');
		await page.setViewportSize(WIDE);
		await page.locator('.statusbar-item[id*="covls.status"]').first().hover();
		await page.locator('.workbench-hover:visible', { hasText: /changed since/ }).first().waitFor();
		await shot('edited-saved');
		await page.setViewportSize(TALL);
		await goToLine(page, 2);
		await until('all to be undone', async () => {
			await page.keyboard.press('Control+Z');
			await until('its marks', async () => wrongLines(await drawnLines(page), oracle, 'dark').length === 0, 2);
			return true;
		});
		await until('the status item', async () => !/known/.test(await statusText()));
		await shot('undone');
		await restore();
	});

	await test('true marks: a formatter goes over the file', async () => {
		await restore();
		const before = TEXT.split('\n');
		const from = [0];
		const after = before.flatMap((text, i) => {
			const more = /^\s*(def|return) ?/.test(text) ? ['', `${/^\s*/.exec(text)[0]}# by a formatter`] : [];
			from.push(...more.map(() => 0), i + 1);
			return [...more, text];
		});
		project.write(FILE, after.join('\n'));
		const states = carried(oracle.states, after.length, (l) => from[l]);
		await page.locator(`${active} .view-line`, { hasText: '# by a formatter' }).first().waitFor();
		await until('the marks where their lines are', async () => {
			const drawn = await drawnLines(page);
			const wrong = Object.entries(states).filter(([l, state]) => drawn[l] !== undefined && !is(drawn[l], state, 'dark'));
			const missing = Object.keys(states).filter((l) => Number(l) < 60 && drawn[l] === undefined);
			if (wrong.length + missing.length > 0) {
				throw new Error(JSON.stringify([wrong.slice(0, 5), missing]));
			}
			return true;
		});
		assert.ok(!/known/.test(await statusText()), await statusText());
		await page.setViewportSize(WIDE);
		await shot('formatted');
		await page.setViewportSize(TALL);
		await restore();
	});

	let lateFiles = 0;
	await test('true marks: a text that nobody knows is neither covered nor missed', async () => {
		const late = `teahouse/late${++lateFiles}.py`; // another one at a second try: covls keeps what it has seen
		const text = 'def late():\n    return 1\n\n\nX = late()\n';
		project.write(late, text);
		await project.record();
		project.write(late, `${text}Y = late()\n`);
		await openFile(page, late);
		await until('the status item', async () => /unknown: changed since the run · /.test(await statusText()));
		const drawn = await drawnLines(page);
		assert.deepEqual(Object.values(drawn).filter((mark) => !is(mark, 'changed', 'dark', 'stale')), []);
		await page.setViewportSize(WIDE);
		await page.locator('.statusbar-item[id*="covls.status"]').first().hover();
		await page.locator('.workbench-hover:visible', { hasText: /run the tests again/ }).first().waitFor();
		await shot('unknown');
		await page.setViewportSize(TALL);
		await project.record();
		await shows('the marks after the next run', await project.oracle(late), 'dark');
		await openFile(page, FILE);
	});

	await test('true marks: covls.stale says how marks without data look', async () => {
		await openFile(page, OTHER);
		const other = await project.oracle(OTHER);
		await shows('marks', other, 'dark');
		fs.renameSync(project.file('.coverage'), project.file('kept'));
		try {
			await shows('grey marks', other, 'dark', { stale: true });
			configure({ 'covls.stale': 'hidden' });
			await until('no marks', async () => Object.keys(await drawnLines(page)).length === 0);
			configure({ 'covls.stale': 'normal' });
			await shows('marks as always', other, 'dark');
			assert.match(await statusText(), /stale$/);
			configure({ 'covls.stale': 'dimmed' });
			await shows('grey marks again', other, 'dark', { stale: true });
		} finally {
			fs.renameSync(project.file('kept'), project.file('.coverage'));
		}
		await shows('marks', other, 'dark');
	});

	/** { LINE: word } of what is written behind the lines that are shown. */
	const words = () => page.evaluate(() => {
		const editor = document.querySelector('.editor-group-container.active .editor-instance .monaco-editor');
		const numbers = new Map([...editor.querySelectorAll('.margin-view-overlays > div')]
			.map((row) => [row.style.top, Number(row.querySelector('.line-numbers')?.textContent)]));
		const found = {};
		for (const row of editor.querySelectorAll('.view-lines > .view-line')) {
			for (const span of row.querySelectorAll('[class*="ced-"]')) {
				const { content } = getComputedStyle(span, '::after');
				if (/[▼▲◆]/.test(content)) {
					found[numbers.get(row.style.top)] = /[▼▲◆] (\w+)/.exec(content)[1];
				}
			}
		}
		return found;
	});
	const saveBaseline = async () => {
		await palette(page, 'Coverage: Save Baseline…');
		const box = page.locator('.quick-input-widget:not([style*="display: none"]) input.input');
		await until('the name', async () => (await box.inputValue()) === 'main');
		await page.keyboard.press('Enter');
		await until('it to be told', async () => /The baseline main was saved/.test((await page.locator('.statusbar').innerText()).replace(/\s+/g, ' ')));
	};
	const pick = async (title, label) => {
		await palette(page, title);
		await page.locator('.quick-input-widget .monaco-list-row', { hasText: label }).first().click();
	};

	await test('true marks: what was lost, gained and is newly missed against a baseline', async () => {
		await restore();
		const before = oracle;
		await saveBaseline();
		project.write('tests/test_more.py', MORE_TESTS);
		await project.record();
		oracle = await project.oracle(FILE);
		const gained = before.missed.filter((l) => !oracle.missed.includes(l));
		assert.ok(gained.length > 1);
		await until('what was gained', async () => {
			const shown = await words();
			return Object.values(shown).length > 0 && Object.entries(shown).every(([l, word]) => word === 'gained' && before.missed.includes(Number(l)));
		});
		await until('the status item', async () => / · \+\d+ · /.test(await statusText()));
		assert.ok((await rulerColors(page))[color('gainedOverviewRuler', 'dark')] !== undefined);
		await shows('the marks as well', oracle, 'dark');
		await page.setViewportSize(WIDE);
		await shot('baseline-gained');
		await page.setViewportSize(TALL);

		// And the other way round, with a function more that no test calls.
		await saveBaseline();
		fs.rmSync(project.file('tests/test_more.py'));
		project.write(FILE, `${TEXT}\n\ndef refund(order):\n    return -order.total\n`);
		await project.record();
		const lines = TEXT.split('\n').length;
		await until('what was lost and what is new', async () => {
			const shown = await words();
			const kinds = new Set(Object.values(shown));
			return kinds.size === 2 && kinds.has('lost') && shown[lines + 3] === 'new' &&
				Object.entries(shown).every(([l, word]) => word === 'new' || before.missed.includes(Number(l)));
		});
		assert.ok((await rulerColors(page))[color('newlyMissedOverviewRuler', 'dark')] !== undefined);
		await page.setViewportSize(WIDE);
		await goToLine(page, lines + 3);
		await shot('baseline-lost');
		await palette(page, 'Coverage: List What Changed Against the Baseline');
		await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'newly missed' }).first().waitFor();
		await shot('baseline-list');
		await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'lost: covered' }).first().click();
		await until('the line that was lost', async () => before.missed.includes((await cursor(page)).line));
		await page.setViewportSize(TALL);
		await pick('Coverage: Use Baseline…', 'None');
		await until('no word more', async () => Object.keys(await words()).length === 0);
		await pick('Coverage: Use Baseline…', 'main');
		await until('the words again', async () => Object.keys(await words()).length > 1);
		await pick('Coverage: Drop Baseline…', 'main');
		await until('no word more', async () => Object.keys(await words()).length === 0);
	});

	await test('true marks: a run of one test takes nothing away, until earlier runs are forgotten', async () => {
		await restore();
		await palette(page, 'Coverage: Forget Earlier Runs'); // of which there were many until here
		configure({ 'covls.runs': 'union' });
		await project.record();
		oracle = await project.oracle(FILE);
		await shows('the marks of all tests', oracle, 'dark');
		await project.py('-m', 'coverage', 'run', '-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'tests/test_stock.py');
		const one = await project.oracle(FILE);
		await page.setViewportSize(WIDE);
		await until('the tooltip to tell of earlier runs', async () => {
			await page.locator('.statusbar').hover({ position: { x: 5, y: 5 } }); // one that is open may be of before
			await page.locator('.statusbar-item[id*="covls.status"]').first().hover();
			await page.locator('.workbench-hover:visible', { hasText: /\d+ statements as of/ }).first().waitFor({ timeout: 4000 });
			return true;
		});
		await shot('earlier-runs');
		await page.setViewportSize(TALL);
		await shows('the marks of all tests still', oracle, 'dark');
		await palette(page, 'Coverage: Forget Earlier Runs');
		await shows('the marks of the one test', one, 'dark');
		configure({ 'covls.runs': 'replace' });
		await project.record();
		await shows('the marks of all tests', oracle, 'dark');
	});

	const WEB = 'web/till.js';

	await test('JavaScript with a report of LCOV: marks, hover, status item, and after an edit', async () => {
		fs.rmSync(project.file('web'), { recursive: true, force: true });
		project.createWeb();
		await project.recordWeb();
		const web = await project.webOracle();
		assert.ok(web.missed.length > 3 && Object.values(web.states).includes('partial'));
		await openFile(page, WEB);
		await shows('the marks of the report', web, 'dark');
		const partial = Object.values(web.states).filter((s) => s === 'partial').length;
		const wanted = new RegExp(`^\\d+% · ${web.missed.length} missed · ${partial} partial · (now|\\d+ (s|min))$`);
		await until(`the status item to be ${wanted}`, async () => wanted.test(await statusText()));
		await page.setViewportSize(WIDE);
		await goToLine(page, web.missed[0], 4);
		await palette(page, 'Show or Focus Hover');
		await page.locator('.monaco-hover:not(.hidden)', { hasText: /not covered/i }).first().waitFor();
		await shot('javascript-hover');
		await page.keyboard.press('Escape');
		await page.locator('.statusbar-item[id*="covls.status"]').first().hover();
		await page.locator('.workbench-hover:visible', { hasText: /lcov\.info/ }).first().waitFor();
		await shot('javascript-status');
		await page.setViewportSize(TALL);

		// A line more at the top, and one that is changed: nobody knows whether it would run.
		await goToLine(page, 1);
		await page.keyboard.press('Home');
		await page.keyboard.press('Enter'); // a comment would be gone on with by VS Code
		await goToLine(page, 15);
		await page.keyboard.press('End');
		await page.keyboard.type(' // changed');
		const states = { ...carried(web.states, 23, (l) => l - 1), 15: 'unknown' };
		await shows('every line as its text did', { states }, 'dark');
		await until('the status item', async () => /% · \d+% known · /.test(await statusText()));
		await palette(page, 'File: Save');
		await until('a saved file', async () => (await page.locator('.tab.active.dirty').count()) === 0);
		await shows('the same when it is saved', { states }, 'dark');
		await page.setViewportSize(WIDE);
		await shot('javascript-edited');
		await page.setViewportSize(TALL);
		await project.recordWeb();
		await shows('the marks of the next run', await project.webOracle(), 'dark');
		await until('the status item', async () => !/known/.test(await statusText()));
	});

	await test('JavaScript with a report of LCOV: what was gained and lost, in a list of all files', async () => {
		if (!fs.existsSync(project.file('web/coverage/lcov.info'))) {
			project.createWeb();
			await project.recordWeb();
		}
		const before = await project.webOracle();
		const test = project.read('web/till.test.mjs');
		await openFile(page, WEB);
		await shows('the marks', before, 'dark');
		project.write('web/till.test.mjs', TILL_TEST_MORE);
		await project.recordWeb();
		await shows('the marks of more tests', await project.webOracle(), 'dark');
		await saveBaseline();
		project.write('web/till.test.mjs', test);
		await project.recordWeb();
		await until('what was lost', async () => {
			const shown = await words();
			return Object.keys(shown).length > 0 && Object.entries(shown).every(([l, word]) => word === 'lost' && before.missed.includes(Number(l)));
		});
		// The list has it, though the file is no longer open.
		await openFile(page, OTHER);
		await palette(page, 'View: Close Other Editors in Group');
		await palette(page, 'Coverage: List What Changed Against the Baseline');
		await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'lost: covered' }).first().waitFor();
		await page.setViewportSize(WIDE);
		await shot('javascript-lost');
		await page.setViewportSize(TALL);
		await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'lost: covered' }).first().click();
		await page.waitForSelector('.tab.active[data-resource-name="till.js"]');
		await until('the line that was lost', async () => before.missed.includes((await cursor(page)).line));
		await pick('Coverage: Drop Baseline…', 'main');
		await until('no word more', async () => Object.keys(await words()).length === 0);
		await openFile(page, FILE);
		fs.rmSync(project.file('web'), { recursive: true });
	});

	await test('the workbench had no error', async () => assert.deepEqual(faults, []));
	await page.close();
}
