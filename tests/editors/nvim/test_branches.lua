-- Branches that were not taken, beyond what the sample has: several ways out of one line, names with
-- underscores, edits, data without branches. Started by setup(), with diagnostics drawn.
local tap, project, screen = require('tap'), require('project'), require('screen')
local covls = require('covls')

local FILE = 'teahouse/ways.py'

local function wait_for(name, buf, predicate)
  return tap.wait(name, function()
    local coverage = covls.get(buf)
    return coverage and predicate(coverage)
  end)
end

local function wait_for_current(name, buf)
  local tick = vim.api.nvim_buf_get_changedtick(buf)
  wait_for(name, buf, function(coverage)
    return coverage.version == tick
  end)
end

local function namespace()
  return vim.lsp.diagnostic.get_namespace(vim.lsp.get_clients({ name = 'covls' })[1].id, false)
end

--- The messages of partial lines, by line from 1.
local function partial_messages(buf)
  local messages = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(buf)) do
    if diagnostic.code == 'partial-branch' then
      messages[diagnostic.lnum + 1] = diagnostic.message
    end
  end
  return messages
end

local function wait_for_messages(name, buf, wanted)
  tap.wait(name, function()
    return vim.deep_equal(partial_messages(buf), wanted)
  end)
  tap.is(partial_messages(buf), wanted, name)
end

local function joined(reasons)
  return vim.tbl_map(function(lines)
    return table.concat(lines, '\n')
  end, reasons)
end

--- The line that has more reasons than one.
local function line_of_two(reference)
  for line, reasons in pairs(reference.reasons) do
    if #reasons == 2 then
      return line
    end
  end
end

local function open()
  project.add('ways.py', FILE)
  project.add('test_ways.py', 'tests/test_ways.py')
  project.test()
  vim.o.columns = 130
  covls.setup({ diagnostics = false })
  vim.diagnostic.config({ virtual_text = true, signs = false })
  vim.cmd.edit(FILE)
  local buf = vim.api.nvim_get_current_buf()
  wait_for('coverage comes', buf, function(coverage)
    return coverage.freshness == 'fresh'
  end)
  return buf
end

local function test_reasons(buf, reference)
  tap.is(screen.states(buf), reference.states, 'the signs say what coverage.py says')
  tap.is(screen.gutter(vim.api.nvim_get_current_win()), reference.states, 'on the screen, too')
  tap.is(covls.get(buf).summary.partial, #reference.partial, 'so does the number of partial lines')
  tap.contains(covls.statusline(buf), reference.display .. '% · ', 'and the percentage')
  wait_for_messages("every reason is coverage.py's", buf, joined(reference.reasons))
end

local function test_two_reasons(buf, reference)
  local line = line_of_two(reference)
  tap.ok(line, 'one line has two ways that were not taken')
  local first, second = unpack(reference.reasons[line])
  vim.api.nvim_win_set_cursor(0, { line, vim.fn.indent(line) })
  vim.diagnostic.open_float()
  local text = screen.float() or ''
  tap.note(text)
  tap.contains(text, first, 'the float has the first')
  tap.contains(text, second, 'and the second')
  if vim.fn.has('nvim-0.12') == 1 then
    tap.contains(text, "ways.py:24:9: line 24, to which line 23 didn't jump", 'and where they would have led')
  end
  vim.cmd.fclose()
  local drawn
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(buf, -1, { line - 1, 0 }, { line - 1, -1 }, { details = true })) do
    for _, chunk in ipairs(mark[4].virt_text or {}) do
      drawn = (drawn or '') .. chunk[1]
    end
  end
  tap.note(vim.inspect(drawn))
  tap.contains(drawn, first, 'virtual text has the first')
  tap.contains(drawn, second, 'and the second')
  tap.ok(drawn and not drawn:find('\n'), 'on one line')
  vim.cmd('Coverage! list')
  local texts = {}
  for _, item in ipairs(vim.fn.getqflist()) do
    if item.lnum == line then
      table.insert(texts, item.text)
    end
  end
  tap.is(texts, { first, second }, ':Coverage list has an entry for each')
  vim.cmd.cclose()
  vim.api.nvim_win_set_cursor(0, { line - 1, 0 })
  local said = screen.echoed(function()
    vim.cmd('Coverage next')
  end)
  tap.is(vim.fn.line('.'), line, ':Coverage next goes there')
  tap.contains(said, first .. ' (and 1 more) (', 'and says that there is another')
  vim.o.columns = 80
  vim.api.nvim_win_set_cursor(0, { line - 1, 0 })
  said = screen.echoed(function()
    vim.cmd('Coverage next')
  end)
  tap.contains(said, first:gsub(' because .*', '') .. ' (and 1 more)', 'in a narrow window in fewer words')
  tap.ok(vim.fn.strdisplaywidth(said) <= vim.v.echospace, 'that Neovim shows without asking for Enter', said)
  vim.o.columns = 130
end

local function test_hovers(buf, reference)
  for line, reasons in pairs(reference.reasons) do
    vim.api.nvim_win_set_cursor(0, { line, vim.fn.indent(line) })
    vim.lsp.buf.hover()
    tap.wait('hover opens', screen.float)
    tap.contains(screen.float(), '\n' .. table.concat(reasons, '\n') .. '\n',
      ("the hover of line %d has coverage.py's reasons"):format(line))
    vim.cmd.fclose()
  end
  local names = vim.tbl_filter(function(text)
    return text:find("'__init__'", 1, true)
  end, vim.tbl_values(partial_messages(buf)))
  tap.ok(#names > 0, 'one of which has __init__ in it')
end

--- A way out is only said to be missed while it leads where it led.
local function test_edits(buf, reference)
  local function replace(line, text)
    vim.api.nvim_buf_set_lines(buf, line - 1, line, false, { text })
    wait_for_current('the server sees a change of line ' .. line, buf)
  end
  vim.api.nvim_buf_set_lines(buf, 0, 0, false, { 'import os' })
  local moved = {}
  for line, state in pairs(reference.states) do
    moved[line + 1] = state
  end
  tap.is(screen.states(buf), moved, 'partial signs move with the text, at once')
  wait_for_current('the server sees it', buf)
  moved[1] = 'unknown'
  tap.becomes(function()
    return screen.states(buf)
  end, moved, 'and stay')
  local why = joined(reference.reasons)[18]:gsub('line 18', 'line 19')
  tap.wait('their reasons speak of the lines as they are now', function()
    return partial_messages(buf)[19] == why
  end)
  tap.is(partial_messages(buf)[19], why, "in the words of coverage.py's")

  local partial = screen.states(buf)[19]
  replace(20, '            return "a cup"')
  tap.is(partial, 'partial', 'a line is partial')
  tap.becomes(function()
    return { screen.states(buf)[19], screen.states(buf)[20] }
  end, { 'partial', 'unknown' }, 'and stays it when the way that was taken is changed: the other was not')
  replace(19, '        case 2:')
  tap.is(screen.states(buf)[19], 'unknown', 'and is unknown when it is changed itself')
  tap.is(screen.states(buf)[4], 'partial', 'a condition that was always true is partial')
  replace(7, '            self.litres = 1')
  tap.becomes(function()
    return screen.states(buf)[4]
  end, 'covered', 'until the way that was not taken is changed')
  tap.wait('its diagnostic goes, too', function()
    return partial_messages(buf)[4] == nil
  end)
  vim.cmd('silent edit!')
  wait_for('back to the file', buf, function(coverage)
    return coverage.freshness == 'fresh'
  end)
  tap.becomes(function()
    return screen.states(buf)
  end, reference.states, 'all signs are back')
end

local function test_severity_off(buf, reference)
  local line = reference.partial[1]
  vim.diagnostic.reset(namespace(), buf)
  vim.cmd('normal! gg')
  local said = screen.echoed(function()
    vim.cmd('Coverage next')
  end)
  tap.contains(said, ('line %d ran, but not every way out of it was taken'):format(line),
    'without diagnostics :Coverage next says what the sign says')
end

local function test_lines_alone(buf)
  project.test_lines_alone()
  wait_for('a run without branches is seen', buf, function(coverage)
    return coverage.freshness == 'fresh' and coverage.summary.partial == nil
  end)
  local reference = project.reference(FILE)
  tap.is({ reference.partial, reference.branches }, { {}, nil }, 'coverage.py knows of no branches then')
  tap.is(screen.states(buf), reference.states, 'and nothing is partial')
  tap.contains(covls.statusline(buf), ('%s%% · %d missed · '):format(reference.display, #reference.missed), 'status line')
  tap.ok(not covls.statusline(buf):find('partial'), 'without a word of partial lines', covls.statusline(buf))
  tap.wait('no diagnostic speaks of branches', function()
    return vim.tbl_isempty(partial_messages(buf))
  end)
end

local buf = open()
local reference = project.reference(FILE)
test_reasons(buf, reference)
test_two_reasons(buf, reference)
test_hovers(buf, reference)
test_edits(buf, reference)
test_severity_off(buf, reference)
test_lines_alone(buf)
