// The installed extension with the real server, asked through VS Code's own interface. What should
// come out is asked of coverage.py, not written down here.
'use strict';
const assert = require('assert');
const fs = require('fs');
const path = require('path');
const vscode = require('vscode');

const config = JSON.parse(process.env.COVLS_VSCODE_TESTS);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what, look, seconds = 45) {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		const value = await look();
		if (value) {
			return value;
		}
		if (Date.now() > end) {
			throw new Error(`waited ${seconds} s for ${what}`);
		}
		await sleep(30);
	}
}

// { LINE: state } of a message, lines from 1
function states(message) {
	const lines = {};
	for (const run of message.runs) {
		for (let line = run.start; line <= run.end; line++) {
			lines[line + 1] = run.state;
		}
	}
	return lines;
}

// Every line has the state that coverage.py says, and the counts are its.
function assertAgrees(message, oracle, name) {
	const { summary } = message;
	const branches = (...counts) => (oracle.branches === null ? [] : counts);
	assert.deepStrictEqual(states(message), oracle.states, name);
	assert.deepStrictEqual(
		[summary.statements, summary.missed, ...branches(summary.partial, summary.branches, summary.missedBranches)],
		[oracle.statements, oracle.missed.length, ...branches(oracle.partial.length, oracle.branches, oracle.missedBranches)],
		`counts of ${name}`,
	);
}

// { LINE: [diagnostics] } of partial statements
function partialDiagnostics(uri) {
	return Object.fromEntries(vscode.languages.getDiagnostics(uri)
		.filter((d) => d.code === 'partial-branch')
		.map((d) => [d.range.start.line + 1, d]));
}

const joined = (reasons) => Object.fromEntries(Object.entries(reasons).map(([line, list]) => [line, list.join('\n')]));

describe('covls in the extension host', function () {
	const extension = () => vscode.extensions.getExtension('covls.covls');
	let project, api, MORE_TESTS, places;

	const uriOf = (name) => vscode.Uri.file(project.file(name));
	const message = (name) => api.message(uriOf(name));
	const configure = (key, value) =>
		vscode.workspace.getConfiguration('covls').update(key, value, vscode.ConfigurationTarget.Workspace);
	const show = async (name) => vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uriOf(name)));
	// The marks of the present text are those of the present version.
	const settled = (name, look = () => true) =>
		until(`marks of ${name}`, () => {
			const document = vscode.workspace.textDocuments.find((d) => d.uri.fsPath === project.file(name));
			const m = message(name);
			return m && m.version === document.version && look(m) && m;
		});

	// While somebody types the marks move first, and are read after that: waits until `check` throws no more.
	const becomes = async (name, check) => {
		let last = new Error('no message');
		await until(`${name} to be as it should`, () => {
			const document = vscode.workspace.textDocuments.find((d) => d.uri.fsPath === project.file(name));
			const m = message(name);
			if (m === undefined || m.version !== document.version) {
				return false;
			}
			try {
				check(m);
				return true;
			} catch (error) {
				last = error;
				return false;
			}
		}).catch(() => {
			throw last;
		});
		return message(name);
	};
	const becomesAs = (name, oracle) => becomes(name, (m) => {
		assertAgrees(m, oracle, name);
		assert.strictEqual(m.freshness, 'fresh');
		assert.deepStrictEqual(drawn(name), oracle.states, 'what is drawn');
	});
	// { LINE: state } of the marks that are drawn
	const drawn = (name) => states({ runs: api.runs(uriOf(name)) });

	before(async function () {
		const support = await import(config.project);
		({ MORE_TESTS, places } = support);
		project = new support.Project(config.hostProject, config.python);
		await extension().activate();
		api = extension().exports;
	});

	it('was installed from the VSIX and runs the server that it carries', async () => {
		assert.ok(extension().isActive);
		assert.strictEqual(extension().extensionPath.startsWith(config.extensions), true, extension().extensionPath);
		assert.strictEqual(api.serverCommand(), path.join(extension().extensionPath, 'server/covls'));
		assert.ok(api.serverPid() > 0);
	});

	it('has every command of its package.json, and the one of the server', async () => {
		const known = await vscode.commands.getCommands(true);
		const wanted = extension().packageJSON.contributes.commands.map((c) => c.command);
		assert.ok(wanted.includes('covls.reload'));
		assert.deepStrictEqual(wanted.filter((c) => !known.includes(c)), []);
	});

	for (const name of ['orders', 'prices', 'stock', 'import_csv', 'ways'].map((n) => `teahouse/${n}.py`)) {
		it(`agrees with coverage.py about ${name}`, async () => {
			await show(name);
			const m = await settled(name);
			assert.strictEqual(m.freshness, 'fresh');
			assert.strictEqual(m.data.path, fs.realpathSync(project.file('.coverage')));
			assertAgrees(m, await project.oracle(name), name);
			assert.deepStrictEqual(drawn(name), states(m));
		});
	}

	// What is on the screen is compared in the tests of the screen; here, what is to be there.
	it('is told of edits by changes alone, and has what a reload says', async () => {
		const name = 'teahouse/orders.py';
		const editor = await show(name);
		await becomesAs(name, await project.oracle(name));
		let seed = 7;
		const random = (limit) => (seed = (seed * 1103515245 + 12345) % 2147483648) % 65536 % limit;
		for (let step = 0; step < 60; step++) {
			const line = random(editor.document.lineCount - 1);
			const at = new vscode.Position(line, [0, editor.document.lineAt(line).text.length][random(2)]);
			const end = new vscode.Position(line + 1, 0);
			await editor.edit((e) => [
				() => e.insert(at, '\n'),
				() => e.insert(at, 'x = 1\ny = 2\n'),
				() => e.delete(new vscode.Range(new vscode.Position(line, 0), end)),
				() => e.insert(at, ' # typed'),
				() => e.delete(new vscode.Range(at, end)),
			][random(5)]());
			if (step % 15 === 14) {
				await settled(name);
				await vscode.commands.executeCommand(step % 2 ? 'undo' : 'redo');
			}
			if (step % 20 === 19) {
				await settled(name);
				// Whoever asks for a hover has the text read, and what that changes is sent first.
				await vscode.commands.executeCommand('vscode.executeHoverProvider', uriOf(name), new vscode.Position(0, 0));
				const before = message(name);
				const changed = drawn(name);
				assert.strictEqual(before.version, editor.document.version);
				await vscode.commands.executeCommand('covls.reload');
				const whole = await until('all anew', () => message(name) !== before && message(name));
				assert.deepStrictEqual(whole.runs, before.runs, `step ${step}`);
				assert.deepStrictEqual(drawn(name), changed);
				assert.deepStrictEqual([whole.summary, whole.freshness, whole.reason], [before.summary, before.freshness, before.reason]);
			}
		}
		await vscode.commands.executeCommand('workbench.action.files.revert');
		await becomesAs(name, await project.oracle(name));
	});

	it('publishes a hint for the missed and the partial statements', async () => {
		const name = 'teahouse/orders.py';
		await show(name);
		const { missed, executed, partial } = await project.oracle(name);
		assert.ok(missed.length > 0 && partial.length > 0);
		const list = await until('diagnostics', () => {
			const d = vscode.languages.getDiagnostics(uriOf(name));
			return d.length > 0 && d;
		});
		for (const d of list) {
			assert.strictEqual(d.severity, vscode.DiagnosticSeverity.Hint);
			assert.strictEqual(d.source, 'covls');
			if (d.code === 'uncovered') {
				assert.match(d.message, d.range.isSingleLine ? /line \d+ was not run/ : /lines \d+–\d+ were not run/);
			} else {
				assert.strictEqual(d.code, 'partial-branch');
			}
		}
		const uncovered = list.filter((d) => d.code === 'uncovered');
		const within = (line) => uncovered.filter((d) => d.range.start.line <= line - 1 && line - 1 <= d.range.end.line).length;
		assert.deepStrictEqual(missed.filter((line) => within(line) !== 1), [], 'missed lines not in one diagnostic');
		assert.deepStrictEqual(executed.filter((line) => within(line) !== 0), [], 'lines that ran and are in one');
	});

	it("says in coverage.py's words which ways were not taken, and where they lead", async () => {
		for (const name of ['teahouse/orders.py', 'teahouse/ways.py']) {
			await show(name);
			await settled(name);
			const { reasons } = await project.oracle(name);
			const found = await until('diagnostics', () => {
				const d = partialDiagnostics(uriOf(name));
				return Object.keys(d).length > 0 && d;
			});
			assert.deepStrictEqual(Object.fromEntries(Object.entries(found).map(([line, d]) => [line, d.message])), joined(reasons));
			for (const d of Object.values(found)) {
				const wanted = [...d.message.matchAll(/ jump to line (\d+)/g)].map((m) => Number(m[1]));
				const targets = d.relatedInformation.map((r) => r.location.range.start.line + 1);
				assert.deepStrictEqual(wanted.filter((line) => !targets.includes(line)), [], d.message);
				assert.deepStrictEqual(d.relatedInformation.filter((r) => r.location.uri.fsPath !== project.file(name)), []);
			}
		}
		const two = Object.values((await project.oracle('teahouse/ways.py')).reasons).filter((list) => list.length > 1);
		assert.ok(two.length > 0, 'a line with two ways is among them');
	});

	it("has the reasons in the hover of a partial line", async () => {
		const name = 'teahouse/ways.py';
		await show(name);
		await settled(name);
		const { reasons } = await project.oracle(name);
		for (const [line, list] of Object.entries(reasons)) {
			const hovers = await vscode.commands.executeCommand('vscode.executeHoverProvider', uriOf(name), new vscode.Position(line - 1, 12));
			// What Markdown makes of it.
			const text = hovers.flatMap((h) => h.contents.map((c) => c.value ?? c)).join('\n').replace(/\\([\\`*_<>[\]#])/g, '$1');
			assert.match(text, /partly covered/i);
			assert.deepStrictEqual(list.filter((reason) => !text.includes(`- ${reason}\n`)), [], text);
		}
	});

	it('has a hover on a missed line', async () => {
		const name = 'teahouse/orders.py';
		const { missed } = await project.oracle(name);
		const document = await vscode.workspace.openTextDocument(uriOf(name));
		const column = document.lineAt(missed[0] - 1).firstNonWhitespaceCharacterIndex;
		const hovers = await vscode.commands.executeCommand('vscode.executeHoverProvider', uriOf(name), new vscode.Position(missed[0] - 1, column));
		const text = hovers.flatMap((h) => h.contents.map((c) => c.value ?? c)).join('\n');
		assert.match(text, /not covered/i);
	});

	it('goes through the uncovered places and round', async () => {
		const name = 'teahouse/orders.py';
		const editor = await show(name);
		const oracle = await project.oracle(name);
		await settled(name);
		editor.selection = new vscode.Selection(0, 0, 0, 0);
		const seen = [];
		for (let i = 0; i < 20; i++) {
			await vscode.commands.executeCommand('covls.next');
			const line = editor.selection.active.line + 1;
			if (seen.includes(line)) break;
			seen.push(line);
		}
		assert.deepStrictEqual(seen, places(oracle));
		assert.ok(seen.includes(oracle.partial[0]) && seen.includes(oracle.missed[0]));
		assert.strictEqual(editor.selection.active.line + 1, seen[0], 'it goes round');
		await vscode.commands.executeCommand('covls.previous');
		assert.strictEqual(editor.selection.active.line + 1, seen[seen.length - 1], 'and round backwards');
	});

	it('lets the marks follow an edit, and calls changed text unknown', async () => {
		const name = 'teahouse/prices.py';
		const editor = await show(name);
		const { missed, executed } = await project.oracle(name);
		const changed = executed.find((line) => line > missed[0]);
		await editor.edit((e) => {
			e.insert(new vscode.Position(0, 0), '# one\n# two\n');
			e.insert(editor.document.lineAt(changed - 1).range.end, '  # or so');
			e.insert(new vscode.Position(changed - 1, editor.document.lineAt(changed - 1).firstNonWhitespaceCharacterIndex), 'x = ');
		});
		await becomes(name, (m) => {
			assert.strictEqual(m.freshness, 'edited');
			const lines = drawn(name);
			assert.deepStrictEqual(missed.filter((l) => lines[l + 2] !== 'missed'), []);
			assert.strictEqual(lines[changed + 2], 'unknown');
			assert.strictEqual(m.summary.known, m.summary.statements - m.summary.unknown);
			assert.ok(m.summary.unknown > 0);
		});
	});

	it('has the marks back when the edit is undone', async () => {
		const name = 'teahouse/prices.py';
		await show(name);
		await vscode.commands.executeCommand('undo');
		await becomesAs(name, await project.oracle(name));
		await vscode.commands.executeCommand('workbench.action.files.revert');
	});

	it('moves partial lines with the text, and lets go of one whose other way is changed', async () => {
		const name = 'teahouse/ways.py';
		const editor = await show(name);
		const oracle = await project.oracle(name);
		await editor.edit((e) => e.insert(new vscode.Position(0, 0), '# one\n# two\n'));
		const moved = Object.fromEntries(Object.entries(oracle.states).map(([line, state]) => [Number(line) + 2, state]));
		await becomes(name, () => assert.deepStrictEqual(drawn(name), moved));
		const reason = joined(oracle.reasons)[16].replaceAll('line 16', 'line 18').replace('line 17', 'line 19');
		await until('the reasons to move', () => partialDiagnostics(uriOf(name))[18]?.message === reason);
		// Line 3 never went to line 6.
		assert.strictEqual(moved[5], 'partial');
		await editor.edit((e) => e.insert(editor.document.lineAt(7).range.end, ' + 1'));
		await becomes(name, () => assert.deepStrictEqual([drawn(name)[5], drawn(name)[8]], ['covered', 'unknown']));
		await until('its reason to go', () => partialDiagnostics(uriOf(name))[5] === undefined);
		await vscode.commands.executeCommand('workbench.action.files.revert');
		await becomesAs(name, oracle);
	});

	it('has no partial line where no branches were recorded', async () => {
		const name = 'teahouse/ways.py';
		await show(name);
		const kept = fs.readFileSync(project.file('.coverage'));
		await project.recordLinesAlone();
		try {
			const oracle = await project.oracle(name);
			assert.strictEqual(oracle.branches, null);
			const m = await becomesAs(name, oracle);
			assert.strictEqual(m.summary.partial, undefined);
			await until('no diagnostic of branches', () => Object.keys(partialDiagnostics(uriOf(name))).length === 0);
		} finally {
			fs.writeFileSync(project.file('kept'), kept);
			fs.renameSync(project.file('kept'), project.file('.coverage'));
		}
		await until('partial lines', () => message(name)?.summary.partial > 0);
	});

	it('says when the configuration of the project cannot be read', async () => {
		const name = 'teahouse/stock.py';
		await show(name);
		const { runs } = await settled(name);
		project.write('.coveragerc', '[run]\nsource = teahouse\n[report]\nexclude_also = def (\n');
		try {
			const m = await until('the reason', () => message(name)?.reason.code === 'bad-config' && message(name));
			assert.match(m.reason.message, /\.coveragerc.*exclude_also/);
			assert.deepStrictEqual(m.runs, runs);
			await vscode.commands.executeCommand('covls.status');
			const { document } = vscode.window.activeTextEditor;
			await until('the page to say so', () => document.getText().includes(`bad-config: ${m.reason.message}`));
			await show(name);
		} finally {
			fs.rmSync(project.file('.coveragerc'));
		}
		await until('all to be well', () => message(name)?.reason.code === 'none');
	});

	it('takes the severity from the settings', async () => {
		const name = 'teahouse/orders.py';
		await show(name);
		await configure('diagnostics.severity', 'warning');
		await until('warnings', () => {
			const d = vscode.languages.getDiagnostics(uriOf(name));
			return d.length > 0 && d.every((x) => x.severity === vscode.DiagnosticSeverity.Warning);
		});
		await configure('diagnostics.severity', undefined);
		await until('hints', () => vscode.languages.getDiagnostics(uriOf(name)).some((x) => x.severity === vscode.DiagnosticSeverity.Hint));
	});

	it('hides and shows all of it', async () => {
		const name = 'teahouse/orders.py';
		await show(name);
		const some = () => vscode.languages.getDiagnostics(uriOf(name)).length > 0;
		await until('diagnostics', some);
		await vscode.commands.executeCommand('covls.hide');
		await until('no diagnostics', () => !some());
		await vscode.commands.executeCommand('covls.show');
		await until('diagnostics again', some);
		await vscode.commands.executeCommand('covls.toggle');
		await until('no diagnostics', () => !some());
		await vscode.commands.executeCommand('covls.toggle');
		await until('diagnostics again', some);
	});

	it('follows a second test run by itself (pytest --cov)', async () => {
		const name = 'teahouse/import_csv.py';
		await show(name);
		const before = await settled(name);
		assert.strictEqual(before.summary.covered, 0);
		project.write('tests/test_more.py', MORE_TESTS);
		fs.copyFileSync(project.file('.coverage'), config.firstData);
		await project.recordWithPlugin();
		const m = await becomesAs(name, await project.oracle(name));
		assert.ok(m.summary.covered > 0);
		await show('teahouse/orders.py');
		await becomesAs('teahouse/orders.py', await project.oracle('teahouse/orders.py'));
	});

	it('keeps the marks, stale, when the data goes, and has them fresh when it comes back', async () => {
		const name = 'teahouse/orders.py';
		await show(name);
		const { runs } = await settled(name);
		const kept = project.file('kept');
		fs.renameSync(project.file('.coverage'), kept);
		try {
			const m = await until('stale marks', () => message(name)?.freshness === 'stale' && message(name));
			assert.strictEqual(m.reason.code, 'data-gone');
			assert.deepStrictEqual(m.runs, runs);
		} finally {
			fs.renameSync(kept, project.file('.coverage'));
		}
		await until('fresh marks', () => message(name)?.freshness === 'fresh');
	});

	it('reads the data file that the settings name', async () => {
		const name = 'teahouse/orders.py';
		await show(name);
		// The first run's data under another name: orders.py had missed lines in it.
		const first = project.file('first-run');
		fs.copyFileSync(config.firstData, first);
		try {
			await configure('dataFile', 'first-run');
			const m = await until('the data of the first run', () => message(name)?.data?.path === first && message(name));
			assert.ok(m.summary.missed > 0);
			await configure('dataFile', 'no/such/file');
			const none = await until('no marks', () => message(name)?.freshness === 'none' && message(name));
			assert.match(none.reason.message, /no.such/);
		} finally {
			await configure('dataFile', undefined);
		}
		await until('marks', () => message(name)?.freshness === 'fresh' && message(name).summary.missed === 0);
	});

	it('says why a file has no coverage', async () => {
		await show('tests/test_orders.py');
		const m = await settled('tests/test_orders.py');
		assert.strictEqual(m.freshness, 'none');
		assert.strictEqual(m.reason.code, 'not-in-data');
		assert.notStrictEqual(m.reason.message, '');
	});

	it('shows its status in a page', async () => {
		await show('teahouse/orders.py');
		await settled('teahouse/orders.py');
		await vscode.commands.executeCommand('covls.status');
		const { document } = vscode.window.activeTextEditor;
		assert.strictEqual(document.uri.scheme, 'covls-status');
		const text = await until('the page', () => document.getText().includes('orders.py') && document.getText());
		assert.ok(text.includes(fs.realpathSync(project.file('.coverage'))), text);
		assert.match(text, /orders\.py\n.*covered.*\n.* branches were taken/);
	});

	it('reads the data again on command', async () => {
		await show('teahouse/orders.py');
		const old = await settled('teahouse/orders.py');
		const status = await vscode.commands.executeCommand('covls.reload');
		assert.ok(status.dataFiles.length > 0);
		// "every document's state anew, changed or not"
		await until('a new message', () => message('teahouse/orders.py') !== old);
	});

	it('starts the server again, on command and when it was killed', async () => {
		const name = 'teahouse/orders.py';
		await show(name);
		const first = api.serverPid();
		await vscode.commands.executeCommand('covls.restart');
		const second = await until('another process', () => api.serverPid() !== first && api.serverPid());
		await settled(name, (m) => m.freshness === 'fresh');
		process.kill(second, 'SIGKILL');
		await until('a third process', () => ![undefined, first, second].includes(api.serverPid()));
		await settled(name, (m) => m.freshness === 'fresh');
		await vscode.commands.executeCommand('notifications.clearAll');
	});
});
