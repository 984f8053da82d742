-- Which buffers covls looks at: files of any language, and nothing that is no file of a project.
local tap, project, screen = require('tap'), require('project'), require('screen')
local covls = require('covls')
local client = require('covls.client')

--- A buffer that Neovim has had the time to start a server for.
local function settle()
  vim.wait(50, function()
    return false
  end, 10)
end

local function is_attached(buf)
  return #client.all(buf) > 0
end

local function edit(path, lines)
  project.write(path, lines)
  vim.cmd.edit(path)
  return vim.api.nvim_get_current_buf()
end

--- What must not start a server; all at once, before there is one.
local function test_left_alone()
  local left = {}
  local function note(name)
    left[name] = vim.api.nvim_get_current_buf()
  end
  vim.cmd.help('help')
  note('help')
  vim.cmd.only()
  vim.cmd('enew | setlocal buftype=prompt filetype=python')
  note('a prompt')
  vim.cmd('enew! | setlocal buftype=nofile filetype=lua')
  note('a scratch buffer')
  vim.cmd('enew! | setlocal filetype=lua')
  note('a buffer without a name')
  vim.cmd('enew! | file git://somewhere/a.py | setlocal filetype=python')
  note('a buffer of a plugin')
  for path, lines in pairs({
    ['notes.md'] = { '# Notes' },
    ['.git/COMMIT_EDITMSG'] = { 'A commit' },
    ['data.json'] = { '{}' },
    ['plain'] = { 'text' },
  }) do
    edit(path, lines)
    note(path)
  end
  vim.cmd.edit('.')
  note('a folder')
  settle()
  for name, buf in pairs(left) do
    tap.ok(not is_attached(buf), name .. ' is left alone')
  end
  tap.is(#vim.lsp.get_clients(), 0, 'no server was started')
  vim.cmd('silent! %bwipeout!')
end

--- What :Coverage why says of the current buffer.
local function why()
  local told
  covls.why(function(lines)
    told = table.concat(lines, '\n')
  end)
  return told
end

--- The person is told why, not that something may be amiss with the server.
local function test_it_is_said_why()
  vim.cmd('enew | setlocal filetype=python')
  tap.is(why(), 'covls: this buffer has no file yet', 'a buffer without a name: why')
  vim.cmd('enew! | setlocal buftype=nofile filetype=lua')
  tap.is(why(), 'covls: this is not a file on the disk', 'a scratch buffer: why')
  edit('data.json', { '{}' })
  tap.is(why(), "covls: files with 'filetype' json are not looked at", 'JSON: why')
  local before = screen.messages()
  vim.cmd('Coverage next')
  tap.contains(screen.messages():sub(#before + 1), "files with 'filetype' json are not looked at", ':Coverage next says so, too')
  edit('plain', { 'text' })
  tap.is(why(), "covls: this file has no 'filetype'", 'no type: why')
  vim.cmd('silent! %bwipeout!')
end

local function test_every_language()
  local files = {
    ['src/a.c'] = 'int main(void) { return 0; }',
    ['src/a.go'] = 'package a',
    ['src/a.js'] = 'console.log(1);',
    ['src/a.lua'] = 'return 1',
    ['src/a.rb'] = 'puts 1',
    ['src/A.java'] = 'class A {}',
    ['src/a.ts'] = 'export const a = 1;',
    ['src/a.py'] = 'a = 1',
  }
  local seen = {}
  for path, line in pairs(files) do
    local buf = edit(path, { line })
    tap.wait(path .. ' is looked at', function()
      return is_attached(buf) and covls.get(buf) ~= nil
    end)
    tap.is(covls.get(buf).reason.code, 'no-data-file', path .. ' has no data')
    tap.is(covls.statusline(buf), path == 'src/a.py' and 'no coverage' or '', 'status line of ' .. path)
    tap.is(screen.states(buf), {}, 'no sign in ' .. path)
    seen[client.all(buf)[1].id] = true
  end
  tap.is(vim.tbl_count(seen), 1, 'one server for all of them')
  tap.is(client.all()[1].config.root_dir, vim.uv.cwd(), 'its folder is the project')
end

vim.fn.mkdir('.git', 'p')
if vim.fn.has('nvim-0.11') == 1 then
  vim.lsp.enable('covls')
end
test_left_alone()
test_it_is_said_why()
test_every_language()
