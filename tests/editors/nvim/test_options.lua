-- Options that are changed while Neovim and the server run, and options that are wrong.
local tap, project, screen = require('tap'), require('project'), require('screen')
local covls = require('covls')

local FILE = 'teahouse/prices.py'

--- All options: what is not named has its default.
local function setup(options)
  covls.setup(vim.tbl_extend('force', { cmd = vim.g.covls_cmd }, options))
end

local function severities(buf)
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(buf)) do
    found[vim.diagnostic.severity[diagnostic.severity]] = true
  end
  return found
end

local function shows(buf, states, name)
  tap.becomes(function()
    return screen.states(buf)
  end, states, name)
end

local function test_looks(buf, all)
  setup({ signs = 'ascii', severity = 'warning' })
  local signs = { covered = '|', partial = '~', missed = '!', excluded = '-', unknown = '?' }
  tap.is(screen.states(buf), vim.tbl_map(function(state)
    return signs[state]
  end, all.states), 'other signs are there at once')
  tap.becomes(function()
    return severities(buf)
  end, { WARN = true }, 'and another severity')
  setup({ severity = 'off' })
  tap.becomes(function()
    return severities(buf)
  end, {}, 'no diagnostics')
  setup({})
  tap.becomes(function()
    return severities(buf)
  end, { HINT = true }, 'an option that is left out has its default again')
  tap.is(screen.states(buf), all.states, 'and so have the signs')
end

local function test_diagnostics(buf)
  local space = vim.lsp.diagnostic.get_namespace(vim.lsp.get_clients({ bufnr = buf, name = 'covls' })[1].id, false)
  tap.is(vim.diagnostic.config(nil, space).virtual_text, false, 'diagnostics are not drawn')
  setup({ diagnostics = { virtual_text = true } })
  tap.is(vim.diagnostic.config(nil, space).virtual_text, true, 'now they are')
  vim.diagnostic.config({ virtual_text = { prefix = '!' } })
  setup({ diagnostics = false })
  tap.is(vim.diagnostic.config(nil, space).virtual_text, { prefix = '!' }, 'now as all others are')
  vim.diagnostic.config({ virtual_text = false })
  setup({})
end

local function test_runs(buf, all)
  project.test('tests/test_stock.py')
  local some = project.reference(FILE)
  tap.ok(not vim.deep_equal(some.states, all.states), 'a run of some tests')
  shows(buf, some.states, 'is all that counts')
  setup({ runs = 'union' })
  shows(buf, all.states, "with runs = 'union' the run before counts, too")
  setup({})
  shows(buf, some.states, 'and no more')
end

local function test_data_file(buf, all)
  assert(vim.uv.fs_rename('.coverage', 'other.data'))
  setup({ data_file = 'other.data' })
  project.test()
  tap.becomes(function()
    return vim.fs.basename(covls.get(buf).data.path)
  end, 'other.data', 'the data file')
  setup({})
  shows(buf, all.states, 'and again the one that is found')
  tap.is(vim.fs.basename(covls.get(buf).data.path), '.coverage', 'by its name')
end

--- The option, a wrong value, and what it is told to be.
local WRONG = {
  { 'runs', 'onion', "must be one of replace, union, not 'onion'" },
  { 'runs', true, 'must be one of replace, union, not true' },
  { 'stale', 'hiden', "must be one of dimmed, hidden, normal, not 'hiden'" },
  { 'severity', 'fatal', "must be one of off, hint, information, warning, error, not 'fatal'" },
  { 'new_statements', 'red', "must be one of unknown, missed, not 'red'" },
  { 'signs', 'asci', "must be 'bars', 'ascii' or a table" },
  { 'signs', { mised = '!' }, "there is no state 'mised'" },
  { 'signs', { missed = '!!!' }, 'one or two cells, or false, for missed' },
  { 'path_mappings', { ['/ci'] = '.' }, 'must be a list such as' },
  { 'path_mappings', { { from = '/ci' } }, 'must be a list such as' },
  { 'python_version', 3.12, 'must be a string, not 3.12' },
  { 'diagnostics', true, 'must be false or what vim.diagnostic.config() takes, not true' },
  { 'cmd', {}, 'must be the program' },
  { 'priority', 'high', "must be a number, not 'high'" },
}

local function test_wrong(buf, all)
  for _, row in ipairs(WRONG) do
    local worked, message = pcall(setup, { signs = row[1] ~= 'signs' and 'ascii' or row[2], [row[1]] = row[2] })
    message = tostring(message):gsub('"', "'")
    local told = not worked and message:find("the option '" .. row[1] .. "' must", 1, true) and message:find(row[3], 1, true)
    tap.ok(told, ('%s = %s is told'):format(row[1], vim.inspect(row[2], { newline = ' ', indent = '' })), message)
  end
  local worked, message = pcall(setup, { stail = 'hidden' })
  tap.ok(not worked and message:find("there is no option 'stail'", 1, true), 'so is an option that there is not')
  tap.is(screen.states(buf), all.states, 'and none has changed anything')
  setup({ signs = { missed = false, lost = 'L' }, path_mappings = { { '/ci', '.' }, { from = '/b', to = '.' } } })
  tap.ok(true, 'what is right is taken')
  setup({})
end

--- Who has named the program once need not do so again.
local function test_program(buf, all)
  local cmd = vim.g.covls_cmd
  vim.g.covls_cmd = nil
  covls.setup({ severity = 'error' })
  tap.becomes(function()
    return severities(buf)
  end, { ERROR = true }, 'the server goes on')
  tap.is(screen.states(buf), all.states, 'with its signs')
  tap.is(require('covls.config').command(), cmd, 'and later ones are the same program')
  vim.g.covls_cmd = cmd
  setup({})
end

project.test()
setup({})
vim.cmd.edit(FILE)
local buf = vim.api.nvim_get_current_buf()
local all = project.reference(FILE)
shows(buf, all.states, 'the signs say what coverage.py says')
test_looks(buf, all)
test_program(buf, all)
test_diagnostics(buf)
test_runs(buf, all)
test_data_file(buf, all)
test_wrong(buf, all)
