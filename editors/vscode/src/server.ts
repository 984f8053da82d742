// Finds the server's executable and makes the client for it.

import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import * as vscode from 'vscode';
import { LanguageClient, TransportKind, type LanguageClientOptions, type ServerOptions } from 'vscode-languageclient/node';
import type { ServerSettings } from './protocol.ts';

const EXECUTABLE = process.platform === 'win32' ? 'covls.exe' : 'covls';

/** Where the documents come from that covls is asked about: files on disk, in whatever language. */
export const SELECTOR = ['file', 'vscode-remote'].map((scheme) => ({ scheme }));

function isExecutable(file: string): boolean {
	try {
		fs.accessSync(file, fs.constants.X_OK);
		return fs.statSync(file).isFile();
	} catch {
		return false;
	}
}

function onPath(name: string): string | undefined {
	const folders = (process.env.PATH ?? '').split(path.delimiter).filter((f) => f !== '');
	return folders.map((f) => path.join(f, name)).find(isExecutable);
}

function expandHome(file: string): string {
	return file === '~' || file.startsWith('~/') ? path.join(os.homedir(), file.slice(1)) : file;
}

/** The setting, else the copy within the extension, else PATH. Throws an Error that says what to do. */
export function findServer(context: vscode.ExtensionContext): string {
	const setting = vscode.workspace.getConfiguration('covls').get<string>('path', '').trim();
	const bundled = context.asAbsolutePath(path.join('server', EXECUTABLE));

	if (setting !== '') {
		const named = expandHome(setting);
		const found = path.isAbsolute(named) ? (isExecutable(named) ? named : undefined) : onPath(named);
		if (found === undefined) {
			throw new Error(`The setting covls.path names ${setting}, which is not an executable file.`);
		}
		return found;
	}
	if (isExecutable(bundled)) {
		return bundled;
	}
	const found = onPath(EXECUTABLE);
	if (found === undefined) {
		throw new Error('covls was not found: this extension carries none for this machine, and PATH has none. Set covls.path to it.');
	}
	return found;
}

export function makeClient(command: string, log: vscode.LogOutputChannel, settings: () => ServerSettings): LanguageClient {
	const args = vscode.workspace.getConfiguration('covls').get<string[]>('args', []);
	const server: ServerOptions = { command, args, transport: TransportKind.stdio };
	const options: LanguageClientOptions = {
		documentSelector: SELECTOR,
		outputChannel: log,
		initializationOptions: settings,
		// A file that another extension looks into in the background costs the server nothing.
		textSynchronization: { delayOpenNotifications: true },
		stdioOptions: {
			stdout: () => undefined, // the protocol's, read by the client
			// The server's log, of which not every line is an error.
			stderr: (input, channel) => {
				let rest = '';
				input.setEncoding('utf8');
				input.on('data', (text: string) => {
					const lines = (rest + text).split(/\r?\n/);
					rest = lines.pop() ?? '';
					lines.forEach((line) => channel.info(line));
				});
			},
		},
	};
	return new LanguageClient('covls', 'covls', server, options);
}
