-- The signs and how they follow the text, with messages made here: no server.
local tap, screen = require('tap'), require('screen')
local buffer = require('covls.buffer')

local CLIENT = { client_id = 1 }

local function span(first, last, state)
  return { first = first, last = last, state = state or 'missed' }
end

local function open(lines)
  local path = vim.fn.tempname() .. '.txt'
  vim.fn.writefile(lines, path)
  vim.cmd.edit(path)
  return vim.api.nvim_get_current_buf()
end

--- A message that gives each line a state, by a function of its text; nil for none.
local function message(buf, state_of_line, extra)
  local runs = {}
  for index, line in ipairs(vim.api.nvim_buf_get_lines(buf, 0, -1, false)) do
    local state = state_of_line(line)
    local last = runs[#runs]
    if state and last and last.state == state and last['end'] == index - 2 then
      last['end'] = index - 1
    elseif state then
      table.insert(runs, { start = index - 1, ['end'] = index - 1, state = state })
    end
  end
  return vim.tbl_extend('force', {
    uri = vim.uri_from_bufnr(buf),
    version = vim.api.nvim_buf_get_changedtick(buf),
    freshness = 'fresh',
    runs = runs,
    summary = { statements = 4, covered = 3, missed = 1, excluded = 0, percent = 75 },
    reason = { code = 'none', message = '' },
  }, extra or {})
end

local function by_first_letter(line)
  return ({ c = 'covered', p = 'partial', m = 'missed', e = 'excluded', u = 'unknown' })[line:sub(1, 1)]
end

local function test_states()
  local buf = open({ 'c1', 'p', 'm', '', 'e', 'u', 'x' })
  buffer.receive(message(buf, by_first_letter), CLIENT)
  local win = vim.api.nvim_get_current_win()
  local wanted = { 'covered', 'partial', 'missed', [5] = 'excluded', [6] = 'unknown' }
  tap.is(screen.gutter(win), wanted, 'each state has its sign on the screen')
  tap.is(screen.groups(buf), {
    'CoverageCovered', 'CoveragePartial', 'CoverageMissed',
    [5] = 'CoverageExcluded', [6] = 'CoverageUnknown',
  }, 'and its highlight group')
  local seen = {}
  for _, line in ipairs({ 1, 2, 3 }) do
    seen[screen.attribute(win, line)] = true
  end
  tap.is(vim.tbl_count(seen), 3, 'covered, partial and missed differ in colour')

  buffer.receive(message(buf, by_first_letter, { freshness = 'stale' }), CLIENT)
  tap.is(screen.gutter(win), wanted, 'stale signs keep their shapes')
  tap.is(screen.groups(buf)[3], 'CoverageStale', 'and are dimmed')

  buffer.receive(message(buf, function()
    return 'invented'
  end), CLIENT)
  tap.is(screen.gutter(win), {}, 'a state that is not known is not drawn')

  local beyond = message(buf, by_first_letter)
  beyond.runs = { { start = 5, ['end'] = 90, state = 'missed' }, { start = 95, ['end'] = 95, state = 'missed' } }
  buffer.receive(beyond, CLIENT)
  tap.is(screen.states(buf), { [6] = 'missed', [7] = 'missed' }, 'lines behind the end are let go')
  buffer.close(buf, CLIENT.client_id)
  tap.is(screen.states(buf), {}, 'a closed document has no signs')
end

local function test_priority()
  local buf = open({ 'm' })
  buffer.receive(message(buf, by_first_letter), CLIENT)
  vim.fn.sign_define('Breakpoint', { text = 'B>' })
  vim.fn.sign_place(1, '', 'Breakpoint', buf, { lnum = 1 })
  vim.cmd.redraw()
  local win = vim.api.nvim_get_current_win()
  tap.is(screen.gutter(win), { 'B' }, 'a breakpoint is drawn instead of the sign')
  vim.fn.sign_unplace('', { buffer = buf })
  tap.is(screen.gutter(win), { 'missed' }, 'and the sign when it has gone')
  buffer.close(buf, CLIENT.client_id)
end

local function test_version()
  local buf = open({ 'c', 'm' })
  buffer.receive(message(buf, by_first_letter, { version = 0 }), CLIENT)
  tap.is(screen.states(buf), { 'covered', 'missed' }, 'any version is right before the first edit')
  local old = message(buf, by_first_letter)
  vim.api.nvim_buf_set_lines(buf, 0, 0, false, { 'new', 'new' })
  buffer.receive(old, CLIENT)
  tap.is(screen.states(buf), { [3] = 'covered', [4] = 'missed' },
    'a message about an older text is not drawn')
  buffer.receive(message(buf, by_first_letter), CLIENT)
  tap.is(screen.states(buf), { [3] = 'covered', [4] = 'missed' }, 'one about this text is')
  vim.cmd('silent write')
  vim.cmd('silent edit!')
  buffer.receive(message(buf, by_first_letter, { version = 0 }), CLIENT)
  tap.is(screen.states(buf), { [3] = 'covered', [4] = 'missed' },
    'after :edit! the document is a new one')
  buffer.close(buf, CLIENT.client_id)
end

local function test_edits()
  local buf = open({ 'c1', 'c2', 'm3', 'c4' })
  local function reset()
    vim.api.nvim_buf_set_lines(buf, 0, -1, false, { 'c1', 'c2', 'm3', 'c4' })
    buffer.receive(message(buf, by_first_letter), CLIENT)
    vim.o.undolevels = vim.o.undolevels -- what follows is undone by itself
  end
  local function after(keys, wanted, name)
    reset()
    vim.cmd.normal({ vim.keycode(keys), bang = true })
    tap.is(screen.states(buf), wanted, name)
  end
  after('gg2jAx', { 'covered', 'covered', 'unknown', 'covered' }, 'a changed line is unknown at once')
  after('gg2jOnew', { 'covered', 'covered', [4] = 'missed', [5] = 'covered' }, 'O moves the signs below')
  after('ggonew', { 'covered', [3] = 'covered', [4] = 'missed', [5] = 'covered' }, 'o keeps both sides')
  after('ggA<CR>new', { 'covered', [3] = 'covered', [4] = 'missed', [5] = 'covered' },
    'so does <CR> at the end of a line')
  after('ggjdd', { 'covered', 'missed', 'covered' }, 'a deleted line takes its sign along')
  after('ggddu', { [2] = 'covered', [3] = 'missed', [4] = 'covered' },
    'undo brings the line back, the server its sign')
  after('gg2jJ', { 'covered', 'covered', 'unknown' }, 'joined lines are unknown')
  after('Gdd', { 'covered', 'covered', 'missed' }, 'the last line can be deleted')
  vim.cmd('%delete')
  tap.is(screen.states(buf), {}, 'and all of them')
  buffer.close(buf, CLIENT.client_id)
end

-- Random edits: a sign other than `unknown` never stands on a text that it does not speak of.

local random_state = 20261123
local function random(limit)
  random_state = (random_state * 1103515245 + 12345) % 2147483648
  return math.floor(random_state / 65536) % limit + 1
end

local EDITS = {
  'dd', '3dd', 'yyp', 'yyP', 'onew', 'Onew', 'Anew', 'Inew', 'x', 'D', 'J', 'u', 'u', '<C-r>', 'wi<CR>',
  'A<CR>', 'I<CR>', 'ccnew', 'cc', '>>', ':move 0<CR>', ':move $<CR>', ':s/e/ee/e<CR>', 'dG', 'ddGp',
  ':copy $<CR>', ':sort<CR>', '5J', 'ggVGJu',
}

local function first_lie(buf, states)
  local lines = vim.api.nvim_buf_get_lines(buf, 0, -1, false)
  for line, state in pairs(screen.states(buf)) do
    if state ~= 'unknown' and states[lines[line]] ~= state then
      return ('line %d, %s: %s'):format(line, lines[line], state)
    end
  end
end

local function test_random_edits()
  local states, lines = {}, {}
  for index = 1, 60 do
    lines[index] = ('line number %d'):format(index)
    states[lines[index]] = ({ 'covered', 'missed', 'covered', 'partial' })[index % 5]
  end
  local buf = open(lines)
  local function of_text(line)
    return states[line] or (line:find('new') and 'unknown') or nil
  end
  local lie, differs, trail = nil, nil, {}
  for step = 1, 1500 do
    if step % 10 == 1 then
      if step % 100 == 1 then
        vim.api.nvim_buf_set_lines(buf, 0, -1, false, lines)
      end
      local sent = message(buf, of_text)
      buffer.receive(sent, CLIENT)
      local wanted = {}
      for _, run in ipairs(sent.runs) do
        for row = run.start, run['end'] do
          wanted[row + 1] = run.state
        end
      end
      differs = differs or not vim.deep_equal(screen.states(buf), wanted) and step or nil
      trail = {}
    end
    local edit = ('%dG%s'):format(random(vim.api.nvim_buf_line_count(buf)), EDITS[random(#EDITS)])
    table.insert(trail, edit)
    pcall(vim.cmd, 'silent! normal! ' .. vim.keycode(edit .. '<Esc>'))
    lie = lie or first_lie(buf, states)
    if lie then
      break
    end
  end
  tap.ok(not lie, 'no sign lies after any of 1500 edits',
    tostring(lie) .. ' after ' .. table.concat(trail, ' | '))
  tap.ok(not differs, 'after a message the signs are just what it says', tostring(differs))
  buffer.close(buf, CLIENT.client_id)
end

-- Changes -------------------------------------------------------------------------------------

local function change(buf, edits, extra)
  return vim.tbl_extend('force', {
    uri = vim.uri_from_bufnr(buf),
    version = vim.api.nvim_buf_get_changedtick(buf),
    edits = edits,
  }, extra or {})
end

local function edit(start, removed, inserted, state)
  local run = { start = start, ['end'] = start + inserted - 1, state = state }
  return { start = start, removed = removed, inserted = inserted, runs = state and { run } or {} }
end

--- The ids of the extmarks, by line.
local function ids(buf)
  local by_line = {}
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(buf, buffer.namespace, 0, -1, {})) do
    by_line[mark[2] + 1] = mark[1]
  end
  return by_line
end

local function test_changes()
  local buf = open({ 'c1', 'm2', 'c3', 'c4' })
  buffer.receive_change(change(buf, { edit(0, 1, 1, 'missed') }), CLIENT)
  tap.is(screen.states(buf), {}, 'a change of nothing is let go')
  buffer.receive(message(buf, by_first_letter), CLIENT)
  local before = ids(buf)
  buffer.receive_change(change(buf, { edit(2, 1, 1, 'unknown') }), CLIENT)
  tap.is(screen.states(buf), { 'covered', 'missed', 'unknown', 'covered' }, 'a change alters its lines')
  local after = ids(buf)
  before[3], after[3] = nil, nil
  tap.is(after, before, 'and touches the signs of no others')

  vim.api.nvim_buf_set_lines(buf, 1, 1, false, { 'new' })
  buffer.receive_change(change(buf, { edit(1, 0, 1) }), CLIENT)
  tap.is(screen.states(buf), { 'covered', [3] = 'missed', [4] = 'unknown', [5] = 'covered' }, 'a line that came has none yet')
  buffer.receive_change(change(buf, { edit(1, 1, 1, 'excluded'), edit(3, 1, 1, 'covered') }), CLIENT)
  tap.is(screen.states(buf), { 'covered', 'excluded', 'missed', 'covered', 'covered' }, 'until the server has read it')

  vim.api.nvim_buf_set_lines(buf, 0, 0, false, { 'one' })
  local first = change(buf, { edit(0, 0, 1), edit(5, 1, 1, 'missed') })
  vim.api.nvim_buf_set_lines(buf, 0, 0, false, { 'two' })
  buffer.receive_change(first, CLIENT)
  tap.is(screen.states(buf), { [3] = 'covered', [4] = 'excluded', [5] = 'missed', [6] = 'covered', [7] = 'covered' },
    'one that speaks of an older text is not drawn')
  buffer.receive_change(change(buf, { edit(0, 0, 1) }), CLIENT)
  tap.is(screen.states(buf), { [3] = 'covered', [4] = 'excluded', [5] = 'missed', [6] = 'covered', [7] = 'missed' },
    'but not forgotten')

  vim.o.undolevels = vim.o.undolevels
  vim.cmd('normal! 5GAx')
  tap.is(screen.states(buf)[5], 'unknown', 'what is typed is unknown at once')
  vim.cmd('silent undo')
  buffer.receive_change(change(buf, {}), CLIENT)
  tap.is(screen.states(buf)[5], 'missed', 'and is what it was when the text is, though the server saw no difference')

  buffer.receive_change(change(buf, {}, { freshness = 'stale', reason = { code = 'data-gone', message = 'gone' } }), CLIENT)
  tap.is(screen.groups(buf)[5], 'CoverageStale', 'a change makes all signs stale')
  tap.is(require('covls').get(buf).reason.message, 'gone', 'and tells why')
  buffer.receive_change(change(buf, {}, { freshness = 'fresh' }), CLIENT)
  tap.is(screen.groups(buf)[5], 'CoverageMissed', 'and fresh again')
  tap.is(require('covls').get(buf).summary.percent, 75, 'what it does not speak of stays')
  buffer.receive_change(change(buf, {}, { summary = vim.NIL }), CLIENT)
  tap.is(require('covls').get(buf).summary, nil, 'what it says is null has gone')
  vim.cmd('silent write')
  vim.fn.writefile({ 'one', 'two' }, vim.api.nvim_buf_get_name(buf))
  vim.uv.fs_utime(vim.api.nvim_buf_get_name(buf), 1, 1)
  vim.o.autoread = true
  vim.cmd('silent checktime')
  tap.is(vim.api.nvim_buf_line_count(buf), 2, 'the text was read from disk anew')
  buffer.receive_change(change(buf, { edit(0, 1, 1, 'missed') }, { version = 0 }), CLIENT)
  tap.is(screen.states(buf), {}, 'then a change of the old document is let go')
  buffer.close(buf, CLIENT.client_id)
end

--- The changes that make the runs of `after` out of those of `before`, whose lines are `old` and now `new`:
--- first as the text was altered, then what stands otherwise.
local function difference(old, new, before, after)
  local head = 0
  while head < #old and head < #new and old[head + 1] == new[head + 1] do
    head = head + 1
  end
  local tail = 0
  while tail < #old - head and tail < #new - head and old[#old - tail] == new[#new - tail] do
    tail = tail + 1
  end
  local typed = edit(head, #old - head - tail, #new - head - tail)
  local moved = { [0] = nil }
  for row = 0, head - 1 do
    moved[row] = before[row]
  end
  for back = 1, tail do
    moved[#new - back] = before[#old - back]
  end
  local edits = {}
  for row = 0, #new - 1 do
    if moved[row] ~= after[row] then
      table.insert(edits, edit(row, 1, 1, after[row]))
    end
  end
  return typed, edits
end

--- Types at random; a server says now and then, by changes alone, what it makes of the text.
local function test_random_changes()
  local states, lines = {}, {}
  for index = 1, 60 do
    lines[index] = ('line number %d'):format(index)
    states[lines[index]] = ({ 'covered', 'missed', 'covered', 'partial' })[index % 5]
  end
  local buf = open(lines)
  local function of_text(line)
    return states[line] or (line:find('new') and 'unknown') or nil
  end
  local function read()
    local text, by_row = vim.api.nvim_buf_get_lines(buf, 0, -1, false), {}
    for index, line in ipairs(text) do
      by_row[index - 1] = of_text(line)
    end
    return text, by_row
  end
  buffer.receive(message(buf, of_text), CLIENT)
  local old, before = read()
  local wrong, lie, trail = nil, nil, {}
  for step = 1, 1500 do
    if step % 150 == 0 then
      vim.api.nvim_buf_set_lines(buf, 0, -1, false, lines)
    end
    local keys = ('%dG%s'):format(random(vim.api.nvim_buf_line_count(buf)), EDITS[random(#EDITS)])
    table.insert(trail, keys)
    pcall(vim.cmd, 'silent! normal! ' .. vim.keycode(keys .. '<Esc>'))
    lie = lie or first_lie(buf, states)
    if random(3) == 1 then
      local new, after = read()
      local typed, edits = difference(old, new, before, after)
      local sent = { change(buf, { typed }), change(buf, edits) }
      local late = random(4) == 1
      if late then
        pcall(vim.cmd, 'silent! normal! ' .. vim.keycode('GoANEW<Esc>')) -- while the messages are on their way
      end
      for _, each in ipairs(sent) do
        buffer.receive_change(each, CLIENT)
      end
      old, before = new, after
      if late then
        lie = lie or first_lie(buf, states)
      else
        local got, places = screen.states(buf), buffer.uncovered(buf)
        local wanted = {}
        for row, state in pairs(after) do
          wanted[row + 1] = state
        end
        if not vim.deep_equal(got, wanted) then
          wrong = ('%s\nnot %s\nafter %s'):format(vim.inspect(got), vim.inspect(wanted), table.concat(trail, ' | '))
          break
        end
        trail = {}
      end
    end
  end
  tap.ok(not wrong, 'after any change the signs are just what the server said', tostring(wrong))
  tap.ok(not lie, 'and never lie in between', tostring(lie))
  buffer.close(buf, CLIENT.client_id)
end

local function test_stale_look()
  local config = require('covls.config')
  local buf = open({ 'c', 'm' })
  local shown = {}
  buffer.receive(message(buf, by_first_letter, { freshness = 'stale' }), CLIENT)
  for _, look in ipairs({ 'dimmed', 'normal', 'hidden' }) do
    config.set({ stale = look })
    buffer.refresh()
    shown[look] = { screen.states(buf)[2], screen.groups(buf)[2] }
  end
  tap.is(shown, { dimmed = { 'missed', 'CoverageStale' }, normal = { 'missed', 'CoverageMissed' }, hidden = {} },
    'stale signs are dimmed, as always, or hidden')
  vim.api.nvim_buf_set_lines(buf, 0, 1, false, { 'x' })
  tap.is(screen.states(buf), {}, 'hidden ones stay so while one types')
  buffer.receive(message(buf, by_first_letter), CLIENT)
  tap.is(screen.states(buf), { [2] = 'missed' }, 'and show when they are fresh')
  config.set({})
  buffer.refresh()
  buffer.close(buf, CLIENT.client_id)
end

local function changes_of(runs)
  return { baseline = 'main', modified = '', newlyMissed = 1, lost = 1, gained = 2, runs = runs }
end

local function test_baseline()
  local buf = open({ 'c1', 'm2', 'p3', 'm4', 'm5', 'c6' })
  local function change_run(start, last, kind)
    return { start = start, ['end'] = last, change = kind }
  end
  local kinds = { change_run(0, 0, 'gained'), change_run(2, 2, 'gained'), change_run(3, 3, 'lost'),
    change_run(4, 4, 'newly-missed'), change_run(5, 5, 'a new kind') }
  buffer.receive(message(buf, by_first_letter, { changes = changes_of(kinds) }), CLIENT)
  tap.is(screen.states(buf), { '▎+', 'missed', '▚+', '█-', '█*', 'covered' }, 'what differs from the baseline has a letter more')
  tap.is(screen.groups(buf), {
    'CovlsGained', 'CoverageMissed', 'CovlsGained', 'CovlsLost', 'CovlsNewlyMissed', 'CoverageCovered',
  }, 'and a colour of its own')
  tap.is(buffer.uncovered(buf), { span(2, 2), span(3, 3, 'partial'), span(4, 5) }, 'and is a place to go to all the same')
  tap.is(require('covls').get(buf).changes, { baseline = 'main', modified = '', newlyMissed = 1, lost = 1, gained = 2 },
    'the counts are told')
  vim.api.nvim_buf_set_lines(buf, 0, 0, false, { 'new' })
  buffer.receive_change(change(buf, { edit(0, 0, 1) }), CLIENT)
  tap.is(screen.states(buf)[5], '█-', 'it moves with the text')
  buffer.receive_change(change(buf, { edit(4, 1, 1, 'unknown') }), CLIENT)
  tap.is(screen.states(buf)[5], 'unknown', 'and goes when its line is changed')
  buffer.receive_change(change(buf, {}, { changes = changes_of({ change_run(2, 2, 'lost') }) }), CLIENT)
  tap.is(screen.states(buf), { [2] = 'covered', [3] = '█-', [4] = 'partial', [5] = 'unknown', [6] = 'missed', [7] = 'covered' },
    'other changes take the place of all')
  buffer.show(false, buf)
  buffer.show(true, buf)
  tap.is(screen.states(buf)[3], '█-', 'they are there after they were hidden')
  local config = require('covls.config')
  config.set({ signs = 'ascii' })
  buffer.refresh()
  tap.is(screen.states(buf)[3], '!-', 'and with other signs')
  config.set({ signs = { missed = '>>', lost = 'L' } })
  buffer.refresh()
  tap.is({ screen.states(buf)[3], screen.groups(buf)[3] }, { '>>', 'CovlsLost' }, 'where there is no room, by the colour alone')
  config.set({})
  buffer.refresh()
  buffer.receive_change(change(buf, {}, { changes = vim.NIL }), CLIENT)
  tap.is({ screen.states(buf)[3], require('covls').get(buf).changes }, { 'missed' }, 'without a baseline they go')
  buffer.close(buf, CLIENT.client_id)
end

local function test_ages()
  local buf = open({ 'c', 'm' })
  local hrtime, elapsed = vim.uv.hrtime, 0
  vim.uv.hrtime = function()
    return 1e12 + elapsed * 1e9
  end
  local data = { path = '/p/.coverage', format = 'coverage.py', modified = '', ageSeconds = 150 }
  buffer.receive(message(buf, by_first_letter, { data = data }), CLIENT)
  local function statusline()
    return require('covls').statusline(buf):gsub('no coverage', '')
  end
  vim.bo[buf].filetype = 'python'
  tap.is(statusline(), '75% · 1 missed · 2 min', 'the status line tells the age of the data')
  elapsed = 31
  tap.is(statusline(), '75% · 1 missed · 3 min', 'which grows by itself')
  buffer.receive_change(change(buf, {}, { freshness = 'edited' }), CLIENT)
  tap.is(statusline(), '75% · 1 missed · 3 min', 'whatever else is told')
  buffer.receive_change(change(buf, {}, { data = vim.tbl_extend('force', data, { ageSeconds = 1 }) }), CLIENT)
  tap.is(statusline(), '75% · 1 missed · now', 'until there is new data')
  vim.uv.hrtime = hrtime
  buffer.close(buf, CLIENT.client_id)
end

local function test_hide()
  local first, second = open({ 'm' }), nil
  buffer.receive(message(first, by_first_letter), CLIENT)
  second = open({ 'c', 'm', 'c', '', 'm', 'm' })
  buffer.receive(message(second, by_first_letter), CLIENT)
  vim.cmd('Coverage hide')
  tap.is({ screen.states(first), screen.states(second) }, { {}, {} }, ':Coverage hide hides all signs')
  vim.api.nvim_buf_set_lines(second, 0, 0, false, { 'new' })
  vim.cmd('Coverage next')
  tap.is(vim.fn.line('.'), 3, ':Coverage next works while they are hidden')
  vim.cmd('Coverage show')
  tap.is(screen.states(second), { [2] = 'covered', [3] = 'missed', [4] = 'covered', [6] = 'missed', [7] = 'missed' },
    ':Coverage show shows them where the text is now')
  vim.cmd('Coverage! hide')
  tap.is({ screen.states(first), screen.states(second) }, { { 'missed' }, {} },
    ':Coverage! hide hides those of one buffer')
  buffer.receive(message(second, by_first_letter), CLIENT)
  tap.is(screen.states(second), {}, 'which stay hidden when news come')
  vim.cmd('Coverage! toggle')
  tap.is(vim.tbl_count(screen.states(second)), 5, ':Coverage! toggle shows them')
  vim.cmd('Coverage toggle')
  tap.is({ screen.states(first), screen.states(second) }, { {}, {} }, ':Coverage toggle hides all')
  vim.cmd('Coverage toggle')
  tap.is(screen.states(first), { 'missed' }, 'and shows all')
  buffer.close(first, CLIENT.client_id)
  buffer.close(second, CLIENT.client_id)
end

--- One of several lines, of which the second is blank; its neighbour; missed lines beside them.
local function test_partial()
  local buf = open({ 'p1', '', 'p1', 'p2', 'm', 'c', 'p3', '', 'p4' })
  local sent = message(buf, by_first_letter)
  sent.runs = {
    { start = 0, ['end'] = 2, state = 'partial' },
    { start = 3, ['end'] = 3, state = 'partial' },
    { start = 4, ['end'] = 4, state = 'missed' },
    { start = 5, ['end'] = 5, state = 'covered' },
    { start = 6, ['end'] = 6, state = 'partial' },
    { start = 8, ['end'] = 8, state = 'partial' },
  }
  buffer.receive(sent, CLIENT)
  local places = {
    span(1, 3, 'partial'), span(4, 4, 'partial'), span(5, 5), span(7, 7, 'partial'), span(9, 9, 'partial'),
  }
  tap.is(buffer.uncovered(buf), places, 'each partial statement is a place of its own')
  buffer.show(false, buf)
  tap.is(buffer.uncovered(buf), places, 'also while the signs are hidden')
  buffer.show(true, buf)
  buffer.receive(vim.tbl_extend('force', sent, { freshness = 'stale' }), CLIENT)
  tap.is(buffer.uncovered(buf), places, 'or stale')
  tap.is(screen.groups(buf)[3], 'CoverageStale', 'all lines of one are dimmed then')
  buffer.refresh()
  tap.is(buffer.uncovered(buf), places, 'or redrawn')
  vim.api.nvim_buf_set_lines(buf, 0, 1, false, {})
  tap.is(buffer.uncovered(buf)[1], span(1, 2, 'partial'), 'what is left of one when its first line goes')

  vim.cmd('normal! gg')
  tap.is(screen.echoed(function()
    vim.cmd('Coverage next')
  end), 'line 3 ran, but not every way out of it was taken (2 of 5)', 'a place that no diagnostic speaks of')
  vim.cmd('Coverage! list')
  local items = vim.tbl_map(function(item)
    return { item.lnum, item.text }
  end, vim.fn.getqflist())
  tap.is(items[3], { 4, 'line 4 was not run' }, 'is listed all the same')
  tap.is(#items, 5, 'as all others')
  vim.cmd.cclose()
  vim.cmd.buffer(buf)
  vim.keymap.set('n', ']m', '<Plug>(covls-next-missed)')
  vim.keymap.set('n', '[m', '<Plug>(covls-prev-missed)')
  vim.cmd('normal! G')
  vim.cmd('normal ]m')
  tap.is(vim.fn.line('.'), 4, '<Plug>(covls-next-missed) goes to missed lines alone')
  vim.cmd('normal [m')
  tap.is(vim.fn.line('.'), 4, 'so does <Plug>(covls-prev-missed)')
  buffer.close(buf, CLIENT.client_id)
end

local function test_jumps()
  local buf = open({ 'c', 'm', 'm', '', 'm', 'c', 'p', 'c', 'c', 'm' })
  buffer.receive(message(buf, by_first_letter), CLIENT)
  tap.is(buffer.uncovered(buf), { span(2, 5), span(7, 7, 'partial'), span(10, 10) },
    'lines without a state do not part missed lines')
  local function goes(from, command, to)
    vim.api.nvim_win_set_cursor(0, { from, 0 })
    vim.cmd(command)
    tap.is(vim.fn.line('.'), to, ('%s goes from %d to %d'):format(command, from, to))
  end
  goes(1, 'Coverage next', 2)
  goes(3, 'Coverage next', 7)
  goes(10, 'Coverage next', 2)
  goes(10, 'Coverage! next', 10)
  goes(1, '2Coverage next', 7)
  goes(1, 'Coverage next 3', 10)
  goes(1, '5Coverage next', 7)
  goes(9, 'Coverage prev', 7)
  goes(4, 'Coverage prev', 2)
  goes(1, 'Coverage prev', 10)
  goes(1, '2Coverage prev', 7)
  vim.o.wrapscan = false
  goes(10, 'Coverage next', 10)
  vim.o.wrapscan = true
  vim.keymap.set({ 'n', 'o' }, ']u', '<Plug>(covls-next-uncovered)')
  vim.keymap.set('n', '[u', '<Plug>(covls-prev-uncovered)')
  goes(1, 'normal 2]u', 7)
  goes(9, 'normal [u', 7)
  vim.cmd("normal! G''")
  vim.cmd('Coverage next')
  local from = vim.fn.line('.')
  vim.cmd('Coverage next')
  vim.cmd("normal! ''")
  tap.is(vim.fn.line('.'), from, 'the jump list knows of it')
  vim.cmd('normal ggd]u')
  tap.is(vim.api.nvim_buf_get_lines(buf, 0, 1, false), { 'm' }, 'the maps are motions for operators')
  buffer.close(buf, CLIENT.client_id)
end

local function test_statusline()
  local text = require('covls.text')
  local function of(freshness, summary)
    return text.statusline({ freshness = freshness, summary = summary }, 'python')
  end
  local function counted(covered, missed, partial, branches, missed_branches)
    return {
      percent = 50, -- is there, and that is all that is asked of it
      covered = covered,
      missed = missed,
      partial = partial,
      branches = branches,
      missedBranches = missed_branches,
    }
  end
  tap.is(of('fresh', counted(19, 5)), '79% · 5 missed', 'status line')
  tap.is(of('fresh', counted(19, 5, 1, 6, 2)), '77% · 5 missed · 1 partial', 'status line, with branches')
  tap.is(of('fresh', counted(24, 0, 2, 6, 2)), '93% · 2 partial', 'status line, none missed')
  tap.is(of('fresh', counted(5, 3)), '62% · 3 missed', 'status line, a half goes to the even number')
  tap.is(of('fresh', counted(24913, 1)), '99% · 1 missed', 'status line, 100 % only when exact')
  tap.is(of('fresh', counted(1, 400)), '1% · 400 missed', 'status line, 0 % only when exact')
  tap.is(of('fresh', counted(4, 0, 0, 2, 0)), '100%', 'status line, nothing missed')
  tap.is(of('stale', counted(1, 1)), '50% · 1 missed · stale', 'status line, stale')
  tap.is(of('none', { missed = 0 }), 'no coverage', 'status line, nothing known')
  tap.is(of('unknown', { missed = 0 }), 'unknown: changed since the run', 'status line, which text ran is not known')
  local some = vim.tbl_extend('force', counted(10, 10), { statements = 23, known = 20, unknown = 3 })
  tap.is(of('edited', some), '50% · 87% known · 10 missed', 'status line, not all known')
  local function against(counts)
    return text.statusline({ freshness = 'fresh', summary = counted(1, 1), changes = counts }, 'python')
  end
  tap.is(against({ lost = 2, newlyMissed = 1, gained = 4 }), '50% · 1 missed · −3 +4', 'status line, against a baseline')
  tap.is(against({ lost = 0, newlyMissed = 0, gained = 4 }), '50% · 1 missed · +4', 'status line, only gained')
  tap.is(against({ lost = 0, newlyMissed = 0, gained = 0 }), '50% · 1 missed', 'status line, the same as the baseline')
  local ages = {}
  for _, seconds in ipairs({ 0, 10, 59.9, 60, 3599, 3600, 86399, 86400 }) do
    table.insert(ages, text.short_age(seconds))
  end
  tap.is(ages, { 'now', '10 s', '59 s', '1 min', '59 min', '1 h', '23 h', '1 d' }, 'short ages')
  local function described(document)
    return table.concat(text.status({ document = vim.tbl_extend('force', {
      freshness = 'fresh', summary = vim.tbl_extend('force', some, { excluded = 0 }), reason = { code = 'none' },
    }, document) }, 'a.py'), '\n')
  end
  tap.contains(described({}), '87% known, 3 changed since the run', 'status: how much is known')
  tap.contains(described({ ran = { from = 'git', commit = '3f2a91c', message = '' } }), 'that of commit 3f2a91c', 'status: the commit that ran')
  tap.contains(described({ ran = { from = 'git', commit = 'index', message = '' } }), 'the index of git', 'status: what was staged')
  tap.contains(described({ changes = { baseline = 'main', message = 'its text is not known' } }),
    'against the baseline main: its text is not known', 'status: nothing to be said against the baseline')
  tap.contains(described({ earlier = { statements = 12, runs = 1, ageSeconds = 3700 } }), '12 statements as of a run 1 h ago', 'status: earlier runs')
  tap.contains(described({ changes = { baseline = 'main', lost = 2, newlyMissed = 1, gained = 4 } }),
    'against the baseline main: 2 lost, 1 newly missed, 4 gained', 'status: the baseline')
  tap.is(text.statusline(nil, 'python'), '', 'status line, no server')
  local fresh_open = { freshness = 'none', reason = { code = 'none', message = '' } }
  tap.contains(table.concat(text.status({ document = fresh_open }, 'a.py'), '\n'), 'no data has been looked for yet',
    'of a document that was only just opened it is not said that there is nothing')
end

local function test_options()
  local config = require('covls.config')
  config.set({ signs = 'ascii', priority = 7 })
  local buf = open({ 'c', 'm' })
  buffer.refresh()
  buffer.receive(message(buf, by_first_letter), CLIENT)
  tap.is(screen.states(buf), { '|', '!' }, "signs = 'ascii'")
  config.set({ signs = { missed = '>>', covered = false } })
  buffer.refresh()
  tap.is(screen.states(buf), { [2] = '>>' }, 'signs of your own, redrawn at once')
  tap.ok(not pcall(config.set, { colour = 1 }), 'an unknown option is an error')
  config.set({})
  buffer.refresh()
  buffer.close(buf, CLIENT.client_id)
end

local function test_completion()
  tap.is(vim.fn.getcompletion('Coverage ', 'cmdline'),
    { 'baseline', 'changes', 'forget', 'hide', 'list', 'next', 'prev', 'reload', 'show', 'status', 'toggle', 'why' },
    'sub-commands are completed')
  tap.is(vim.fn.getcompletion('Coverage baseline ', 'cmdline'), { 'drop', 'list', 'save', 'use' }, 'and what can be done with baselines')
  tap.is(vim.fn.getcompletion('Coverage baseline save ', 'cmdline'), {}, 'but no names')
  tap.is(vim.fn.getcompletion('Coverage! t', 'cmdline'), { 'toggle' }, 'also after !')
  tap.is(vim.fn.getcompletion('3Coverage next ', 'cmdline'), {}, 'and only there')
end

local function test_help()
  local source = vim.api.nvim_get_runtime_file('doc/covls.txt', false)[1]
  local folder = vim.fn.tempname()
  vim.fn.mkdir(folder .. '/doc', 'p')
  assert(vim.uv.fs_copyfile(source, folder .. '/doc/covls.txt'))
  tap.ok(pcall(vim.cmd.helptags, folder .. '/doc'), 'the help file has no tag twice')
  local tags = table.concat(vim.fn.readfile(folder .. '/doc/tags'), '\n')
  local missing = {}
  local function wants(tag)
    if not tags:find(tag .. '\t', 1, true) then
      table.insert(missing, tag)
    end
  end
  for _, name in ipairs(vim.fn.getcompletion('Coverage ', 'cmdline')) do
    wants(':Coverage-' .. name)
  end
  for name in pairs(require('covls')) do
    wants(('covls.%s()'):format(name))
  end
  for name in pairs(vim.api.nvim_get_hl(0, {})) do
    if type(name) == 'string' and (name:match('^Coverage') or name:match('^Covls')) then
      wants('hl-' .. name)
    end
  end
  tap.is(missing, {}, 'each sub-command, function and highlight group has its tag')
  local text = table.concat(vim.fn.readfile(source), '\n')
  for name in pairs(require('covls.config').get()) do
    tap.contains(text, '\n\t  ' .. name .. ' = ', 'option ' .. name .. ' is in the help file')
  end
  local dead = {}
  for tag in text:gmatch('|(covls[%w%-_.()]*)|') do
    if not tags:find(tag .. '\t', 1, true) then
      table.insert(dead, tag)
    end
  end
  tap.is(dead, {}, 'links within it lead somewhere')
end

local function test_colour_scheme()
  vim.cmd.colorscheme('habamax')
  tap.is(vim.api.nvim_get_hl(0, { name = 'CoverageMissed' }).link ~= nil, true,
    'the groups are links after a change of the colour scheme')
  vim.cmd('highlight CoverageMissed guifg=#123456')
  vim.cmd.doautocmd('ColorScheme')
  tap.is(vim.api.nvim_get_hl(0, { name = 'CoverageMissed' }).fg, 0x123456, "and a person's own colour stays")
end

-- Time, for people to read: nothing depends on it.
local function measure()
  local lines = {}
  for index = 1, 25000 do
    lines[index] = ('%s = %d'):format(({ 'c', 'm', 'c', 'p' })[math.floor(index / 5) % 4 + 1], index)
  end
  local buf = open(lines)
  local function timed(name, work)
    collectgarbage()
    local start = vim.uv.hrtime()
    work()
    tap.note(('25,000 lines, %s: %.1f ms'):format(name, (vim.uv.hrtime() - start) / 1e6))
  end
  local all = message(buf, by_first_letter)
  timed('all signs placed', function()
    buffer.receive(all, CLIENT)
  end)
  all.runs[7].state = 'unknown'
  timed('one run of 5 lines changed', function()
    buffer.receive(all, CLIENT)
  end)
  timed('a change of one line', function()
    buffer.receive_change(change(buf, { edit(12000, 1, 1, 'unknown') }), CLIENT)
  end)
  timed('a line typed and its change', function()
    vim.api.nvim_buf_set_lines(buf, 100, 100, false, { 'new' })
    buffer.receive_change(change(buf, { edit(100, 0, 1) }), CLIENT)
  end)
  vim.api.nvim_buf_set_lines(buf, 100, 101, false, {})
  buffer.receive_change(change(buf, { edit(100, 1, 0) }), CLIENT)
  timed('all hidden', function()
    buffer.show(false, buf)
  end)
  tap.is(vim.tbl_count(screen.states(buf)), 0, '25,000 signs hidden')
  timed('a line inserted at the top', function()
    vim.api.nvim_buf_set_lines(buf, 0, 0, false, { 'new' })
  end)
  buffer.show(true, buf)
  tap.is(vim.tbl_count(screen.states(buf)), 25000, '25,000 signs shown')
  buffer.close(buf, CLIENT.client_id)
end

test_states()
test_priority()
test_version()
test_edits()
test_random_edits()
test_changes()
test_random_changes()
test_stale_look()
test_baseline()
test_ages()
test_hide()
test_partial()
test_jumps()
test_statusline()
test_options()
test_completion()
test_help()
measure()
test_colour_scheme()
