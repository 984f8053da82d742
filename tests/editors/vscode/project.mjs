// The project that the tests look at: a copy of tests/data/sample whose data a real coverage.py
// records, and what coverage.py itself says of it.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './lib.mjs';

const SHARED = path.dirname(path.dirname(fileURLToPath(import.meta.url))); // with other editors' tests

export class Project {
	constructor(folder, python) {
		this.folder = folder;
		this.python = python;
		const { COVERAGE_FILE, COVERAGE_RCFILE, PYTHONPATH, ...env } = process.env;
		this.env = { ...env, PYTHONDONTWRITEBYTECODE: '1' };
	}

	/** Copies the sample, and a file with more branches; nothing is recorded yet. */
	create(sample) {
		fs.cpSync(sample, this.folder, { recursive: true });
		fs.copyFileSync(path.join(SHARED, 'data/ways.py'), this.file('teahouse/ways.py'));
		fs.copyFileSync(path.join(SHARED, 'data/test_ways.py'), this.file('tests/test_ways.py'));
		fs.rmSync(this.file('.coverage'), { force: true });
	}

	file(name) {
		return path.join(this.folder, name);
	}

	read(name) {
		return fs.readFileSync(this.file(name), 'utf8');
	}

	write(name, text) {
		fs.mkdirSync(path.dirname(this.file(name)), { recursive: true });
		fs.writeFileSync(this.file(name), text);
	}

	/** The workspace's settings; VS Code follows the file, and must never see half of it. */
	settings(values) {
		this.write('.vscode/settings.new', JSON.stringify(values, null, 2));
		fs.renameSync(this.file('.vscode/settings.new'), this.file('.vscode/settings.json'));
	}

	py(...args) {
		return run(this.python, args, { cwd: this.folder, env: this.env });
	}

	/** A test run as most people do it. */
	record() {
		return this.py('-m', 'coverage', 'run', '-m', 'pytest', '-q', '-p', 'no:cacheprovider');
	}

	/** JavaScript, tested by Node's own runner, which writes an LCOV report; nothing else is needed. */
	createWeb() {
		this.write('web/package.json', '{ "type": "module" }\n');
		this.write('web/till.js', TILL);
		this.write('web/till.test.mjs', TILL_TEST);
		fs.mkdirSync(this.file('web/coverage'), { recursive: true });
	}

	recordWeb() {
		return run(process.execPath, ['--test', '--experimental-test-coverage', '--test-reporter=lcov',
			'--test-reporter-destination=coverage/lcov.info', 'till.test.mjs'], { cwd: this.file('web'), env: this.env });
	}

	/** What another reading of that report says: as `oracle`. */
	async webOracle() {
		const states = JSON.parse(await this.py('-c', 'import json, sys; sys.path.insert(0, sys.argv[1]); import report_oracle; print(json.dumps(report_oracle.read(sys.argv[2])["till.js"].states()))',
			path.join(path.dirname(SHARED), 'support'), this.file('web/coverage/lcov.info')));
		return { states, missed: Object.keys(states).filter((l) => states[l] === 'missed').map(Number) };
	}

	/** A test run without branches. */
	recordLinesAlone() {
		this.write('lines.cfg', '[run]\nsource = teahouse\nrelative_files = true\n');
		return this.py('-m', 'coverage', 'run', '--rcfile=lines.cfg', '-m', 'pytest', '-q', '-p', 'no:cacheprovider');
	}

	/** The other one, which deletes the data first and writes it under another name. */
	recordWithPlugin() {
		return this.py('-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--cov=teahouse', '--cov-branch', '--cov-report=');
	}

	/** What coverage.py says of a file, see ../oracle.py; line numbers from 1. */
	async oracle(name) {
		const { ino, mtimeNs } = fs.statSync(this.file('.coverage'), { bigint: true });
		const key = `${ino} ${mtimeNs}`;
		if (this.reported !== key) {
			const measured = JSON.parse(await this.py('-c', 'import coverage, json, os; c = coverage.Coverage(); c.load(); print(json.dumps(sorted(c.get_data().measured_files())))'));
			this.reports = JSON.parse(await this.py(path.join(SHARED, 'oracle.py'), ...measured));
			this.reported = key;
		}
		return this.reports[name];
	}
}

/** The places to go to, by their first lines: missed lines that no other state parts, and partial statements. */
export function places(oracle) {
	const found = [];
	let before;
	for (const [line, state] of Object.entries(oracle.states).map(([l, s]) => [Number(l), s]).sort(([a], [b]) => a - b)) {
		if ((state === 'missed' && before !== 'missed') || (state === 'partial' && oracle.partial.includes(line))) {
			found.push(line);
		}
		before = state;
	}
	return found;
}

const TILL = `/** What a customer gets back, in coins. */
export function change(paid, price) {
	if (paid < price) {
		throw new Error('not enough');
	}
	const coins = [];
	let rest = paid - price;
	for (const coin of [200, 100, 50, 20, 10, 5, 2, 1]) {
		while (rest >= coin) {
			coins.push(coin);
			rest -= coin;
		}
	}
	return coins;
}

export function receipt(coins) {
	if (coins.length === 0) {
		return 'nothing back';
	}
	return coins.join(' + ');
}
`;

const TILL_TEST = `import test from 'node:test';
import { change } from './till.js';

test('change', () => {
	change(500, 230);
});
`;

/** The same with a test of the rest. */
export const TILL_TEST_MORE = TILL_TEST.replace('{ change }', '{ change, receipt }')
	.replace('change(500, 230)', "receipt(change(500, 230)) || receipt([])");

/** A test that reaches what the sample's own tests do not. */
export const MORE_TESTS = `import pytest

from teahouse.import_csv import read_list
from teahouse.orders import Order
from teahouse.stock import Tea


def test_the_wholesalers_list():
    lines = ["Name;Price;Grams;Tags", "Assam;6,50;500;black"]
    assert len(read_list(lines)) == 1


def test_a_bag_is_not_empty():
    with pytest.raises(ValueError):
        Order("Zoë").add(Tea("Sencha", 9.0), 0)


def test_what_there_is_is_sent():
    order = Order("Zoë").add(Tea("Sencha", 9.0, grams=10), 100)
    assert order.pack(partial=True)
    assert "only 10 g" in order.receipt()
`;
