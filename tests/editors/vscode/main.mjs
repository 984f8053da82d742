// node main.mjs WORK BEDS COVLS PYTHON     called by ./run, which has installed everything
// Makes the VSIX, installs it, runs the tests, and closes with "N passed, N failed, N skipped",
// and how many of those that passed did so at the second try.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { VSCode, launch } from './lib.mjs';
import { Project } from './project.mjs';
import { screenTests } from './screen.mjs';

const [work, beds, covls, python] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../../..');
const source = path.join(root, 'editors/vscode');
const artifacts = process.env.COVLS_ARTIFACTS;
const modules = path.join(beds, 'vscode-tests/node_modules');
const only = process.env.COVLS_VSCODE_ONLY ?? ''; // a part of a suite's or a screen test's name, for whoever mends one
const counts = { passed: 0, failed: 0, second: 0 };
const MOST_FAILURES = 3; // after these nothing is tried twice: it is not chance
const indented = (error) => String(error.stack ?? error).replace(/^/gm, '      | ');

/**
 * Runs a test and tells how it went. `recover`, if there is one, brings the workbench back after a failure;
 * the test is then tried once more.
 */
async function test(name, body, { milliseconds = 0, recover } = {}) {
	const start = Date.now() - milliseconds;
	let first;
	try {
		try {
			await body();
		} catch (error) {
			if (recover === undefined) {
				throw error;
			}
			await recover(1);
			if (counts.failed >= MOST_FAILURES) {
				throw error;
			}
			first = error;
			await body();
			counts.second++;
		}
		counts.passed++;
		const remark = first === undefined ? '' : ` (second try)\n${indented(first)}`;
		console.log(`ok    ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)${remark}`);
		return true;
	} catch (error) {
		counts.failed++;
		console.log(`FAIL  ${name}\n${indented(error)}`);
		if (first !== undefined) {
			console.log(`      at the first try:\n${indented(first)}`);
			await recover(2);
		}
		return false;
	}
}

// ---- the VSIX, made in a copy so that the clone stays as it is

function makeVsix() {
	const copy = path.join(work, 'extension');
	fs.cpSync(source, copy, {
		recursive: true,
		filter: (f) => !/\/(node_modules|dist|server|[^/]*\.vsix)$/.test(f),
	});
	fs.symlinkSync(path.join(beds, 'vscode-extension/node_modules'), path.join(copy, 'node_modules'));
	const vsix = path.join(work, 'covls.vsix');
	execFileSync(process.execPath, ['scripts/package.mjs', `--covls=${covls}`, `--out=${vsix}`], { cwd: copy, stdio: 'pipe' });
	return vsix;
}

// What was unpacked is what was asked for, and runs on a machine without the libraries.
function checkInstalled(extensions) {
	const folder = path.join(extensions, fs.readdirSync(extensions).find((f) => f.startsWith('covls.covls-')));
	const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((e) => e.isFile())
		.map((e) => path.relative(folder, path.join(e.parentPath, e.name)));
	const unwanted = files.filter((f) => !/^(dist\/extension\.js|media\/[a-z-]+\.(svg|png)|server\/covls|package\.json|readme\.md|license(\.txt)?|\.vsixmanifest)$/i.test(f));
	if (unwanted.length > 0 || !files.includes('server/covls')) {
		throw new Error(`the VSIX has ${unwanted.join(', ') || 'no server'}`);
	}
	const server = path.join(folder, 'server/covls');
	console.log(`      ${execFileSync(server, ['--version'], { encoding: 'utf8' }).trim()}`);
	if (process.env.COVLS_VSIX_SERVER !== undefined) {
		return; // one for tests, with sanitizers perhaps
	}
	const needed = execFileSync('ldd', [server], { encoding: 'utf8' });
	const foreign = needed.split('\n').map((l) => l.trim().split(' ')[0])
		.filter((l) => l !== '' && !/^(linux-vdso|libc|libm|libpthread|libdl|librt|\/lib.*\/ld-linux.*)(\.so.*)?$/.test(l));
	if (foreign.length > 0) {
		throw new Error(`the server needs ${foreign.join(', ')}`);
	}
}

async function makeProject(name, logName) {
	const project = new Project(path.join(work, name), python);
	project.create(path.join(root, 'tests/data/sample'));
	const log = path.join(artifacts, `${logName}.jsonl`);
	fs.rmSync(log, { force: true });
	project.baseSettings = { 'covls.args': [`--log=${log}`] };
	project.settings(project.baseSettings);
	await project.record();
	return project;
}

// ---- the tests within the extension host, as VS Code's own are run in a browser

async function hostTests(vscode, browser, results) {
	const { host } = new URL(vscode.url);
	const remote = (p) => `vscode-remote://${host}${p}`;
	const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
	let ended;
	const code = new Promise((resolve) => (ended = resolve));
	await page.exposeFunction('codeAutomationLog', () => undefined);
	await page.exposeFunction('codeAutomationExit', (status) => ended(status));
	const payload = JSON.stringify([
		['extensionDevelopmentPath', remote(path.join(here, 'host'))],
		['extensionTestsPath', remote(path.join(here, 'host/index.js'))],
		['skipWelcome', 'true'],
	]);
	await page.goto(`${vscode.url}/?folder=${encodeURIComponent(path.join(work, 'host'))}&payload=${encodeURIComponent(payload)}`);
	const timer = setTimeout(() => ended('it did not end within 10 minutes'), 600_000);
	const status = await code;
	clearTimeout(timer);
	await page.close();
	if (!fs.existsSync(results)) {
		throw new Error(`no results; the host said: ${status}`);
	}
	const { tests } = JSON.parse(fs.readFileSync(results, 'utf8'));
	for (const t of tests) {
		await test(`host: ${t.title}`, () => {
			if (t.err.message !== undefined) {
				throw Object.assign(new Error(t.err.message), { stack: t.err.stack });
			}
		}, { milliseconds: t.duration });
	}
	if (tests.length === 0) {
		throw new Error('no test ran');
	}
}

// ---- all of it

const start = Date.now();
const lap = (what) => console.log(`      [${((Date.now() - start) / 1000).toFixed(0)} s] ${what}`);
let vscode;
let browser;
const stopAll = async () => {
	await browser?.close();
	await vscode?.stop();
};
for (const signal of ['SIGINT', 'SIGTERM']) {
	process.once(signal, () => void stopAll().finally(() => process.exit(1)));
}
try {
	if ('unit'.includes(only)) {
		const unit = spawnSync(process.execPath, ['--test', '--test-reporter=tap', path.join(here, 'unit.test.mjs')], { encoding: 'utf8' });
		const total = (word) => Number(new RegExp(`^# ${word} (\\d+)`, 'm').exec(unit.stdout)?.[1] ?? 0);
		counts.passed += total('pass');
		counts.failed += total('fail') + (unit.status !== 0 && total('fail') === 0 ? 1 : 0);
		console.log(unit.status === 0 ? `ok    unit tests (${total('pass')})` : `${unit.stdout}\n${unit.stderr}`);
	}

	let vsix;
	const extensions = path.join(work, 'extensions');
	const results = path.join(work, 'host.json');
	vscode = new VSCode(path.join(beds, 'vscode-4.139.1'), work, {
		COVLS_CACHE: path.join(work, 'cache'),
		COVLS_VSCODE_TESTS: JSON.stringify({
			modules, python, extensions, hostResults: results,
			hostProject: path.join(work, 'host'), firstData: path.join(work, 'first-data'),
			project: pathToFileURL(path.join(here, 'project.mjs')).href,
		}),
	});
	const ready = (await test('the extension passes the compiler and packs', () => void (vsix = makeVsix()))) &&
		(await test('VS Code installs the VSIX', () => vscode.install(vsix))) &&
		(await test('it carries the server and nothing else', () => checkInstalled(extensions)));
	lap('installed');
	if (ready) {
		await Promise.all([makeProject('host', 'host'), makeProject('screen', 'screen')]);
		const screenProject = new Project(path.join(work, 'screen'), python);
		screenProject.baseSettings = JSON.parse(screenProject.read('.vscode/settings.json'));
		await vscode.start(path.join(work, 'vscode.log'));
		browser = await launch(modules);
		lap('projects recorded, VS Code started');
		if ('host'.includes(only)) {
			await test('the tests in the extension host run to their end', () => hostTests(vscode, browser, results));
			lap('host tests');
		}
		await screenTests({ vscode, browser, project: screenProject, artifacts, test, only, package: JSON.parse(fs.readFileSync(path.join(source, 'package.json'), 'utf8')) });
		lap('screen tests');
	}
} catch (error) {
	counts.failed++;
	console.log(`FAIL  ${error.stack ?? error}`);
} finally {
	await stopAll();
}
if (counts.failed > 0 && fs.existsSync(path.join(work, 'vscode.log'))) {
	fs.copyFileSync(path.join(work, 'vscode.log'), path.join(artifacts, 'vscode-server.log'));
}
console.log(`${counts.passed} passed, ${counts.failed} failed, 0 skipped${counts.second > 0 ? `, ${counts.second} at the second try` : ''}`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
