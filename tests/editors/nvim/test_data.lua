-- Data that is not there, comes later, goes, or is damaged. Started by setup(), which both Neovims have.
local tap, project, screen = require('tap'), require('project'), require('screen')
local covls = require('covls')

local FILE = 'teahouse/prices.py'

local function wait_for(name, buf, predicate)
  return tap.wait(name, function()
    local coverage = covls.get(buf)
    return coverage and predicate(coverage)
  end)
end

local function wait_for_reason(name, buf, code)
  wait_for(name, buf, function(coverage)
    return coverage.reason.code == code
  end)
end

--- What :Coverage status says.
local function status()
  local said
  covls.status(function(lines)
    said = table.concat(lines, '\n')
  end)
  vim.wait(10000, function()
    return said ~= nil
  end, 5)
  return said
end

local function test_no_program()
  local before = screen.messages()
  covls.setup({ cmd = '/nonexistent/covls' })
  vim.cmd.edit(FILE)
  vim.cmd('Coverage')
  tap.contains(screen.messages():sub(#before + 1), 'covls is not running', ':Coverage says that nothing runs')
  vim.cmd('checkhealth covls')
  tap.contains(table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n'), "'/nonexistent/covls' cannot be run",
    ':checkhealth says why')
  vim.cmd.bwipeout()
  vim.cmd('bwipeout! ' .. vim.fn.bufnr(FILE))
end

local function test_no_data()
  covls.setup({ cmd = vim.g.covls_cmd })
  vim.cmd.edit(FILE)
  local buf = vim.api.nvim_get_current_buf()
  wait_for_reason('without data, covls says so', buf, 'no-data-file')
  tap.is(covls.get(buf).freshness, 'none', 'and shows nothing')
  tap.is(screen.states(buf), {}, 'there is no sign')
  tap.is(covls.statusline(buf), 'no coverage', 'status line')
  tap.contains(status(), covls.get(buf).reason.message, ':Coverage status gives the reason')
  tap.contains(covls.get(buf).reason.message, vim.uv.fs_realpath('.'), 'which names the folder')
  tap.note(status())
  vim.cmd('Coverage next')
  tap.contains(screen.messages(), covls.get(buf).reason.message, 'so does :Coverage next')
  return buf
end

local function test_appears(buf)
  project.test()
  wait_for('data that appears later is seen without a command', buf, function(coverage)
    return coverage.freshness == 'fresh'
  end)
  local reference = project.reference(FILE)
  tap.is(screen.states(buf), reference.states, 'and every line is marked as coverage.py has it')
end

local function test_deleted(buf)
  local before = screen.states(buf)
  assert(vim.uv.fs_unlink('.coverage'))
  wait_for_reason('data that was deleted is missed', buf, 'data-gone')
  tap.is(covls.get(buf).freshness, 'stale', 'the coverage is stale')
  tap.is(screen.states(buf), before, 'the signs stay')
  local groups = {}
  for _, group in pairs(screen.groups(buf)) do
    groups[group] = true
  end
  tap.is(groups, { CoverageStale = true }, 'and are dimmed')
  tap.contains(covls.statusline(buf), 'stale', 'status line')
  tap.contains(status(), covls.get(buf).reason.message, ':Coverage status gives the reason')
  project.test()
  wait_for('the next run makes them fresh', buf, function(coverage)
    return coverage.freshness == 'fresh'
  end)
  tap.is(screen.states(buf), before, 'with the same signs')
end

local function test_damaged(buf)
  local before = screen.states(buf)
  project.write('.coverage', { 'this is not a database' })
  wait_for_reason('damaged data is told', buf, 'bad-data')
  tap.is(screen.states(buf), before, 'the last good signs stay')
  tap.contains(status(), covls.get(buf).reason.message, ':Coverage status gives the reason')
  tap.note(status())
  vim.fn.delete('.coverage')
  project.test()
  wait_for_reason('and mended by the next run', buf, 'none')
end

local function test_bad_config(buf)
  local before = screen.states(buf)
  project.write('.coveragerc', { '[run]', 'source = teahouse', '[report]', 'exclude_also = def (' })
  wait_for_reason('a configuration that cannot be read is told', buf, 'bad-config')
  local message = covls.get(buf).reason.message
  tap.contains(message, '.coveragerc', 'by its name')
  tap.is(screen.states(buf), before, 'the signs stay')
  tap.contains(status(), message .. ' (bad-config)', ':Coverage status gives the reason')
  tap.note(status())
  vim.cmd('checkhealth covls')
  tap.contains(table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n'), message, ':checkhealth, too')
  vim.cmd.bwipeout()
  vim.fn.delete('.coveragerc')
  wait_for_reason('and all is well when it has gone', buf, 'none')
end

local function test_not_in_data()
  project.write('unmeasured.py', { 'x = 1' })
  vim.cmd.edit('unmeasured.py')
  local buf = vim.api.nvim_get_current_buf()
  wait_for_reason('a file that was not measured', buf, 'not-in-data')
  tap.is(screen.states(buf), {}, 'has no sign')
  local told
  covls.why(function(lines)
    told = lines
  end)
  tap.wait(':Coverage why is answered', function()
    return told
  end)
  tap.is(told[1], covls.get(buf).reason.message, 'it begins with the reason')
  local text = table.concat(told, '\n')
  tap.contains(text, vim.uv.cwd() .. '/.coverage: coverage.py', 'it tells of the data file')
  tap.contains(text, 'pyproject.toml', 'and of the configuration')
  tap.contains(text, 'no recorded name ends as this one does', 'and of the names in the data')
  vim.cmd.edit('notes.txt')
  tap.is(covls.statusline(), '', 'a file that is not Python is left alone')
end

test_no_program()
local buf = test_no_data()
test_appears(buf)
test_deleted(buf)
test_damaged(buf)
test_bad_config(buf)
test_not_in_data()
