// The extension: starts covls, keeps what it says of the open documents and shows it.

import * as vscode from 'vscode';
import { DidChangeConfigurationNotification, ExecuteCommandRequest, LSPErrorCodes, ResponseError, State, type LanguageClient } from 'vscode-languageclient/node';
import { Marks, findPlace, uncoveredPlaces, type Edit } from './marks.ts';
import { Painter, isDrawable, type Look } from './paint.ts';
import { BASELINE, CHANGES, CODES, COVERAGE, COVERAGE_CHANGE, EXPLAIN, FORGET_RUNS, SOURCE, STATUS, type Baselines, type ChangeList, type CoverageChange, type DocumentCoverage, type Explanation, type Run, type ServerSettings, type ServerStatus } from './protocol.ts';
import { SELECTOR, findServer, makeClient } from './server.ts';
import { baselineNameTrouble, baselineText, changeText, explanationPage, fixText, hasMarks, isTold, noPlaceText, placeText, spokenText, statusPage, statusText, tooltipLines, whyText } from './words.ts';

const STATUS_PAGE = vscode.Uri.parse('covls-status:/Coverage status');
const AGE_REFRESH_MS = 10_000;
const TOLD_MS = 8000; // how long a message stays in the status bar

/** What `activate` gives to other extensions: the tests look at it. */
export interface Api {
	/** The last message about a document, with all changes of it since. */
	message(uri: vscode.Uri): DocumentCoverage | undefined;
	/** The marks as they lie in the text now. */
	runs(uri: vscode.Uri): Run[];
	/** The process of the server, while one runs. */
	serverPid(): number | undefined;
	/** The executable that was started last. */
	serverCommand(): string;
}

function fileName(uri: vscode.Uri): string {
	return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

function editOf(change: vscode.TextDocumentContentChangeEvent): Edit {
	return {
		first: change.range.start.line,
		atLineStart: change.range.start.character === 0,
		last: change.range.end.line,
		breaks: change.text.split(/\r\n|\r|\n/).length - 1,
	};
}

/**
 * Why a place is uncovered, in the words of the server's diagnostic of it: a line for each way that was
 * not taken. There is none when diagnostics are off, and for a moment after an edit.
 */
function reasonsOf(document: vscode.TextDocument, place: Run): string[] {
	const found = vscode.languages
		.getDiagnostics(document.uri)
		.find((d) => d.source === SOURCE && d.code === CODES[place.state] && d.range.start.line === place.start);

	return found?.message.split('\n') ?? [placeText(place)];
}

/** The lines of a file: as it is in an editor, else on the disk; none if it cannot be read. */
async function linesOf(uri: vscode.Uri): Promise<string[]> {
	const document = vscode.workspace.textDocuments.find((d) => d.uri.toString() === uri.toString());

	if (document !== undefined) {
		return document.getText().split(/\r\n|\r|\n/);
	}
	try {
		return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)).split(/\r\n|\r|\n/);
	} catch {
		return [];
	}
}

function goTo(editor: vscode.TextEditor, line: number): void {
	const place = new vscode.Position(line, editor.document.lineAt(line).firstNonWhitespaceCharacterIndex);

	editor.selection = new vscode.Selection(place, place);
	editor.revealRange(new vscode.Range(place, place), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

class Session implements vscode.Disposable {
	private readonly context: vscode.ExtensionContext;
	private readonly log = vscode.window.createOutputChannel('covls', { log: true });
	private readonly item: vscode.StatusBarItem;
	private readonly marks = new Marks();
	private readonly painter: Painter;
	private readonly pageChanged = new vscode.EventEmitter<vscode.Uri>();
	private page = '';
	private readonly explanations = new Map<string, { of: DocumentCoverage; explanation: Explanation }>();
	private client: LanguageClient | undefined;
	private command = '';
	private trouble = ''; // why there is no server
	private visible: boolean;
	private clock: NodeJS.Timeout | undefined;
	private turn: Promise<void> = Promise.resolve(); // starts and stops of the server, one after another

	constructor(context: vscode.ExtensionContext) {
		this.context = context;
		this.visible = context.workspaceState.get('visible', true);
		this.painter = new Painter(this.look(), (p) => vscode.Uri.joinPath(context.extensionUri, p));
		this.item = vscode.window.createStatusBarItem('covls.status', vscode.StatusBarAlignment.Right, 100);
		this.item.name = 'Test Coverage';
		this.item.command = 'covls.menu';
		this.setContext('visible', this.visible);
		this.listen();
	}

	/** Starts the server; ends the one that runs, if any. */
	restart(): Promise<void> {
		this.turn = this.turn.then(() => this.stopServer()).then(() => this.startServer());
		return this.turn;
	}

	stop(): Promise<void> {
		this.turn = this.turn.then(() => this.stopServer());
		return this.turn;
	}

	api(): Api {
		return {
			message: (uri) => this.marks.message(uri.toString()),
			runs: (uri) => this.marks.runs(uri.toString()),
			serverPid: () => this.client?.serverProcess?.pid,
			serverCommand: () => this.command,
		};
	}

	dispose(): void {
		clearInterval(this.clock);
		this.painter.dispose();
	}

	// ---- the server ----

	private async startServer(): Promise<void> {
		try {
			this.trouble = '';
			this.command = findServer(this.context);
			this.log.info(`starting ${this.command}`);
			const client = makeClient(this.command, this.log, () => this.serverSettings());
			client.onNotification(COVERAGE, (message: DocumentCoverage) => this.receive(client, message));
			client.onNotification(COVERAGE_CHANGE, (change: CoverageChange) => this.receiveChange(client, change));
			client.onDidChangeState((change) => this.onServerState(client, change.newState));
			this.client = client;
			await client.start();
		} catch (error) {
			this.client = undefined;
			this.trouble = error instanceof Error ? error.message : String(error);
			this.log.error(this.trouble);
			this.setContext('active', false);
			this.refreshItem();
			void this.tellTrouble();
		}
	}

	private async stopServer(): Promise<void> {
		const client = this.client;

		this.client = undefined;
		this.marks.forgetAll();
		this.repaint();
		// A server that has crashed has nothing left to stop.
		await client?.dispose().catch((error) => this.log.warn(`stopping covls: ${error}`));
	}

	private onServerState(client: LanguageClient, state: State): void {
		if (client !== this.client) {
			return;
		}
		this.setContext('active', state === State.Running);
		if (state !== State.Running) {
			// What a crashed server said cannot be trusted to be followed up.
			this.marks.forgetAll();
			this.repaint();
		}
	}

	private async tellTrouble(): Promise<void> {
		const settings = 'Open Settings';
		const choice = await vscode.window.showErrorMessage(`Test coverage is off. ${this.trouble}`, settings, 'Show Output');

		if (choice === settings) {
			void vscode.commands.executeCommand('workbench.action.openSettings', 'covls');
		} else if (choice !== undefined) {
			this.log.show();
		}
	}

	// Hidden coverage is hidden whole: the dots under missed code go with the marks. What is set back to
	// nothing must be sent as well: the server keeps what it is not told of.
	private serverSettings(): ServerSettings {
		const config = vscode.workspace.getConfiguration('covls');
		const dataFile = config.get<string>('dataFile', '').trim();
		const pythonVersion = config.get<string>('pythonVersion', '').trim();
		const pathMappings = config.get<ServerSettings['pathMappings']>('pathMappings', []);
		const severity = this.visible ? config.get<string>('diagnostics.severity', 'hint') : 'off';

		return {
			coverage: true,
			coverageChanges: true,
			dataFile,
			pathMappings,
			pythonVersion,
			runs: config.get<string>('runs', 'replace'),
			newStatements: config.get<string>('newStatements', 'unknown'),
			baseline: config.get<string>('baseline', '').trim(),
			diagnostics: { severity },
		};
	}

	private sendSettings(): void {
		if (this.client?.state === State.Running) {
			void this.client.sendNotification(DidChangeConfigurationNotification.type, { settings: { covls: this.serverSettings() } });
		}
	}

	/** The open document that a message is about; closed ones are not looked for. */
	private documentOf(client: LanguageClient, uri: string): vscode.TextDocument | undefined {
		const text = client.protocol2CodeConverter.asUri(uri).toString();

		return client === this.client ? vscode.workspace.textDocuments.find((d) => d.uri.toString() === text) : undefined;
	}

	private receive(client: LanguageClient, message: DocumentCoverage): void {
		const document = this.documentOf(client, message.uri);

		if (document !== undefined) {
			this.marks.receive(document.uri.toString(), message, Date.now());
			this.repaint(document);
		}
	}

	private receiveChange(client: LanguageClient, change: CoverageChange): void {
		const document = this.documentOf(client, change.uri);

		if (document !== undefined && this.marks.update(document.uri.toString(), change, Date.now())) {
			this.repaint(document);
		}
	}

	// ---- what is on the screen ----

	private look(): Look {
		const config = vscode.workspace.getConfiguration('covls');
		return {
			gutter: config.get('gutter', 'border'),
			covered: config.get('showCovered', true),
			changed: config.get('showChanged', true),
			excluded: config.get('showExcluded', true),
			stale: config.get('stale', 'dimmed'),
			ruler: config.get('overviewRuler', true),
		};
	}

	private repaint(document?: vscode.TextDocument): void {
		for (const editor of vscode.window.visibleTextEditors) {
			if (document === undefined || editor.document === document) {
				const uri = editor.document.uri.toString();
				const message = this.visible ? this.marks.message(uri) : undefined;
				this.painter.paint(editor, message, this.marks.runs(uri), this.marks.changes(uri));
			}
		}
		this.refreshItem();
	}

	private refreshItem(): void {
		const document = vscode.window.activeTextEditor?.document;
		const message = document === undefined ? undefined : this.marks.message(document.uri.toString());

		this.setContext('hasMarks', hasMarks(message));
		if (document?.languageId === 'python' && this.trouble !== '') {
			this.showItem('$(error) no coverage', [this.trouble], `No test coverage. ${this.trouble}`);
		} else if (document !== undefined && isTold(message, document.languageId)) {
			const ages = this.marks.ages(document.uri.toString(), Date.now());
			const hidden = this.visible ? [] : ['Coverage is hidden.'];
			const known = this.explanations.get(document.uri.toString());
			const fix = known?.of === message ? fixText(known.explanation) : [];
			this.showItem(statusText(message, ages, this.visible), [...hidden, ...tooltipLines(message, ages), ...fix], spokenText(message, ages));
			if (message.reason.code !== 'none' && known?.of !== message) {
				void this.explain(document, message);
			}
		} else {
			this.item.hide();
		}
	}

	private showItem(text: string, tooltip: string[], spoken: string): void {
		// A changed tooltip closes the one that is being read: leave it alone while it is the same.
		const shown = tooltip.join('\n\n');

		if (this.item.text !== text) {
			this.item.text = text;
		}
		if (this.item.tooltip !== shown) {
			this.item.tooltip = shown;
		}
		this.item.accessibilityInformation = { label: spoken };
		this.item.show();
	}

	private setContext(key: string, value: boolean): void {
		void vscode.commands.executeCommand('setContext', `covls.${key}`, value);
	}

	// ---- commands ----

	private async setVisible(visible: boolean): Promise<void> {
		this.visible = visible;
		this.setContext('visible', visible);
		this.sendSettings();
		this.repaint();
		await this.context.workspaceState.update('visible', visible);
	}

	/** The uncovered places of a document; where there are none, that is told. */
	private places(document: vscode.TextDocument): Run[] {
		const uri = document.uri.toString();
		const places = uncoveredPlaces(this.marks.runs(uri)).filter((p) => p.start < document.lineCount);

		if (places.length === 0) {
			const text = noPlaceText(fileName(document.uri), this.marks.message(uri), this.visible);
			vscode.window.setStatusBarMessage(text, TOLD_MS);
		}
		return places;
	}

	private goUncovered(backwards: boolean): void {
		const editor = vscode.window.activeTextEditor;
		if (editor === undefined) {
			return;
		}
		const places = this.places(editor.document);
		const index = findPlace(places, editor.selection.active.line, backwards);
		const place = index === undefined ? undefined : places[index];
		if (index === undefined || place === undefined) {
			return;
		}
		goTo(editor, place.start);
		const [first, ...more] = reasonsOf(editor.document, place);
		const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
		vscode.window.setStatusBarMessage(`${first}${others} (${index + 1} of ${places.length})`, TOLD_MS);
	}

	private async listUncovered(): Promise<void> {
		const editor = vscode.window.activeTextEditor;
		if (editor === undefined) {
			return;
		}
		const places = this.places(editor.document);
		if (places.length === 0) {
			return;
		}
		const choices = places.flatMap((place) =>
			reasonsOf(editor.document, place).map((reason) => ({
				label: `${place.start + 1}: ${editor.document.lineAt(place.start).text.trim()}`,
				detail: reason,
				iconPath: new vscode.ThemeIcon(place.state === 'partial' ? 'circle-large-outline' : 'circle-filled'),
				place,
			})),
		);
		const placeHolder = `Uncovered in ${fileName(editor.document.uri)}`;
		const choice = await vscode.window.showQuickPick(choices, { placeHolder, matchOnDetail: true });
		if (choice !== undefined && choice.place.start < editor.document.lineCount) {
			goTo(editor, choice.place.start);
		}
	}

	/** Asks the server for all that it knows of the reasons. */
	private async explain(document: vscode.TextDocument, message: DocumentCoverage): Promise<Explanation | undefined> {
		const client = this.client;
		const uri = document.uri.toString();

		if (client?.state !== State.Running) {
			return undefined;
		}
		try {
			const params = { command: EXPLAIN, arguments: [client.code2ProtocolConverter.asUri(document.uri)] };
			const explanation: Explanation = await client.sendRequest(ExecuteCommandRequest.type, params);
			if (this.marks.message(uri) === message) {
				this.explanations.set(uri, { of: message, explanation });
				this.refreshItem();
			}
			return explanation;
		} catch (error) {
			this.log.warn(`${EXPLAIN}: ${error}`); // closed meanwhile
			return undefined;
		}
	}

	private async why(): Promise<void> {
		const document = vscode.window.activeTextEditor?.document;
		const message = document === undefined ? undefined : this.marks.message(document.uri.toString());
		let text: string;
		if (this.trouble !== '') {
			text = this.trouble;
		} else if (document === undefined) {
			text = 'No editor is active.';
		} else {
			text = whyText(fileName(document.uri), this.marks.message(document.uri.toString()), this.visible);
		}
		const [details, status] = ['Details', 'Show Status'];
		const choice = await vscode.window.showInformationMessage(text, ...(message === undefined ? [status] : [details, status]));
		if (choice === status) {
			await this.showStatus();
		} else if (choice === details && document !== undefined && message !== undefined) {
			const explanation = await this.explain(document, message);
			await this.showPage(explanation === undefined ? `${text}\n` : explanationPage(explanation, document.uri.fsPath));
		}
	}

	private async showPage(text: string): Promise<void> {
		this.page = text;
		this.pageChanged.fire(STATUS_PAGE);
		await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(STATUS_PAGE), { preview: true });
	}

	private async showStatus(): Promise<void> {
		const document = vscode.window.activeTextEditor?.document;
		let page = `covls does not run.\n${this.trouble}\n`;
		if (this.client?.state === State.Running) {
			const known = document !== undefined && this.marks.message(document.uri.toString()) !== undefined;
			const params = known ? { textDocument: { uri: this.client.code2ProtocolConverter.asUri(document.uri) } } : {};
			const status = await this.client.sendRequest<ServerStatus>(STATUS, params);
			page = statusPage(status, known ? document.uri.fsPath : undefined, this.command);
		}
		await this.showPage(page);
	}

	// ---- baselines ----

	/** Sends a command of the server; a failure is told, in its words. */
	private async ask<T>(command: string, ...args: unknown[]): Promise<T | undefined> {
		const client = this.client;

		if (client?.state !== State.Running) {
			void vscode.window.showInformationMessage(this.trouble || 'covls does not run.');
			return undefined;
		}
		try {
			return (await client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args })) as T;
		} catch (error) {
			// Whoever has stopped it knows.
			if (!(error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled)) {
				void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
			}
			return undefined;
		}
	}

	/** The document by which the server finds the project: the active one, or any that it looks at. */
	private projectUri(): string | undefined {
		const known = (d: vscode.TextDocument | undefined): boolean => d !== undefined && this.marks.message(d.uri.toString()) !== undefined;
		const active = vscode.window.activeTextEditor?.document;
		const document = known(active) ? active : vscode.workspace.textDocuments.find(known);

		if (document === undefined || this.client === undefined) {
			void vscode.window.showInformationMessage('Open a source file of the project first.');
			return undefined;
		}
		return this.client.code2ProtocolConverter.asUri(document.uri);
	}

	private async saveBaseline(): Promise<void> {
		const uri = this.projectUri();
		const name = uri && (await vscode.window.showInputBox({
			title: 'Save the Coverage of the Last Run as a Baseline',
			prompt: 'A name, such as that of the branch. One that is there already is replaced.',
			value: 'main',
			validateInput: baselineNameTrouble,
		}));
		if (uri !== undefined && name !== undefined) {
			const saved = await this.ask<Baselines>(BASELINE.save, uri, name.trim());
			if (saved !== undefined) {
				const used = saved.inUse === name.trim() ? ', and is in use' : '';
				vscode.window.setStatusBarMessage(`The baseline ${name.trim()} was saved${used}`, TOLD_MS);
			}
		}
	}

	/** Has one of the saved baselines chosen, or one of `others`. */
	private async chooseBaseline(uri: string, placeHolder: string, others: vscode.QuickPickItem[]): Promise<vscode.QuickPickItem | undefined> {
		const list = await this.ask<Baselines>(BASELINE.list, uri);
		if (list === undefined) {
			return undefined;
		}
		const saved = list.baselines.map((b) => ({
			label: b.name,
			description: [baselineText(b, Date.now()), ...(b.name === list.inUse ? ['in use'] : [])].filter((t) => t !== '').join(', '),
		}));
		if (saved.length === 0) {
			void vscode.window.showInformationMessage('No baseline was saved in this project. "Coverage: Save Baseline…" saves the last run as one.');
			return undefined;
		}
		return vscode.window.showQuickPick([...saved, ...others], { placeHolder });
	}

	private async useBaseline(): Promise<void> {
		const uri = this.projectUri();
		const none = { label: '$(circle-slash) None', description: 'compare with nothing' };
		const choice = uri && (await this.chooseBaseline(uri, 'Compare coverage with', [none]));
		if (uri !== undefined && choice) {
			await this.ask<Baselines>(BASELINE.use, uri, choice === none ? null : choice.label);
		}
	}

	private async dropBaseline(): Promise<void> {
		const uri = this.projectUri();
		const choice = uri && (await this.chooseBaseline(uri, 'Forget the baseline', []));
		if (uri !== undefined && choice) {
			await this.ask<Baselines>(BASELINE.drop, uri, choice.label);
		}
	}

	private async listChanges(): Promise<void> {
		const client = this.client;
		const project = this.projectUri();
		if (project === undefined || client === undefined) {
			return;
		}
		const list = await this.ask<ChangeList>(CHANGES, project);
		if (list === undefined) {
			return;
		}
		if (list.baseline === null) {
			void vscode.window.showInformationMessage('There is no baseline to compare with. "Coverage: Save Baseline…" saves the last run as one.');
			return;
		}
		type Choice = vscode.QuickPickItem & { uri?: vscode.Uri; line?: number };
		const texts = await Promise.all(list.files.map((f) => linesOf(client.protocol2CodeConverter.asUri(f.uri))));
		const choices = list.files.flatMap((file, i): Choice[] => {
			const uri = client.protocol2CodeConverter.asUri(file.uri);
			const heading = { label: vscode.workspace.asRelativePath(uri), kind: vscode.QuickPickItemKind.Separator };
			if (file.runs.length === 0) {
				return file.message ? [heading, { label: '$(question) Cannot be compared', detail: file.message, uri, line: 0 }] : [];
			}
			return [heading, ...file.runs.map((run) => {
				const text = texts[i]?.[run.start]?.trim() ?? '';
				const lines = run.end > run.start ? `${run.start + 1}–${run.end + 1}` : `${run.start + 1}`;
				return { label: `${lines}: ${text}`, detail: changeText(run), uri, line: run.start };
			})];
		});
		if (choices.length === 0) {
			vscode.window.setStatusBarMessage(`Nothing differs from the baseline ${list.baseline}`, TOLD_MS);
			return;
		}
		const choice = await vscode.window.showQuickPick(choices, { placeHolder: `Changed against the baseline ${list.baseline}`, matchOnDetail: true });
		if (choice?.uri !== undefined && choice.line !== undefined) {
			const editor = await vscode.window.showTextDocument(choice.uri);
			if (choice.line < editor.document.lineCount) {
				goTo(editor, choice.line);
			}
		}
	}

	private async forget(): Promise<void> {
		if ((await this.ask<unknown>(FORGET_RUNS)) !== undefined) {
			vscode.window.setStatusBarMessage('Earlier test runs are forgotten: the last one alone counts', TOLD_MS);
		}
	}

	private async menu(): Promise<void> {
		type Choice = vscode.QuickPickItem & { command?: string; argument?: string };
		const choices: Choice[] = [
			{ label: '$(arrow-down) Go to Next Uncovered Line', command: 'covls.next' },
			{ label: '$(arrow-up) Go to Previous Uncovered Line', command: 'covls.previous' },
			{ label: '$(list-unordered) List Uncovered Lines…', command: 'covls.list' },
			this.visible
				? { label: '$(eye-closed) Hide', command: 'covls.hide' }
				: { label: '$(eye) Show', command: 'covls.show' },
			{ label: '$(diff) List What Changed Against the Baseline', command: 'covls.listChanges' },
			{ label: '$(save) Save Baseline…', command: 'covls.saveBaseline' },
			{ label: '$(target) Use Baseline…', command: 'covls.useBaseline' },
			{ label: '$(refresh) Reload', command: 'covls.reload' },
			{ label: '$(question) Why Is There (No) Coverage Here?', command: 'covls.why' },
			{ label: '$(info) Show Status', command: 'covls.status' },
			{ label: '$(output) Show Output', command: 'covls.output' },
			{ label: '$(debug-restart) Restart Server', command: 'covls.restart' },
			{ label: '$(gear) Settings', command: 'workbench.action.openSettings', argument: 'covls' },
		];
		if (this.client?.state !== State.Running) {
			choices.splice(0, 8); // nothing to go to, to hide or to read again
		}
		const choice = await vscode.window.showQuickPick(choices, { placeHolder: 'Test coverage' });
		if (choice?.command !== undefined) {
			await vscode.commands.executeCommand(choice.command, ...(choice.argument === undefined ? [] : [choice.argument]));
		}
	}

	// ---- events ----

	private onConfiguration(event: vscode.ConfigurationChangeEvent): void {
		if (!event.affectsConfiguration('covls')) {
			return;
		}
		if (event.affectsConfiguration('covls.path') || event.affectsConfiguration('covls.args')) {
			void this.restart();
			return;
		}
		this.painter.restyle(this.look());
		this.repaint();
		this.sendSettings();
	}

	private listen(): void {
		const { commands, window, workspace } = vscode;

		this.clock = setInterval(() => this.refreshItem(), AGE_REFRESH_MS);
		this.context.subscriptions.push(
			this,
			this.log,
			this.item,
			this.pageChanged,
			workspace.registerTextDocumentContentProvider(STATUS_PAGE.scheme, {
				onDidChange: this.pageChanged.event,
				provideTextDocumentContent: () => this.page,
			}),
			workspace.onDidChangeTextDocument((e) => {
				if (isDrawable(e.document.uri) && e.contentChanges.length > 0 && vscode.languages.match(SELECTOR, e.document) > 0) {
					const edits = e.contentChanges.map(editOf);
					this.marks.change(e.document.uri.toString(), e.document.version, edits);
					this.painter.follow(e.document, edits);
				}
			}),
			workspace.onDidCloseTextDocument((d) => {
				this.marks.forget(d.uri.toString());
				this.explanations.delete(d.uri.toString());
				this.repaint(d); // it may have become another language's in an open editor
			}),
			workspace.onDidChangeConfiguration((e) => this.onConfiguration(e)),
			window.onDidChangeVisibleTextEditors(() => this.repaint()),
			window.onDidChangeActiveTextEditor(() => this.refreshItem()),
			// `covls.reload` is not here: the server has it, and the client registers it while the server runs,
			// as it does the server's other commands, which want arguments.
			commands.registerCommand('covls.show', () => this.setVisible(true)),
			commands.registerCommand('covls.hide', () => this.setVisible(false)),
			commands.registerCommand('covls.toggle', () => this.setVisible(!this.visible)),
			commands.registerCommand('covls.next', () => this.goUncovered(false)),
			commands.registerCommand('covls.previous', () => this.goUncovered(true)),
			commands.registerCommand('covls.list', () => this.listUncovered()),
			commands.registerCommand('covls.why', () => this.why()),
			commands.registerCommand('covls.status', () => this.showStatus()),
			commands.registerCommand('covls.output', () => this.log.show()),
			commands.registerCommand('covls.restart', () => this.restart()),
			commands.registerCommand('covls.saveBaseline', () => this.saveBaseline()),
			commands.registerCommand('covls.useBaseline', () => this.useBaseline()),
			commands.registerCommand('covls.dropBaseline', () => this.dropBaseline()),
			commands.registerCommand('covls.listChanges', () => this.listChanges()),
			commands.registerCommand('covls.forget', () => this.forget()),
			commands.registerCommand('covls.menu', () => this.menu()),
		);
	}
}

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<Api> {
	session = new Session(context);
	await session.restart();
	return session.api();
}

export async function deactivate(): Promise<void> {
	await session?.stop();
}
