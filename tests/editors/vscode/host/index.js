// What VS Code runs within its extension host (extensionTestsPath).
'use strict';
const path = require('path');
const { createRequire } = require('module');

exports.run = async function run() {
	const config = JSON.parse(process.env.COVLS_VSCODE_TESTS);
	const module = createRequire(path.join(config.modules, '/'))('mocha');
	const Mocha = module.default || module;
	const mocha = new Mocha({
		ui: 'bdd', timeout: 180000, color: false, bail: false,
		reporter: 'json', reporterOptions: { output: config.hostResults },
	});
	mocha.addFile(path.join(__dirname, 'suite.js'));
	const failures = await new Promise((resolve) => mocha.run(resolve));
	if (failures > 0) {
		throw new Error(`${failures} failed`);
	}
};
