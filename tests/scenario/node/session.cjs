// node session.cjs COVLS SAMPLE [LOG]
//
// Drives covls with the reference client library, over each of its transports: what an editor that is built
// on it would do. SAMPLE is a copy of tests/data/sample whose .coverage is newer than its sources. Fails by
// an exception; run by ../test_node_client.py.
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const lsp = require('vscode-languageserver-protocol/node');

const [covls, sample, log] = process.argv.slice(2);
const PATIENCE = Number(process.env.COVLS_PATIENCE ?? 30) * 1000;
const CoverageNotification = new lsp.NotificationType('covls/coverage');
const StatusRequest = new lsp.RequestType('covls/status');

// A promise that fails loudly instead of waiting for ever.
function within(promise, what) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`${what} did not come`)), PATIENCE);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// Values of a notification, to be waited for by what they are.
class Feed {
	constructor(connection, type) {
		this.all = [];
		this.waiting = [];
		connection.onNotification(type, params => {
			this.all.push(params);
			this.waiting = this.waiting.filter(w => !(w.fits(params) && (w.done(params), true)));
		});
	}

	find(fits, what) {
		const old = this.all.findLast(fits);
		if (old) return Promise.resolve(old);
		return within(new Promise(done => this.waiting.push({ fits, done })), what);
	}
}

function missed(coverage) {
	const lines = [];
	for (const run of coverage.runs.filter(r => r.state === 'missed'))
		for (let line = run.start; line <= run.end; line++) lines.push(line + 1);
	return lines;
}

const ORDERS = [23, 48, 49, 50, 51, 52, 53, 54, 55, 68, 69];
// ... and where a way out was not taken, its column BrPart.
const PARTIAL = [22, 41, 45, 67];

async function session(connection) {
	const file = path.join(sample, 'teahouse/orders.py');
	const uri = pathToFileURL(file).href;
	const text = fs.readFileSync(file, 'utf8');
	const diagnostics = new Feed(connection, lsp.PublishDiagnosticsNotification.type);
	const coverage = new Feed(connection, CoverageNotification);
	const errors = [];
	connection.onError(e => errors.push(e));
	connection.onUnhandledNotification(n => errors.push(new Error(`unexpected ${n.method}`)));
	connection.listen();

	const result = await within(
		connection.sendRequest(lsp.InitializeRequest.type, {
			processId: process.pid,
			rootUri: pathToFileURL(sample).href,
			workspaceFolders: [{ uri: pathToFileURL(sample).href, name: 'sample' }],
			capabilities: { general: { positionEncodings: ['utf-16'] }, textDocument: { publishDiagnostics: { versionSupport: true } } },
			initializationOptions: { coverage: true },
		}),
		'initialize',
	);
	assert.equal(result.capabilities.positionEncoding, 'utf-16');
	assert.equal(result.capabilities.textDocumentSync.change, lsp.TextDocumentSyncKind.Incremental);
	await connection.sendNotification(lsp.InitializedNotification.type, {});

	await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, {
		textDocument: { uri, languageId: 'python', version: 1, text },
	});
	const first = await coverage.find(c => c.uri === uri && c.freshness === 'fresh', 'covls/coverage');
	assert.deepEqual(missed(first), ORDERS);
	assert.equal(first.summary.statements, 51);
	assert.equal(first.summary.missed, 9);
	const published = await diagnostics.find(d => d.uri === uri && d.diagnostics.length, 'diagnostics');
	const uncovered = published.diagnostics.filter(d => d.code === 'uncovered');
	const partial = published.diagnostics.filter(d => d.code === 'partial-branch');
	assert.equal(uncovered.length + partial.length, published.diagnostics.length);
	assert.deepEqual(uncovered.map(d => d.range.start.line + 1), [23, 48, 68]);
	assert.deepEqual(partial.map(d => d.range.start.line + 1), PARTIAL);
	assert.equal(first.summary.partial, PARTIAL.length);
	for (const d of published.diagnostics) {
		assert.equal(d.source, 'covls');
		assert.equal(d.severity, lsp.DiagnosticSeverity.Hint);
	}
	for (const d of uncovered)
		assert.match(d.message, /not run/);
	for (const d of partial)
		assert.match(d.message, /^line (\d+) didn't .* because the (condition|loop) on line \1 /);

	const hover = await within(
		connection.sendRequest(lsp.HoverRequest.type, { textDocument: { uri }, position: { line: 22, character: 14 } }),
		'hover',
	);
	assert.ok(hover && JSON.stringify(hover.contents).length > 10);

	// An edit above moves everything; a second one in the same message is meant after the first.
	await connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, {
		textDocument: { uri, version: 2 },
		contentChanges: [
			{ range: { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } }, text: '# 😀\n' },
			{ range: { start: { line: 2, character: 4 }, end: { line: 2, character: 4 } }, text: ' two\n#' },
		],
	});
	const moved = await coverage.find(c => c.uri === uri && c.version === 2, 'covls/coverage of version 2');
	assert.deepEqual(missed(moved), ORDERS.map(n => n + 2));

	const status = await within(connection.sendRequest(StatusRequest, { textDocument: { uri } }), 'covls/status');
	assert.equal(status.documents, 1);
	assert.equal(status.dataFiles[0].producer, 'coverage.py 7.16.1');
	assert.equal(status.document.version, 2);
	assert.ok(!('runs' in status.document));

	// A request that is cancelled is answered all the same: the library throws if it is answered twice.
	const source = new lsp.CancellationTokenSource();
	const reload = connection.sendRequest(lsp.ExecuteCommandRequest.type, { command: 'covls.reload' }, source.token);
	source.cancel();
	await within(reload.catch(e => assert.equal(e.code, lsp.LSPErrorCodes.RequestCancelled)), 'an answer to what was cancelled');
	await within(connection.sendRequest(lsp.ExecuteCommandRequest.type, { command: 'covls.reload' }), 'covls.reload');
	await assert.rejects(
		within(connection.sendRequest('test/unknown', {}), 'an error'),
		e => e.code === lsp.ErrorCodes.MethodNotFound,
	);

	await connection.sendNotification(lsp.DidCloseTextDocumentNotification.type, { textDocument: { uri } });
	await within(connection.sendRequest(lsp.ShutdownRequest.type), 'shutdown');
	assert.deepEqual(diagnostics.all.filter(d => d.uri === uri).at(-1).diagnostics, []);
	await connection.sendNotification(lsp.ExitNotification.type);
	assert.deepEqual(errors, []);
}

let started = 0;
function start(...args) {
	if (log) args.push(`--log=${log}.${++started}.jsonl`);
	const child = spawn(covls, args, { stdio: ['pipe', 'pipe', 'inherit'] });
	child.done = once(child, 'exit');
	return child;
}

async function over(name, child, reader, writer) {
	const connection = lsp.createProtocolConnection(reader, writer);
	try {
		await session(connection);
		assert.deepEqual(await within(child.done, 'the end of covls'), [0, null]);
		console.log(`ok ${name}`);
	} finally {
		child.kill('SIGKILL');
		connection.dispose();
	}
}

async function main() {
	const child = start('--stdio');
	await over('stdio', child, new lsp.StreamMessageReader(child.stdout), new lsp.StreamMessageWriter(child.stdin));

	const pipe = path.join(sample, '.covls-pipe');
	const listening = await lsp.createClientPipeTransport(pipe);
	const piped = start(`--pipe=${pipe}`);
	await over('pipe', piped, ...(await within(listening.onConnected(), 'a connection to the pipe')));

	const port = await new Promise(resolve => {
		const probe = require('node:net').createServer().listen(0, '127.0.0.1', () => {
			const { port } = probe.address();
			probe.close(() => resolve(port));
		});
	});
	const waiting = await lsp.createClientSocketTransport(port);
	const socketed = start(`--socket=${port}`);
	await over('socket', socketed, ...(await within(waiting.onConnected(), 'a connection to the socket')));
	process.exit(0);
}

main().catch(error => {
	console.log(`not ok ${error.stack}`);
	process.exit(1);
});
