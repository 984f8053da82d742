// npm run package [-- --covls=FILE --out=FILE]
// Makes the VSIX of this machine's platform, with the server in it: the covls that is named, else the
// one of the environment variable COVLS, else that of build/release. For other machines it should be
// built with -DCOVLS_STATIC_LIBS=ON, so that it needs no library but libc.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const target = `${process.platform}-${process.arch}`;
const { values } = parseArgs({
	options: {
		covls: { type: 'string', default: process.env.COVLS ?? path.join(here, '../../build/release/covls') },
		out: { type: 'string', default: path.join(here, `covls-${target}.vsix`) },
	},
});
const carried = path.join(here, 'server', process.platform === 'win32' ? 'covls.exe' : 'covls');

// A covls that does not even start must not be shipped.
console.log(execFileSync(values.covls, ['--version'], { encoding: 'utf8' }).trim());
fs.mkdirSync(path.dirname(carried), { recursive: true });
fs.rmSync(carried, { force: true });
fs.copyFileSync(values.covls, carried);
fs.chmodSync(carried, 0o755);

const vsce = path.join(here, 'node_modules/@vscode/vsce/vsce');
execFileSync(
	process.execPath,
	[vsce, 'package', '--target', target, '--no-dependencies', '--allow-missing-repository', '-o', path.resolve(values.out)],
	{ cwd: here, stdio: 'inherit' },
);
