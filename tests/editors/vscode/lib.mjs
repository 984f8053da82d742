// A real VS Code workbench, driven from outside: the server of VS Code, and Chromium with playwright.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createRequire } from 'node:module';

export const CONFIG = JSON.parse(process.env.COVLS_VSCODE_TESTS ?? 'null');

// Seconds that anything on the screen may take. A machine that has other things to do is slow, not wrong.
export const PATIENCE = 45;

const CHROME_ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync'];

// Everything that a picture should not depend on. A test's own settings are the workspace's.
const SETTINGS = {
	'security.workspace.trust.enabled': false,
	'workbench.startupEditor': 'none',
	'workbench.tips.enabled': false,
	'workbench.secondarySideBar.defaultVisibility': 'hidden',
	'workbench.reduceMotion': 'on',
	'telemetry.telemetryLevel': 'off',
	'update.mode': 'none',
	'extensions.autoUpdate': 'off',
	'extensions.autoCheckUpdates': false,
	'extensions.ignoreRecommendations': true,
	'workbench.enableExperiments': false,
	'chat.commandCenter.enabled': false,
	'chat.disableAIFeatures': true,
	'debug.allowBreakpointsEverywhere': true,
	'editor.minimap.enabled': false,
	'editor.scrollBeyondLastLine': false,
	'editor.formatOnSave': false,
	'files.autoSave': 'off',
	'git.enabled': false,
	'git.openRepositoryInParentFolders': 'never',
	'window.menuBarVisibility': 'classic',
	'window.autoDetectColorScheme': false,
	'window.autoDetectHighContrast': false,
};

export function freePort() {
	return new Promise((resolve, reject) => {
		const probe = net.createServer();
		probe.on('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address();
			probe.close(() => resolve(port));
		});
	});
}

/** Waits until `look` gives something; `what` is for people. */
export async function until(what, look, seconds = PATIENCE) {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		let last;
		try {
			const value = await look();
			if (value) {
				return value;
			}
		} catch (error) {
			last = error;
		}
		if (Date.now() > end) {
			throw new Error(`waited ${seconds} s for ${what}${last ? `: ${last.message}` : ''}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

/** Runs a command to its end; its output is told when it fails. */
export function run(command, args, options = {}) {
	return new Promise((resolve, reject) => {
		let output = '';
		const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
		child.stdout.on('data', (d) => (output += d));
		child.stderr.on('data', (d) => (output += d));
		child.on('error', reject);
		child.on('close', (status) =>
			status === 0 ? resolve(output) : reject(new Error(`${path.basename(command)} ${args.join(' ')}: status ${status}\n${output.slice(-4000)}`)));
	});
}

/** The VS Code that install-vscode made. */
export class VSCode {
	constructor(folder, work, env) {
		this.lib = path.join(folder, 'node_modules/code-server/lib/vscode');
		this.node = path.join(folder, 'node24/node');
		this.env = { ...process.env, ...env, PATH: `${path.dirname(this.node)}:${process.env.PATH}` };
		this.extensions = path.join(work, 'extensions');
		this.folders = ['--user-data-dir', path.join(work, 'user'), '--server-data-dir', path.join(work, 'server'),
			'--extensions-dir', this.extensions];
		fs.mkdirSync(path.join(work, 'user/User'), { recursive: true });
		fs.mkdirSync(path.join(work, 'server/data/Machine'), { recursive: true });
		fs.writeFileSync(path.join(work, 'user/User/settings.json'), JSON.stringify(SETTINGS, null, 2));
	}

	main(...args) {
		return ['out/server-main.js', ...args, ...this.folders, '--accept-server-license-terms'];
	}

	install(vsix) {
		return run(this.node, this.main('--install-extension', vsix), { cwd: this.lib, env: this.env });
	}

	async start(logFile) {
		const port = await freePort();
		const log = fs.openSync(logFile, 'w');
		// The smoke test driver is what makes VS Code run tests within its extension host.
		this.process = spawn(this.node, this.main('--host', '127.0.0.1', '--port', String(port), '--without-connection-token',
			'--telemetry-level', 'off', '--disable-workspace-trust', '--enable-smoke-test-driver', '--reconnection-grace-time', '5'),
		{ cwd: this.lib, env: this.env, stdio: ['ignore', log, log] });
		fs.closeSync(log);
		this.url = `http://127.0.0.1:${port}`;
		await until('the server of VS Code', () => {
			if (this.process.exitCode !== null) {
				throw new Error('it has ended');
			}
			return fs.readFileSync(logFile, 'utf8').includes('Extension host agent started');
		}, 60);
	}

	/** Ends the server, and with it the extension hosts and their language servers. */
	async stop() {
		if (this.process === undefined || this.process.exitCode !== null) {
			return;
		}
		const ended = new Promise((resolve) => this.process.once('exit', resolve));
		this.process.kill('SIGTERM');
		const timer = setTimeout(() => this.process.kill('SIGKILL'), 5000);
		await ended;
		clearTimeout(timer);
	}
}

export function launch(modules) {
	const { chromium } = createRequire(path.join(modules, '/'))('playwright-core');
	const found = (process.env.PATH ?? '').split(':').flatMap((f) => [path.join(f, 'chromium'), path.join(f, 'google-chrome')]);
	const executablePath = process.env.COVLS_CHROMIUM ?? found.find((f) => fs.existsSync(f));
	if (executablePath === undefined) {
		throw new Error('chromium is missing: apt-get install chromium');
	}
	return chromium.launch({ executablePath, args: CHROME_ARGS });
}

// ---- the workbench

/** Opens a folder and waits until it can be worked with. */
export async function openFolder(page, url, folder) {
	await page.goto(`${url}/?folder=${encodeURIComponent(folder)}`, { waitUntil: 'load' });
	await page.waitForSelector('.monaco-workbench', { timeout: 60000 });
	await page.waitForSelector('.explorer-folders-view .monaco-list-row', { timeout: 60000 });
}

const INPUT = '.quick-input-widget:not([style*="display: none"]) input.input';
const ROWS = '.quick-input-widget .monaco-list-row';
const ASK_AGAIN = 8000; // milliseconds

function wholly(text) {
	return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}

// Opens VS Code's input by a key, types into it and waits for `there`; what was typed before the input was
// ready for it is lost, so that it is begun again after a while.
async function ask(page, what, key, text, there) {
	const box = page.locator(INPUT);
	await until(what, async () => {
		await page.keyboard.press(key);
		await box.waitFor({ state: 'visible', timeout: ASK_AGAIN });
		await box.fill(text);
		try {
			await there(box);
		} catch (error) {
			await page.keyboard.press('Escape');
			throw error;
		}
		return true;
	});
	return box;
}

async function choose(page, key, text, label) {
	// The list is filtered while it is typed: Enter could run what is at its head for a moment.
	const row = page.locator(ROWS).filter({ has: page.locator('.label-name', { hasText: wholly(label) }) }).first();
	return ask(page, `${label} in the list`, key, text, async () => {
		await row.waitFor({ timeout: ASK_AGAIN });
		await row.click({ timeout: ASK_AGAIN });
	});
}

/** Runs a command by its title, as a person does. */
export async function palette(page, title) {
	const box = await choose(page, 'F1', `>${title}`, title);
	await box.waitFor({ state: 'hidden', timeout: 5000 }).catch(() => undefined); // a command may open an input of its own
}

/** Opens a file by its path in the folder. */
export async function openFile(page, name) {
	const base = name.slice(name.lastIndexOf('/') + 1);
	await choose(page, 'Control+P', name, base);
	await page.waitForSelector(`.tab.active[data-resource-name="${base}"]`);
	await page.locator('.editor-group-container.active .monaco-editor .view-line').first().waitFor();
}

/** Goes to a line (from 1) of the active editor and puts the keyboard there. */
export async function goToLine(page, line, column = 1) {
	await ask(page, `line ${line}`, 'Control+G', `:${line}:${column}`, async (box) => {
		await page.keyboard.press('Enter');
		await box.waitFor({ state: 'hidden', timeout: ASK_AGAIN });
		await until(`line ${line}`, async () => (await cursor(page))?.line === line, ASK_AGAIN / 1000);
	});
}

/** Where the status bar says that the cursor is. */
export async function cursor(page) {
	const text = await page.locator('.statusbar-item', { hasText: /Ln \d+, Col \d+/ }).first().textContent();
	const found = /Ln (\d+), Col (\d+)/.exec(text ?? '');
	return found && { line: Number(found[1]), column: Number(found[2]) };
}

/**
 * What an extension has drawn at the left edge of the lines (numbered from 1) that an editor shows:
 * { LINE: { width, style, color, background } }, taken from the computed style of what is on the screen.
 */
export function drawnLines(page, editor = '.editor-group-container.active .editor-instance .monaco-editor') {
	return page.evaluate((selector) => {
		const root = document.querySelector(selector);
		const lines = {};
		if (!root) {
			return lines;
		}
		const numbers = new Map();
		for (const row of root.querySelectorAll('.margin-view-overlays > div')) {
			const number = row.querySelector('.line-numbers');
			if (number) {
				numbers.set(row.style.top, Number(number.textContent));
			}
		}
		for (const row of root.querySelectorAll('.view-overlays > div')) {
			const line = numbers.get(row.style.top);
			for (const mark of row.querySelectorAll('.cdr[class*="ced-"]')) {
				const style = getComputedStyle(mark);
				if (line !== undefined && parseFloat(style.borderLeftWidth) > 0 && mark.getBoundingClientRect().height > 0) {
					lines[line] = {
						width: parseFloat(style.borderLeftWidth),
						style: style.borderLeftStyle,
						color: style.borderLeftColor,
						background: style.backgroundColor,
					};
				}
			}
		}
		return lines;
	}, editor);
}

/** The colours of the overview ruler: { 'rgb(r, g, b)': [heights between 0 and 1] }, opaque pixels only. */
export function rulerColors(page, editor = '.editor-group-container.active .editor-instance .monaco-editor') {
	return page.evaluate((selector) => {
		const canvas = document.querySelector(`${selector} canvas.decorationsOverviewRuler`);
		const colors = {};
		const { width, height } = canvas;
		const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
		for (let y = 0; y < height; y++) {
			const seen = new Set();
			for (let x = 0; x < width; x++) {
				const at = (y * width + x) * 4;
				if (data[at + 3] === 255) {
					seen.add(`rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`);
				}
			}
			for (const color of seen) {
				(colors[color] ??= []).push((y + 0.5) / height);
			}
		}
		return colors;
	}, editor);
}
