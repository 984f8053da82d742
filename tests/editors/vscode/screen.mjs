// What is on the screen: the workbench in Chromium, looked at through its DOM, with computed styles and
// pixels. Pictures are left for people. The tests build on one another: it is one person's session.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { cursor, drawnLines, goToLine, openFile, openFolder, palette, rulerColors, until } from './lib.mjs';
import { MORE_TESTS } from './project.mjs';

const THEMES = {
	dark: ['Dark Modern', 'dark'],
	light: ['Light Modern', 'light'],
	hcdark: ['Default High Contrast', 'highContrast'],
	hclight: ['Default High Contrast Light', 'highContrastLight'],
};
const TALL = { width: 1400, height: 1700 }; // the whole of orders.py
const WIDE = { width: 1400, height: 900 };
const SHAPES = { missed: [2, 'solid'], partial: [2, 'dashed'], covered: [1, 'solid'], changed: [2, 'dotted'] };
const FILE = 'teahouse/orders.py';
const OTHER = 'teahouse/prices.py'; // has missed lines after the second run, too

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

	/** Every line that coverage.py speaks of is drawn as it should be; returns what was wrong. */
	const wrongLines = (drawn, oracle, kind, { stale = false, shift = 0 } = {}) => {
		const stem = (state) => (stale ? 'stale' : state);
		const wrong = [];
		for (const line of oracle.missed.map((l) => l + shift)) {
			if (!is(drawn[line], 'missed', kind, stem('missed'))) wrong.push(['missed', line, drawn[line]]);
		}
		for (const line of oracle.executed.map((l) => l + shift)) {
			if (!is(drawn[line], 'covered', kind, stem('covered')) && !is(drawn[line], 'partial', kind, stem('partial'))) wrong.push(['ran', line, drawn[line]]);
		}
		for (const line of oracle.excluded.map((l) => l + shift)) {
			if (drawn[line] !== undefined) wrong.push(['excluded', line, drawn[line]]);
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
	const statusText = async () => (await page.locator('.statusbar-item[id="covls.covls.status"], .statusbar-item[id*="covls.status"]').first().textContent({ timeout: 1000 }))?.trim();
	const active = '.editor-group-container.active';

	configure({ 'workbench.colorTheme': THEMES.dark[0] });
	await openFolder(page, vscode.url, project.folder);
	await openFile(page, FILE);
	let oracle = await project.oracle(FILE);

	await test('every line has the mark of its state', async () => {
		assert.ok(oracle.missed.length > 3 && oracle.executed.length > 10);
		await shows('the marks', oracle, 'dark');
		const drawn = await drawnLines(page);
		// A blank line and the module's docstring have none.
		const text = project.read(FILE).split('\n');
		assert.deepEqual(Object.keys(drawn).filter((l) => text[l - 1].trim() === ''), []);
	});

	await test('the status item tells percent, missed and age', async () => {
		const percent = Math.round((100 * (oracle.statements - oracle.missedCount)) / oracle.statements);
		const wanted = new RegExp(`^${percent}% · ${oracle.missedCount} missed · (now|\\d+ (s|min))$`);
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
		await goToLine(page, 1);
		await page.keyboard.press('Alt+F9');
		await until('the first', async () => (await cursor(page)).line === oracle.missed[0]);
		await page.keyboard.press('Alt+F9');
		const second = await until('the second', async () => {
			const { line } = await cursor(page);
			return line !== oracle.missed[0] && line;
		});
		assert.ok(oracle.missed.includes(second) || (await drawnLines(page))[second].style === 'dashed');
		await page.keyboard.press('Shift+Alt+F9');
		await until('the first again', async () => (await cursor(page)).line === oracle.missed[0]);
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
		const percent = Math.round((100 * (oracle.statements - oracle.missedCount)) / oracle.statements);
		await until('the status item', async () => (await statusText()).startsWith(`${percent}% · ${oracle.missedCount} missed`));
		await page.setViewportSize(WIDE);
		await shot('second-run');
		await page.setViewportSize(TALL);
	});

	await test('marks without data are stale: grey, and the status item says so', async () => {
		await openFile(page, OTHER);
		const other = await project.oracle(OTHER);
		assert.ok(other.missed.length > 0);
		await shows('marks', other, 'dark');
		fs.renameSync(project.file('.coverage'), project.file('kept'));
		try {
			await shows('grey marks', other, 'dark', { stale: true });
			await until('the status item', async () => /stale$/.test(await statusText()));
			await page.setViewportSize(WIDE);
			await shot('stale');
			await page.setViewportSize(TALL);
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
		configure({ 'covls.gutter': 'border', 'covls.showCovered': false, 'workbench.colorTheme': THEMES.dark[0] });
		await until('missed marks alone', async () => {
			const drawn = await drawnLines(page);
			return is(drawn[other.missed[0]], 'missed', 'dark') && other.executed.every((l) => drawn[l] === undefined || drawn[l].style === 'dashed');
		});
	});

	await test('the workbench had no error', async () => assert.deepEqual(faults, []));
	await page.close();
}
