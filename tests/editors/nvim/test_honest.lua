-- Signs that stay true: edits after a run, undo, a formatter, a text that nobody knows, several runs.
local tap, project, screen = require('tap'), require('project'), require('screen')
local covls, buffer = require('covls'), require('covls.buffer')

local FILE = 'teahouse/orders.py'

local function wait_for(name, buf, predicate)
  return tap.wait(name, function()
    local coverage = covls.get(buf)
    return coverage and predicate(coverage)
  end)
end

local function wait_for_freshness(name, buf, freshness)
  return wait_for(name, buf, function(coverage)
    return coverage.freshness == freshness
  end)
end

local function lines_of(buf)
  return vim.api.nvim_buf_get_lines(buf, 0, -1, false)
end

--- Waits until the signs are these, line by line.
local function shows(buf, states, name)
  tap.becomes(function()
    return screen.states(buf)
  end, states, name)
end

--- The states of a run, moved to where the lines are that it had; `map` gives for a line the one it was.
local function carried(states, count, map)
  local moved = {}
  for line = 1, count do
    local from = map(line)
    moved[line] = type(from) == 'string' and from or states[from]
  end
  return moved
end

local function open(file)
  vim.cmd.edit(file)
  local buf = vim.api.nvim_get_current_buf()
  wait_for_freshness('coverage of ' .. file .. ' comes', buf, 'fresh')
  return buf
end

local function test_edit(buf, ran)
  local before = lines_of(buf)
  local missed, covered = ran.missed[1], ran.executed[2]
  vim.o.undolevels = vim.o.undolevels
  vim.api.nvim_buf_set_lines(buf, 0, 0, false, { '# one', '# two' })
  vim.api.nvim_buf_set_lines(buf, missed + 1, missed + 2, false, { before[missed] .. '  # changed' })
  vim.api.nvim_buf_set_lines(buf, covered + 1, covered + 2, false, { before[covered] .. '  # a comment' })
  vim.api.nvim_buf_set_lines(buf, -1, -1, false, { '', '', 'NEW = 1' })
  local wanted = carried(ran.states, #lines_of(buf), function(line)
    local was = line - 2
    return (was == missed or was == covered) and 'unknown' or line == #before + 5 and 'unknown' or was
  end)
  -- The way that was not taken from the line before leads to a line that has changed.
  local function of(states)
    states[missed + 1] = nil
    return states
  end
  tap.becomes(function()
    return of(screen.states(buf))
  end, of(wanted), 'after an edit each line says what its text did')
  wait_for_freshness('which is told', buf, 'edited')
  local summary = covls.get(buf).summary
  tap.is(summary.known, summary.statements - summary.unknown, 'it is counted what is known')
  tap.contains(covls.statusline(buf), '% known · ', 'and told')
  local edited = screen.states(buf)
  vim.cmd('silent write')
  vim.cmd('Coverage reload')
  tap.becomes(function()
    return { (covls.get(buf) or {}).freshness, screen.states(buf) }
  end, { 'edited', edited }, 'a file that was saved says the same')
  vim.cmd('silent edit!')
  tap.becomes(function()
    return { (covls.get(buf) or {}).freshness, screen.states(buf) }
  end, { 'edited', edited }, 'and one that was opened again')
  return before
end

local function test_undo(buf, ran, before)
  while not vim.deep_equal(lines_of(buf), before) and vim.fn.undotree().seq_cur > 0 do
    vim.cmd('silent undo')
  end
  tap.is(lines_of(buf), before, 'all is undone')
  shows(buf, ran.states, 'and each sign is back')
  vim.cmd('silent write')
  wait_for_freshness('the text is the one that ran, though the file is newer than the data', buf, 'fresh')
  shows(buf, ran.states, 'and the signs stay')
end

--- A formatter takes away all lines and brings others: here with more blank lines and comments.
local function test_formatter(buf, ran)
  local before, after, from = lines_of(buf), {}, {}
  for index, line in ipairs(before) do
    if line:match('^%s*def ') or line:match('^%s*return') then
      table.insert(after, '')
      table.insert(after, line:match('^%s*') .. '# by a formatter')
    end
    table.insert(after, line)
    from[#after] = index
  end
  vim.o.undolevels = vim.o.undolevels
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, {})
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, after)
  local wanted = carried(ran.states, #after, function(line)
    return from[line] or 0
  end)
  -- Lines between those of one statement are its own.
  for line = 1, #after do
    if not from[line] and wanted[line - 1] == nil then
      wanted[line] = nil
    end
  end
  tap.becomes(function()
    local states, differs = screen.states(buf), {}
    for line = 1, #after do
      if from[line] and states[line] ~= wanted[line] then
        table.insert(differs, ('line %d is %s, not %s'):format(line, states[line], wanted[line]))
      end
    end
    return differs
  end, {}, 'a formatter that only moves lines changes nothing')
  vim.cmd('silent undo')
  shows(buf, ran.states, 'nor does its undoing')
end

--- Saved after the run by somebody else, before covls had ever seen it.
local function test_unknown()
  local file = 'teahouse/prices.py'
  local text = vim.fn.readfile(file)
  table.insert(text, 'AFTER = 1')
  vim.fn.writefile(text, file)
  vim.cmd.edit(file)
  local buf = vim.api.nvim_get_current_buf()
  wait_for_freshness('a text that nobody knows', buf, 'unknown')
  local seen = {}
  for _, state in pairs(screen.states(buf)) do
    seen[state] = true
  end
  tap.is({ seen.covered, seen.partial, seen.missed }, {}, 'is neither green nor red')
  tap.contains(covls.statusline(buf), 'unknown: changed since the run', 'the status line says so')
  tap.is(buffer.uncovered(buf), {}, 'there is no place to go to')
  local before = screen.messages()
  vim.cmd('Coverage next')
  tap.contains(screen.messages():sub(#before + 1), 'run the tests again', 'and :Coverage next does not say that all is covered')
  local told
  covls.why(function(lines)
    told = table.concat(lines, '\n')
  end)
  tap.wait(':Coverage why is answered', function()
    return told
  end)
  tap.note(told)
  tap.contains(told, 'run the tests again', 'and says what to do')
  project.test()
  wait_for_freshness('after the next run it is known', buf, 'fresh')
  shows(buf, project.reference(file).states, 'line by line')
  vim.cmd('silent bdelete!')
end

local ONE_TEST = { 'tests/test_stock.py' }

local function test_union(buf, ran)
  tap.is(covls.get(buf).earlier, nil, 'one run alone: nothing is earlier')
  project.test(unpack(ONE_TEST))
  wait_for('a run of some tests shows', buf, function(coverage)
    return coverage.earlier ~= nil
  end)
  shows(buf, ran.states, "with runs = 'union' it takes nothing away")
  local earlier = covls.get(buf).earlier
  tap.ok(earlier.statements > 0 and earlier.runs >= 1, 'it is told how much is from earlier runs', vim.inspect(earlier))
  covls.forget()
  wait_for('when these are forgotten', buf, function(coverage)
    return coverage.earlier == nil
  end)
  shows(buf, project.reference(FILE).states, 'the last run alone counts')
  project.test()
  shows(buf, ran.states, 'and the next, of all tests, shows')
end

project.test()
covls.setup({ runs = 'union' })
local buf = open(FILE)
local ran = project.reference(FILE)
shows(buf, ran.states, 'the signs say what coverage.py says')
local before = test_edit(buf, ran)
test_undo(buf, ran, before)
test_formatter(buf, ran)
vim.cmd('silent edit!')
test_unknown()
vim.cmd.buffer(buf)
wait_for_freshness('back to the first file', buf, 'fresh')
test_union(buf, ran)
