-- A person's session, started as :help covls says: tests run, file opened, edited, tests run again.
local tap, project, screen = require('tap'), require('project'), require('screen')
local covls = require('covls')

local FILE = 'teahouse/orders.py'

local updates = {}
vim.api.nvim_create_autocmd('User', {
  pattern = 'CoverageUpdated',
  callback = function(event)
    table.insert(updates, event.data)
  end,
})

--- Waits until covls has said something of the buffer that the predicate likes.
local function wait_for(name, buf, predicate)
  return tap.wait(name, function()
    local coverage = covls.get(buf)
    return coverage and predicate(coverage)
  end)
end

--- Do the signs say what coverage.py says, line by line?
local function compare(buf, reference, name)
  local states = screen.states(buf)
  local wrong = {}
  for line = 1, vim.api.nvim_buf_line_count(buf) do
    if states[line] ~= reference.states[line] then
      table.insert(wrong, ('line %d is %s, not %s'):format(line, states[line], reference.states[line]))
    end
  end
  tap.ok(#wrong == 0, name, table.concat(wrong, '\n'))
end

local STATES = { uncovered = 'missed', ['partial-branch'] = 'partial' }

--- The diagnostics as places, lines counted from 1.
local function diagnostics(buf)
  local spans = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(buf)) do
    table.insert(spans, {
      first = diagnostic.lnum + 1,
      last = diagnostic.end_lnum + 1,
      state = STATES[diagnostic.code],
    })
  end
  table.sort(spans, function(a, b)
    return a.first < b.first
  end)
  return spans
end

local function test_first_look()
  project.test()
  if vim.fn.has('nvim-0.11') == 1 then
    vim.lsp.enable('covls')
  end
  local start = vim.uv.hrtime()
  vim.cmd.edit(FILE)
  local buf, win = vim.api.nvim_get_current_buf(), vim.api.nvim_get_current_win()
  wait_for('coverage comes by itself', buf, function(coverage)
    return coverage.freshness == 'fresh'
  end)
  tap.note(('from :edit to the signs, with the server\'s start: %.0f ms'):format(
    (vim.uv.hrtime() - start) / 1e6))
  local reference = project.reference(FILE)
  tap.ok(#reference.missed > 0 and #reference.partial > 0, 'the sample has missed and partial lines')
  compare(buf, reference, 'the signs say what coverage.py says')
  local coverage = covls.get(buf)
  local summary = coverage.summary
  tap.is(
    { summary.statements, summary.missed, summary.partial, summary.branches, summary.missedBranches },
    { reference.statements, #reference.missed, #reference.partial, reference.branches, reference.missedBranches },
    'so do the totals'
  )
  tap.is(coverage.reason.code, 'none', 'there is no reason to give')
  tap.is(vim.b[buf].covls.summary, coverage.summary, 'b:covls is the same')
  local last = updates[#updates]
  tap.is({ last.buf, last.coverage.freshness }, { buf, 'fresh' }, 'the event had it')

  vim.api.nvim_win_set_cursor(win, { reference.missed[1], 0 })
  tap.is(screen.gutter(win)[reference.missed[1]], 'missed', 'a missed line shows on the screen')
  tap.is(screen.gutter(win)[reference.executed[2]], 'covered', 'a covered line shows on the screen')
  tap.is(screen.gutter(win)[reference.partial[1]], 'partial', 'a partial line shows on the screen')
  tap.is(screen.groups(buf)[reference.partial[1]], 'CoveragePartial', 'in its colour')
  tap.is(screen.groups(buf)[reference.missed[1]], 'CoverageMissed', 'in its colour')
  tap.contains(covls.statusline(buf), ('%s%% · %d missed · %d partial · '):format(reference.display, #reference.missed,
    #reference.partial), 'status line')
  tap.ok(covls.statusline(buf):find(' · now$') or covls.statusline(buf):find(' · %d+ %a+$'), 'with the age of the data',
    covls.statusline(buf))
  return buf, reference
end

local function test_diagnostics(buf, reference)
  tap.wait('diagnostics are listed', function()
    return #vim.diagnostic.get(buf) > 0
  end)
  local told, wanted = {}, {}
  for _, diagnostic in ipairs(vim.diagnostic.get(buf)) do
    if diagnostic.code == 'partial-branch' then
      told[diagnostic.lnum + 1] = diagnostic.message
    else
      tap.contains(diagnostic.message, 'not run', 'missed lines are told in plain words')
    end
    tap.is({ diagnostic.source, diagnostic.severity }, { 'covls', vim.diagnostic.severity.HINT },
      'as a hint of covls')
  end
  for line, reasons in pairs(reference.reasons) do
    wanted[line] = table.concat(reasons, '\n')
  end
  tap.is(told, wanted, "partial lines in coverage.py's words")
  tap.is(diagnostics(buf), require('covls.buffer').uncovered(buf), 'for just the lines that are marked')
  vim.diagnostic.setqflist({ open = false })
  tap.is(#vim.fn.getqflist(), #vim.diagnostic.get(buf), 'they go into the quickfix list')
  vim.cmd.redraw()
  local drawn = {}
  for _, namespace in pairs(vim.api.nvim_get_namespaces()) do
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(buf, namespace, 0, -1, { details = true })) do
      local details = mark[4]
      if details.virt_text or (details.hl_group and tostring(details.hl_group):find('Diagnostic')) then
        table.insert(drawn, details)
      elseif details.sign_hl_group and details.sign_hl_group:find('Diagnostic') then
        table.insert(drawn, details)
      end
    end
  end
  tap.is(drawn, {}, 'and are not drawn over the text or the signs')
end

local function hover_of(line)
  vim.api.nvim_win_set_cursor(0, { line, 0 })
  vim.cmd('normal! ^')
  vim.lsp.buf.hover()
  tap.wait('hover opens', screen.float)
  local text = screen.float() or ''
  tap.note(text)
  vim.cmd.fclose()
  return text
end

local function test_hover(reference)
  tap.contains(hover_of(reference.missed[1]), 'Not covered', 'hover says that the line was missed')
  for line, reasons in pairs(reference.reasons) do
    local text = hover_of(line)
    tap.contains(text, 'Partly covered', 'hover says that the line is partial')
    for _, reason in ipairs(reasons) do
      tap.contains('\n' .. text .. '\n', '\n' .. reason .. '\n', "in coverage.py's words")
    end
  end
end

--- The text of the quickfix list, by line.
local function listed(buf)
  local texts = {}
  for _, item in ipairs(vim.fn.getqflist()) do
    if item.bufnr == buf then
      texts[item.lnum] = (texts[item.lnum] and texts[item.lnum] .. '\n' or '') .. item.text
    end
  end
  return texts
end

local function test_list(buf, reference)
  vim.cmd('Coverage list')
  tap.is(vim.bo.buftype, 'quickfix', ':Coverage list opens the quickfix list')
  tap.is(vim.fn.getqflist({ title = 0 }).title, 'Uncovered', 'under its name')
  local texts, wanted = listed(buf), {}
  for _, diagnostic in ipairs(vim.diagnostic.get(buf)) do
    wanted[diagnostic.lnum + 1] = diagnostic.message
  end
  tap.is(texts, wanted, 'with every uncovered place and its reasons')
  local line = reference.partial[1]
  tap.is(texts[line], table.concat(reference.reasons[line], '\n'), "which are coverage.py's own")
  vim.cmd.cclose()
  vim.cmd.cfirst()
  tap.is({ vim.fn.line('.'), vim.fn.col('.') }, { line, vim.fn.indent(line) + 1 }, 'and lead to the text')
end

local function test_command(buf, reference)
  vim.cmd('Coverage status')
  tap.wait(':Coverage status answers', function()
    return screen.messages():find('data: ', 1, true)
  end)
  tap.contains(screen.messages(), FILE .. ':', 'it names the file')
  tap.contains(screen.messages(), ('%s%% covered: %d of %d statements ran, %d missed'):format(reference.display,
    reference.statements - #reference.missed, reference.statements, #reference.missed), 'its totals')
  tap.contains(screen.messages(), ('%d of %d branches taken, %d partial'):format(
    reference.branches - reference.missedBranches, reference.branches, #reference.partial), 'with branches')
  tap.contains(screen.messages(), vim.fn.fnamemodify('.coverage', ':p:~'), 'the data file')
  tap.note(screen.messages())

  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  local spans = require('covls.buffer').uncovered(buf)
  local went, said, wanted, words = {}, {}, {}, {}
  for index, span in ipairs(spans) do
    said[index] = screen.echoed(function()
      vim.cmd('Coverage next')
    end)
    went[index] = vim.fn.line('.')
    wanted[index] = span.first
    local reason = span.state == 'partial' and reference.reasons[span.first][1]
      or require('covls.text').place(span)
    words[index] = ('%s (%d of %d)'):format(reason, index, #spans)
  end
  tap.is(went, wanted, ':Coverage next goes from one uncovered place to the next')
  tap.is(said, words, 'and says why it is one')
  tap.ok(vim.tbl_contains(went, reference.missed[1]) and vim.tbl_contains(went, reference.partial[1]),
    'missed and partial')
  vim.cmd('normal! gg')
  vim.cmd('Coverage prev')
  tap.is(vim.fn.line('.'), spans[#spans].first, ':Coverage prev goes round to the last')

  local before = #updates
  vim.cmd('Coverage reload')
  tap.wait(':Coverage reload brings the marks anew', function()
    return #updates > before
  end)
  compare(buf, reference, 'the same as before')
end

local function test_second_window(buf, reference)
  vim.cmd('split | normal! gg')
  local upper, lower = unpack(vim.fn.win_findbuf(buf))
  for _, win in ipairs({ upper, lower }) do
    vim.api.nvim_win_set_cursor(win, { reference.missed[1], 0 })
    tap.is(screen.gutter(win)[reference.missed[1]], 'missed', 'both windows show the sign')
  end
  vim.cmd.close()
  vim.cmd.edit('teahouse/stock.py')
  local other = vim.api.nvim_get_current_buf()
  wait_for('a second file has coverage', other, function(coverage)
    return coverage.freshness == 'fresh'
  end)
  compare(other, project.reference('teahouse/stock.py'), 'its signs say what coverage.py says')
  tap.is(#vim.lsp.get_clients({ name = 'covls' }), 1, 'from the same server')
  vim.cmd.buffer(buf)
end

--- Attaches a second language server, one without abilities. Neovim 0.10 counts the versions of the
--- document from 0 again when it does.
local function attach_another(buf)
  return vim.lsp.start({
    name = 'another' .. #vim.lsp.get_clients(),
    root_dir = vim.uv.cwd(),
    cmd = function()
      local closing = false
      return {
        request = function(_, _, callback)
          vim.schedule(function()
            callback(nil, { capabilities = { textDocumentSync = 1 } })
          end)
          return true, 1
        end,
        notify = function()
          return true
        end,
        is_closing = function()
          return closing
        end,
        terminate = function()
          closing = true
        end,
      }
    end,
  }, { bufnr = buf })
end

local function test_edits(buf, reference)
  local missed = reference.missed[1]
  local states = screen.states(buf)
  vim.api.nvim_buf_set_lines(buf, 0, 0, false, { '# one', '# two' })
  tap.is(screen.states(buf)[missed + 2], 'missed', 'the signs move at once')
  local tick = vim.api.nvim_buf_get_changedtick(buf)
  wait_for('the server sees the edit', buf, function(coverage)
    return coverage.version == tick
  end)
  local wanted = {}
  for line, state in pairs(states) do
    wanted[line + 2] = state
  end
  tap.is(screen.states(buf), wanted, 'every sign has moved by two lines')
  tap.wait('and every diagnostic', function()
    return vim.deep_equal(diagnostics(buf), require('covls.buffer').uncovered(buf))
  end)

  vim.api.nvim_win_set_cursor(0, { missed + 2, 0 })
  vim.cmd('normal! A + 1')
  tap.is(screen.states(buf)[missed + 2], 'unknown', 'a changed line is unknown at once')
  tick = vim.api.nvim_buf_get_changedtick(buf)
  wait_for('the server sees that too', buf, function(coverage)
    return coverage.version == tick and coverage.freshness == 'edited' and coverage.summary.unknown == 1
  end)
  tap.is(screen.states(buf)[missed + 2], 'unknown', 'it is unknown to the server')
  tap.is(screen.states(buf)[reference.executed[2] + 2], 'covered', 'what was not touched is as it was')

  vim.o.undolevels = vim.o.undolevels -- a new undo step
  local settled, touched = screen.states(buf), reference.executed[2] + 2
  vim.api.nvim_win_set_cursor(0, { touched, 0 })
  vim.cmd('normal! A + 1')
  tap.is(screen.states(buf)[touched], 'unknown', 'another line is changed')
  vim.cmd('silent undo')
  tap.becomes(function()
    return screen.states(buf)
  end, settled, 'a change that is undone at once brings the sign back')
  vim.cmd('silent edit!')
  wait_for('back to the file', buf, function(coverage)
    return coverage.freshness == 'fresh'
  end)
  vim.api.nvim_buf_set_lines(buf, 0, 0, false, { '# one', '# two' })

  attach_another(buf)
  local before = #updates
  vim.api.nvim_buf_set_lines(buf, 0, 1, false, {})
  tap.wait('an edit while another server attaches is seen', function()
    return #updates > before
  end)
  tap.is(screen.states(buf)[reference.executed[2] + 1], 'covered', 'and drawn')
  vim.cmd('Coverage! hide')
  seen = #updates
  vim.cmd('Coverage reload')
  tap.wait('one that attaches later does not either', function()
    return #updates > seen
  end)
  vim.cmd('Coverage! show')

  vim.cmd('silent edit!')
  wait_for('the file as it is on disk is fresh', buf, function(coverage)
    return coverage.freshness == 'fresh'
  end)
  tap.is(screen.states(buf), states, 'with the signs that it had')
end

local function test_second_run(buf, reference)
  local lines = {
    'import pytest',
    'from teahouse.orders import Order',
    'from teahouse import import_csv',
    '',
    '',
    'def test_empty_bag():',
    '    with pytest.raises(ValueError):',
    '        Order("Ada").add(None, 0)',
    '',
    '',
    'def test_receipt():',
    '    assert "Ada" in Order("Ada").receipt()',
  }
  project.write('tests/test_more.py', lines)
  local missed = #reference.missed
  project.test()
  wait_for('a second test run is seen without a command', buf, function(coverage)
    return coverage.freshness == 'fresh' and coverage.summary.missed < missed
  end)
  local now = project.reference(FILE)
  tap.ok(#now.missed < missed, 'the second run missed less')
  compare(buf, now, 'the signs are those of the second run')
  tap.wait('so are the diagnostics', function()
    return vim.deep_equal(diagnostics(buf), require('covls.buffer').uncovered(buf))
  end)

  assert(vim.fn.delete('tests/test_more.py') == 0)
  project.test_pytest_cov()
  wait_for('so is one by pytest-cov', buf, function(coverage)
    return coverage.freshness == 'fresh' and coverage.summary.missed == missed
  end)
  compare(buf, project.reference(FILE), 'the signs are those of pytest-cov')
end

local function test_save(buf)
  local before = screen.states(buf)
  vim.api.nvim_buf_set_lines(buf, 0, 0, false, { '# a new first line' })
  vim.cmd('silent write')
  wait_for('a file that was saved after the run is no longer fresh', buf, function(coverage)
    return coverage.freshness == 'edited' or coverage.freshness == 'stale'
  end)
  tap.note('after :write: ' .. vim.inspect(covls.get(buf)))
  local wanted = {}
  for line, state in pairs(before) do
    wanted[line + 1] = state
  end
  tap.is(screen.states(buf), wanted, 'its lines keep their signs')
end

local function test_health()
  vim.cmd('checkhealth covls')
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  tap.note(text)
  tap.contains(text, tostring(vim.version()), ':checkhealth names the version of Neovim')
  tap.contains(text, vim.env.COVLS, 'the program')
  tap.ok(text:find('covls %d+%.%d+%.%d+') ~= nil, 'its version', text)
  tap.contains(text, vim.fn.fnamemodify('.coverage', ':p:~'), 'the data file')
  tap.contains(text, 'watching ' .. vim.uv.fs_realpath('.'), 'what is watched')
  tap.contains(text, FILE, 'and the files')
  tap.ok(not text:find('ERROR'), 'without an error', text)
  vim.cmd.bwipeout()
end

local function test_close(buf)
  local client = vim.lsp.get_clients({ name = 'covls' })[1]
  vim.cmd('bdelete! ' .. buf)
  tap.is(covls.get(buf), nil, 'a closed file is forgotten')
  local other = vim.fn.bufnr('teahouse/stock.py')
  tap.ok(covls.get(other) ~= nil, 'the other is not')
  if vim.fn.has('nvim-0.11') == 1 then
    client:stop()
  else
    client.stop()
  end
  tap.wait('the server ends', function()
    return #vim.lsp.get_clients({ name = 'covls' }) == 0
  end)
  tap.is({ screen.states(other), covls.get(other), vim.b[other].covls }, { {}, nil, nil },
    'and takes its signs along')
end

local buf, reference = test_first_look()
test_diagnostics(buf, reference)
test_hover(reference)
test_list(buf, reference)
test_command(buf, reference)
test_second_window(buf, reference)
test_edits(buf, reference)
test_second_run(buf, reference)
test_save(buf)
test_health()
test_close(buf)
