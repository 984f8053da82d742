// node ansi2png.mjs IN.ansi OUT.png [IN.ansi OUT.png]...
//
// A picture of a terminal's screen: what `tmux capture-pane -p -e -N` wrote, as HTML, drawn by Chromium.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const FOREGROUND = '#d0d0d0';
const BACKGROUND = '#1c1c1c';
const CELL = { width: 9, height: 18 };
const MARGIN = 8;
const SCALE = 1.5;

const BASIC = [
	'#1c1c1c', '#d75f5f', '#87af5f', '#d7af5f', '#5f87d7', '#af87d7', '#5fafaf', '#d0d0d0',
	'#767676', '#ff8787', '#afd787', '#ffd787', '#87afff', '#d7afff', '#87d7d7', '#ffffff',
];

const hex = (...bytes) => '#' + bytes.map((b) => b.toString(16).padStart(2, '0')).join('');

// A colour of the 256: 16 basic ones, a cube of 6 x 6 x 6, and 24 greys.
function indexed(n) {
	if (n < 16)
		return BASIC[n];
	if (n >= 232)
		return hex(...Array(3).fill(8 + 10 * (n - 232)));
	const level = (v) => (v ? 55 + 40 * v : 0);
	return hex(level(Math.floor((n - 16) / 36)), level(Math.floor((n - 16) / 6) % 6), level((n - 16) % 6));
}

// The colour of 38, 48 or 58: 38:5:n, 38:2::r:g:b, or with semicolons. Returns it and how many more
// parameters it took.
function extended(parameters, at) {
	const parts = parameters[at].split(':').map(Number);
	if (parts.length > 1)
		return [parts[1] === 5 ? indexed(parts[2]) : hex(...parts.slice(-3)), 0];
	if (parameters[at + 1] === '5')
		return [indexed(Number(parameters[at + 2])), 2];
	return [hex(...parameters.slice(at + 2, at + 5).map(Number)), 4];
}

const SWITCHES = {
	1: { bold: true }, 2: { dim: true }, 3: { italic: true }, 7: { reverse: true }, 9: { strike: true },
	22: { bold: false, dim: false }, 23: { italic: false }, 24: { underline: 0 }, 27: { reverse: false },
	29: { strike: false }, 39: { fg: undefined }, 49: { bg: undefined }, 59: { line: undefined },
};

// What ESC [ text m does to a style.
function restyled(style, text) {
	const parameters = text === '' ? ['0'] : text.split(';');
	let next = { ...style };
	for (let i = 0; i < parameters.length; i++) {
		const [code, sub] = parameters[i].split(':').map(Number);
		if (code === 0)
			next = {};
		else if (code === 4)
			next.underline = sub ?? 1;
		else if (SWITCHES[code])
			Object.assign(next, SWITCHES[code]);
		else if (code >= 30 && code <= 37)
			next.fg = indexed(code - 30);
		else if (code >= 90 && code <= 97)
			next.fg = indexed(code - 82);
		else if (code >= 40 && code <= 47)
			next.bg = indexed(code - 40);
		else if (code >= 100 && code <= 107)
			next.bg = indexed(code - 92);
		else if (code === 38 || code === 48 || code === 58) {
			const [colour, taken] = extended(parameters, i);
			next[{ 38: 'fg', 48: 'bg', 58: 'line' }[code]] = colour;
			i += taken;
		}
	}
	return next;
}

function css(style) {
	let [fg, bg] = [style.fg ?? FOREGROUND, style.bg];
	if (style.reverse)
		[fg, bg] = [bg ?? BACKGROUND, fg];
	const lines = [style.underline && 'underline', style.strike && 'line-through'].filter(Boolean);
	return [
		`color:${fg}`,
		bg && `background:${bg}`,
		style.bold && 'font-weight:bold',
		style.italic && 'font-style:italic',
		style.dim && 'opacity:.6',
		lines.length && `text-decoration:${lines.join(' ')} ${style.underline === 3 ? 'wavy' : ''} ${style.line ?? ''}`,
	].filter(Boolean).join(';');
}

const escaped = (text) => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' }[c]));

// Characters that take two cells of a terminal.
const WIDE = /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u;

// Every character has a cell of its own, as in a terminal: fonts do not agree on widths.
function html(screen) {
	const rows = screen.replace(/\n$/, '').split('\n');
	let style = {};
	let columns = 0;
	const body = rows.map((row) => {
		let cells = '';
		let column = 0;
		for (const part of row.matchAll(/\x1b\[([0-9;:]*)m|\x1b[()].|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|([^\x1b]+)/g)) {
			if (part[1] !== undefined)
				style = restyled(style, part[1]);
			for (const character of part[2] ?? '') {
				const wide = WIDE.test(character);
				cells += `<i${wide ? ' class=w' : ''} style="${css(style)}">${escaped(character)}</i>`;
				column += wide ? 2 : 1;
			}
		}
		columns = Math.max(columns, column);
		return `<div>${cells}</div>`;
	}).join('');
	const page = `<!doctype html><meta charset=utf-8><style>
		body { margin: ${MARGIN}px; background: ${BACKGROUND}; font: 15px/${CELL.height}px 'DejaVu Sans Mono', monospace; }
		div { display: flex; height: ${CELL.height}px; }
		i { font-style: normal; width: ${CELL.width}px; height: ${CELL.height}px; white-space: pre; flex: none; }
		.w { width: ${2 * CELL.width}px; }
		</style><body>${body}`;
	return { page, width: columns * CELL.width + 2 * MARGIN, height: rows.length * CELL.height + 2 * MARGIN };
}

function draw(input, output, folder) {
	const { page, width, height } = html(fs.readFileSync(input, 'utf8'));
	const file = path.join(folder, 'screen.html');
	fs.writeFileSync(file, page);
	execFileSync('chromium', [
		'--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
		'--hide-scrollbars', `--user-data-dir=${path.join(folder, 'profile')}`, `--window-size=${width},${height}`,
		`--force-device-scale-factor=${SCALE}`, `--screenshot=${path.resolve(output)}`, `file://${file}`,
	], { stdio: ['ignore', 'ignore', 'ignore'], timeout: 60000 });
}

const names = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ansi2png-'));
try {
	for (let i = 0; i + 1 < names.length; i += 2)
		draw(names[i], names[i + 1], folder);
} finally {
	fs.rmSync(folder, { recursive: true, force: true });
}
