// node lsp-metamodel-check.mjs [--both] [--metamodel FILE | --types] [--list FILE] [LOG.jsonl...]
//
// Checks message logs (`covls --log=FILE`: one {"dir":"recv"|"send","msg":…} a line, "send" by the server)
// against the Language Server Protocol: envelope, methods and their direction, params, results and errors,
// required and unknown properties, ids, requests that were never answered. Only what the server sent is
// judged; --both judges its client too. covls's own methods are checked against tests/data/protocol.schema.json
// and against what editors/PROTOCOL.md says in words (runs are sorted and disjoint, the counts add up).
//
// The protocol's description is not ours and not in the tree. It is taken from the first that is there:
//   1. --metamodel FILE, or ../shared/data/lsp-metamodel/3.18.json beside the project: the strictest;
//   2. the types of the reference library on npm (tests/support/provision lsp-schema), by way of
//      lsp-schema/types.ts, which lists the messages;
//   3. else exit code 77: skipped.
// FILE of --list names a log a line. Prints the logs with findings; exit code 1 on any finding.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const LONGEST = 8; // findings shown of one message

const kind = v => (v === null ? 'null' : Array.isArray(v) ? 'array' : typeof v);
const brief = v => (JSON.stringify(v) ?? 'undefined').slice(0, 60);

// ---- 1. the meta model

class MetaModel {
	constructor(file) {
		const model = JSON.parse(fs.readFileSync(file, 'utf8'));
		const by = (list, key) => new Map(list.map(x => [x[key], x]));
		this.name = `meta model ${path.basename(file, '.json')}`;
		this.structures = by(model.structures, 'name');
		this.enumerations = by(model.enumerations, 'name');
		this.aliases = by(model.typeAliases, 'name');
		this.requests = by(model.requests, 'method');
		this.notifications = by(model.notifications, 'method');
		this.properties = new Map();
	}

	describe(method, isRequest) {
		const d = (isRequest ? this.requests : this.notifications).get(method);
		if (!d) return null;
		const direction = { serverToClient: 'send', clientToServer: 'recv', both: 'both' };
		return {
			direction: direction[d.messageDirection],
			params: v =>
				d.params && !Array.isArray(d.params)
					? this.check(d.params, v, 'params')
					: v === undefined || kind(v) === 'object' || kind(v) === 'null'
						? []
						: [`params: ${method} has none`],
			result: v => this.check(d.result, v, 'result'),
		};
	}

	// A structure's properties with those that it inherits.
	propertiesOf(name) {
		let all = this.properties.get(name);
		if (!all) {
			const structure = this.structures.get(name);
			all = new Map();
			for (const base of [...(structure.extends ?? []), ...(structure.mixins ?? [])])
				for (const [key, p] of this.propertiesOf(base.name)) all.set(key, p);
			for (const p of structure.properties) all.set(p.name, p);
			this.properties.set(name, all);
		}
		return all;
	}

	base(name, v) {
		const integer = (low, high) => Number.isInteger(v) && v >= low && v <= high;
		switch (name) {
			case 'string':
			case 'RegExp':
				return typeof v === 'string';
			case 'URI':
			case 'DocumentUri':
				return typeof v === 'string' && /^[A-Za-z][A-Za-z0-9+.-]*:/.test(v);
			case 'integer':
				return integer(-2147483648, 2147483647);
			case 'uinteger':
				return integer(0, 2147483647);
			case 'decimal':
				return typeof v === 'number';
			case 'boolean':
				return typeof v === 'boolean';
			case 'null':
				return v === null;
		}
		throw new Error(`base type ${name}`);
	}

	// The findings, each beginning with its path.
	check(t, v, at) {
		switch (t.kind) {
			case 'base':
				return this.base(t.name, v) ? [] : [`${at}: want ${t.name}, got ${kind(v)} ${brief(v)}`];
			case 'reference':
				return this.reference(t.name, v, at);
			case 'array':
				if (!Array.isArray(v)) return [`${at}: want an array, got ${kind(v)}`];
				return v.flatMap((x, i) => this.check(t.element, x, `${at}[${i}]`));
			case 'map':
				if (kind(v) !== 'object') return [`${at}: want an object, got ${kind(v)}`];
				return Object.entries(v).flatMap(([k, x]) => this.check(t.value, x, `${at}.${k}`));
			case 'tuple':
				if (!Array.isArray(v) || v.length !== t.items.length) return [`${at}: want ${t.items.length} elements`];
				return t.items.flatMap((x, i) => this.check(x, v[i], `${at}[${i}]`));
			case 'or':
				return this.oneOf(t.items, v, at);
			case 'and': {
				const all = new Map();
				for (const x of t.items) for (const [k, p] of this.propertiesOf(x.name)) all.set(k, p);
				return this.object(all, v, at, t.items.map(x => x.name).join(' & '));
			}
			case 'literal':
				return this.object(new Map(t.value.properties.map(p => [p.name, p])), v, at, 'literal');
			case 'stringLiteral':
			case 'integerLiteral':
			case 'booleanLiteral':
				return v === t.value ? [] : [`${at}: want ${JSON.stringify(t.value)}, got ${brief(v)}`];
		}
		throw new Error(`kind ${t.kind}`);
	}

	reference(name, v, at) {
		if (this.structures.has(name)) return this.object(this.propertiesOf(name), v, at, name);
		if (/^LSP(Any|Object|Array)$/.test(name)) return [];
		if (this.aliases.has(name)) return this.check(this.aliases.get(name).type, v, at);
		const e = this.enumerations.get(name);
		const wrong = this.check({ ...e.type }, v, at);
		if (wrong.length || e.supportsCustomValues || e.values.some(x => x.value === v)) return wrong;
		return [`${at}: ${brief(v)} is not a ${name}`];
	}

	// Of several types that all do not fit, the findings of the one that was meant: the one whose
	// findings lie deepest, so that a bad element of an "array or null" is not reported as "want null".
	oneOf(types, v, at) {
		let best = null;
		for (const t of types) {
			const found = this.check(t, v, at);
			if (!found.length) return [];
			const depth = Math.min(...found.map(x => x.slice(0, x.indexOf(': ')).length));
			if (!best || depth > best.depth || (depth === best.depth && found.length < best.found.length))
				best = { found, depth };
		}
		return best.found;
	}

	object(properties, v, at, name) {
		if (kind(v) !== 'object') return [`${at}: want ${name}, got ${kind(v)}`];
		const found = [];
		for (const [key, p] of properties) {
			if (key in v) found.push(...this.check(p.type, v[key], `${at}.${key}`));
			else if (!p.optional) found.push(`${at}: ${name} lacks ${key}`);
		}
		for (const key of Object.keys(v)) if (!properties.has(key)) found.push(`${at}.${key}: not in ${name}`);
		return found;
	}
}

// ---- 2. the reference library's types

class LibraryTypes {
	constructor(modules) {
		const require = createRequire(path.join(modules, 'x.js'));
		const about = path.join(modules, 'vscode-languageserver-protocol/package.json');
		this.name = `types of vscode-languageserver-protocol ${JSON.parse(fs.readFileSync(about, 'utf8')).version}`;
		const schema = LibraryTypes.schema(modules);
		const Ajv = require('ajv').default;
		this.ajv = new Ajv({ strict: false, allErrors: true });
		this.ajv.addSchema(schema, 'lsp');
		this.names = new Set(Object.keys(schema.definitions));
		this.compiled = new Map();
	}

	// Made once from types.ts, which takes seconds, and kept beside node_modules.
	static schema(modules) {
		const bed = path.dirname(modules);
		const types = fs.readFileSync(path.join(here, 'lsp-schema/types.ts'), 'utf8');
		const kept = path.join(bed, 'lsp.schema.json');
		const copy = path.join(bed, 'types.ts');
		if (!fs.existsSync(kept) || !fs.existsSync(copy) || fs.readFileSync(copy, 'utf8') !== types) {
			fs.rmSync(kept, { force: true });
			fs.writeFileSync(copy, types);
			const options = { module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', strict: true, skipLibCheck: true, types: [] };
			fs.writeFileSync(path.join(bed, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['types.ts'] }));
			const generator = path.join(modules, '.bin/ts-json-schema-generator');
			execFileSync(generator, ['--path', 'types.ts', '--tsconfig', 'tsconfig.json', '--no-type-check', '--type', '*', '-o', `${kept}.new`], { cwd: bed, stdio: ['ignore', 'ignore', 'inherit'] });
			fs.renameSync(`${kept}.new`, kept);
		}
		return JSON.parse(fs.readFileSync(kept, 'utf8'));
	}

	describe(method) {
		const name = method.replaceAll('/', '_').replaceAll('$', '');
		const params = `Send_${name}`;
		const result = `Result_${name}`;
		if (!this.names.has(params) && !this.names.has(result)) return null;
		return {
			direction: this.names.has(params) ? 'send' : 'recv',
			params: v => (this.names.has(params) ? this.check(params, v, 'params') : []),
			result: v => (this.names.has(result) ? this.check(result, v, 'result') : []),
		};
	}

	check(type, v, at) {
		if (!this.compiled.has(type)) this.compiled.set(type, this.ajv.compile({ $ref: `lsp#/definitions/${type}` }));
		const valid = this.compiled.get(type);
		if (valid(v === undefined ? null : v)) return [];
		const depth = e => e.instancePath.split('/').length;
		const deepest = Math.max(...valid.errors.map(depth));
		return valid.errors
			.filter(e => depth(e) === deepest)
			.map(e => `${at}${e.instancePath.replaceAll('/', '.')}: ${e.message} ${brief(e.params)}`);
	}
}

// ---- covls's own methods

const own = JSON.parse(fs.readFileSync(path.join(root, 'tests/data/protocol.schema.json'), 'utf8'));
const KEYWORDS = new Set(['type', 'enum', 'anyOf', '$ref', 'required', 'properties', 'additionalProperties', 'items', 'minimum', 'maximum', 'pattern', '$comment']);

// JSON Schema, as far as our file uses it.
function checkOwn(s, v, at) {
	for (const key of Object.keys(s)) if (!KEYWORDS.has(key)) throw new Error(`protocol.schema.json: keyword ${key}`);
	if (s.$ref) return checkOwn(own.definitions[s.$ref.split('/').pop()], v, at);
	if (s.anyOf) {
		const found = s.anyOf.map(x => checkOwn(x, v, at));
		return found.some(x => !x.length) ? [] : found.reduce((a, b) => (b.some(x => !x.startsWith(`${at}: `)) ? b : a));
	}
	if (s.enum) return s.enum.includes(v) ? [] : [`${at}: ${brief(v)} is none of ${s.enum.join(', ')}`];
	const fits = s.type === 'integer' ? Number.isInteger(v) : !s.type || kind(v) === s.type;
	if (!fits) return [`${at}: want ${s.type}, got ${kind(v)} ${brief(v)}`];
	const found = [];
	if (v < s.minimum || v > s.maximum) found.push(`${at}: ${v} is out of range`);
	if (s.pattern && !new RegExp(s.pattern).test(v)) found.push(`${at}: ${brief(v)} does not match ${s.pattern}`);
	if (s.items) found.push(...v.flatMap((x, i) => checkOwn(s.items, x, `${at}[${i}]`)));
	for (const key of s.required ?? []) if (!(key in v)) found.push(`${at}: lacks ${key}`);
	for (const [key, x] of Object.entries(s.properties ?? {})) if (key in v) found.push(...checkOwn(x, v[key], `${at}.${key}`));
	if (s.additionalProperties === false)
		for (const key of Object.keys(v)) if (!(key in s.properties)) found.push(`${at}.${key}: not in the protocol`);
	return found;
}

// What editors/PROTOCOL.md says in words.
function checkRuns(runs, from) {
	const found = [];
	let last = from - 1;
	for (const run of runs) {
		if (run.end < run.start) found.push(`params.runs: ${run.start} to ${run.end} is empty`);
		if (run.start <= last) found.push(`params.runs: line ${run.start} comes after line ${last}`);
		last = run.end;
	}
	return found;
}

function checkSummary(sum) {
	const found = [];
	const unknown = sum.unknown ?? 0;
	if (sum.covered + sum.missed + unknown > sum.statements) found.push('params.summary: the parts are more than the whole');
	if ('known' in sum && sum.known !== sum.statements - unknown) found.push(`params.summary.known: ${sum.known}`);
	const branches = sum.branches ?? 0;
	const missedBranches = sum.missedBranches ?? 0;
	if (missedBranches > branches) found.push('params.summary: more branches are missed than there are');
	if ((sum.partial ?? 0) > Math.min(sum.covered, missedBranches)) found.push('params.summary: too many are partial');
	if ('percent' in sum) {
		const known = sum.covered + sum.missed + branches; // of what changed since nothing can be said
		const percent = known ? (100 * (sum.covered + branches - missedBranches)) / known : 100;
		if (Math.abs(percent - sum.percent) > 0.011) found.push(`params.summary.percent: ${sum.percent} instead of ${percent}`);
	}
	return found;
}

function checkChanges(changes) {
	const found = checkRuns(changes.runs, 0).map(text => text.replace('params', 'params.changes'));
	if (!changes.message && !('modified' in changes)) found.push('params.changes: lacks modified, without a message');
	if (changes.message && changes.runs.length) found.push('params.changes: not known, and there are runs');
	return found;
}

function checkCoverage(c) {
	const found = [...checkRuns(c.runs ?? [], 0), ...checkSummary(c.summary)];
	if (c.changes) found.push(...checkChanges(c.changes));
	if (c.freshness === 'none' && c.runs?.length) found.push('params.freshness: "none", and there are runs');
	if (c.freshness === 'none' && c.reason.code === 'none') found.push('params.reason: "none", and nothing is shown');
	if (c.reason.code !== 'none' && !c.reason.message) found.push('params.reason.message: is empty');
	return found;
}

function checkCoverageChange(c) {
	const found = c.summary ? checkSummary(c.summary) : [];
	for (const edit of c.edits) {
		found.push(...checkRuns(edit.runs, edit.start));
		const end = edit.runs.at(-1)?.end ?? -1;
		if (end >= edit.start + edit.inserted) found.push(`params.edits: line ${end} is not among the inserted ones`);
	}
	return found;
}

const inWords = { 'covls/coverage': checkCoverage, 'covls/coverageChange': checkCoverageChange };

const ownMethods = {
	describe(method) {
		const d = own[method];
		if (!d || method === 'definitions') return null;
		return {
			direction: d.direction,
			params: v => {
				const found = checkOwn(d.params, v ?? null, 'params');
				return inWords[method] && !found.length ? inWords[method](v) : found;
			},
			result: v => checkOwn(d.result, v, 'result'),
		};
	},
};

// ---- a log

class Log {
	constructor(protocol, both) {
		this.protocol = protocol;
		this.both = both;
		this.open = { recv: new Map(), send: new Map() };
		this.messages = 0;
		this.questions = 0; // that the server should have answered
		this.bad = 0;
		this.ended = false;
	}

	describe(method, isRequest) {
		return ownMethods.describe(method) ?? this.protocol.describe(method, isRequest);
	}

	// Several servers of one editor may write into one log, each with ids of its own: an id may be open twice.
	ask(dir, id, method) {
		const open = this.open[dir];
		if (!open.has(id)) open.set(id, []);
		open.get(id).push(method);
	}

	request(dir, msg) {
		const found = [];
		const isRequest = 'id' in msg;
		if (isRequest && dir === 'recv') this.questions++;
		const d = this.describe(msg.method, isRequest);
		// A client's id of another type is answered with a null id.
		if (isRequest && ['string', 'number'].includes(typeof msg.id)) {
			const command = msg.method === 'workspace/executeCommand' ? msg.params?.command : undefined;
			this.ask(dir, msg.id, typeof command === 'string' && command in own ? command : msg.method);
		}
		if (dir === 'recv' && (msg.method === 'shutdown' || msg.method === 'exit')) this.ended = true;
		if (!d) {
			if (!msg.method.startsWith('$/')) found.push(`unknown ${isRequest ? 'request' : 'notification'} ${msg.method}`);
		} else {
			if (d.direction !== 'both' && d.direction !== dir) found.push(`${msg.method} goes the other way`);
			found.push(...d.params(msg.params));
		}
		for (const key of Object.keys(msg))
			if (!['jsonrpc', 'id', 'method', 'params'].includes(key)) found.push(`${key}: no part of a message`);
		return found;
	}

	response(dir, msg) {
		const found = [];
		// Neither question nor answer: it must be refused, under its id.
		if (dir === 'recv' && !('result' in msg) && !('error' in msg)) {
			if ('id' in msg) this.ask('recv', msg.id, 'no method');
			return found;
		}
		const requests = this.open[dir === 'send' ? 'recv' : 'send'];
		const asked = requests.get(msg.id) ?? [];
		const method = asked.shift();
		if ('result' in msg === 'error' in msg) found.push('must have either result or error');
		// What could not be understood is answered without an id.
		if (method === undefined && !('error' in msg && msg.id === null)) found.push(`answers ${brief(msg.id)}, which was not asked or is answered`);
		if (asked.length === 0) requests.delete(msg.id);
		if ('error' in msg) {
			if (!Number.isInteger(msg.error?.code) || typeof msg.error?.message !== 'string') found.push('error: malformed');
		} else if (method in own && !method.includes('/')) {
			found.push(...checkOwn(own[method].result, msg.result, 'result')); // of a command
		} else if (method === 'workspace/executeCommand' && kind(msg.result) === 'object') {
			found.push(...checkOwn(own['covls/status'].result, msg.result, 'result'));
		} else if (method !== undefined) {
			found.push(...(this.describe(method, true)?.result(msg.result) ?? []));
		}
		return found;
	}

	message(number, line) {
		const entry = JSON.parse(line);
		const { dir, msg } = entry;
		if (dir === 'recv' && !('msg' in entry)) return undefined; // what covls could not take for a message
		const judged = this.both || dir === 'send';
		if (judged) this.messages++;
		// A client may send anything; only the server must send objects.
		if (kind(msg) !== 'object') return judged ? this.report(number, dir, msg, ['not an object']) : undefined;
		const found = msg.jsonrpc === '2.0' ? [] : ['jsonrpc is not "2.0"'];
		if (typeof msg.method === 'string') found.push(...this.request(dir, msg));
		else found.push(...this.response(dir, msg));
		if (judged && found.length) this.report(number, dir, msg, found);
	}

	report(number, dir, msg, found) {
		this.bad++;
		console.log(`  line ${number}: ${dir} ${msg?.method ?? 'response'} id=${brief(msg?.id)}`);
		for (const text of found.slice(0, LONGEST)) console.log(`    ${text}`);
	}

	// A connection that was cut owes no answers; one that was shut down does.
	close() {
		if (!this.ended) return;
		for (const [id, method] of this.open.recv) {
			this.bad++;
			console.log(`  request ${method} id=${brief(id)} was never answered`);
		}
	}

	read(file) {
		const lines = fs.readFileSync(file, 'utf8').split('\n');
		lines.forEach((line, i) => {
			if (!line) return;
			try {
				this.message(i + 1, line);
			} catch (error) {
				// A program that was killed leaves half a line at the end.
				if (error instanceof SyntaxError && i === lines.length - 1) return;
				this.bad++;
				console.log(`  line ${i + 1}: ${error.message}`);
			}
		});
		this.close();
	}
}

// ---- the program

function protocolOf(options) {
	const file = options.metamodel ?? path.join(root, '../shared/data/lsp-metamodel/3.18.json');
	if (!options.types && fs.existsSync(file)) return new MetaModel(file);
	const modules = process.env.COVLS_LSP_SCHEMA;
	if (modules && fs.existsSync(modules)) {
		options.both = false; // the list of types is the server's
		return new LibraryTypes(modules);
	}
	return null;
}

function main() {
	const options = { logs: [] };
	const args = process.argv.slice(2);
	while (args.length) {
		const a = args.shift();
		if (a === '--both') options.both = true;
		else if (a === '--types') options.types = true;
		else if (a === '--metamodel') options.metamodel = args.shift();
		else if (a === '--list') options.logs.push(...fs.readFileSync(args.shift(), 'utf8').split('\n').filter(Boolean));
		else options.logs.push(a);
	}
	const protocol = protocolOf(options);
	if (!protocol) {
		console.log('no meta model: run tests/support/provision lsp-schema');
		return 77;
	}
	console.log(`against the ${protocol.name}`);
	let failed = 0;
	let messages = 0;
	for (const file of options.logs) {
		const log = new Log(protocol, options.both);
		log.read(file);
		const silent = log.messages === 0 && log.questions > 0;
		if (silent) console.log('  the server has said nothing');
		const ok = log.bad === 0 && !silent;
		messages += log.messages;
		failed += ok ? 0 : 1;
		if (!ok) console.log(`not ok ${path.relative(root, file)}: ${log.messages} messages, ${log.bad} bad`);
	}
	console.log(`${options.logs.length} logs with ${messages} messages, ${failed} of the logs bad`);
	return failed || !options.logs.length ? 1 : 0;
}

process.exitCode = main();
