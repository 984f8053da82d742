-- What differs from a saved run: its signs, its list, and the commands that save, choose and drop one.
local tap, project, screen = require('tap'), require('project'), require('screen')
local covls = require('covls')

local FILE = 'teahouse/orders.py'

local function wait_for(name, buf, predicate)
  return tap.wait(name, function()
    local coverage = covls.get(buf)
    return coverage and predicate(coverage)
  end)
end

--- The signs with a letter more, and where they stand.
local function letters(buf)
  local found = {}
  for line, state in pairs(screen.states(buf)) do
    found[line] = state:match('[-+*]$')
  end
  return found
end

local function baseline(action, name)
  local answer
  covls.baseline(action, name, function(result)
    answer = result
  end)
  tap.wait(':Coverage baseline ' .. action, function()
    return answer
  end)
  return answer or { baselines = {} }
end

local function test_baseline(buf, ran)
  tap.is(baseline('list').baselines, {}, 'there is no baseline')
  local saved = baseline('save', 'main')
  tap.is({ #saved.baselines, saved.baselines[1] and saved.baselines[1].name, saved.inUse }, { 1, 'main', 'main' },
    'one is saved, and in use')
  wait_for('it is compared with', buf, function(coverage)
    return coverage.changes and coverage.changes.baseline == 'main'
  end)
  tap.is(letters(buf), {}, 'nothing differs yet')

  -- A test more, and a function more that none calls.
  local missed, count = ran.missed[1], vim.api.nvim_buf_line_count(buf)
  project.write('tests/test_more.py', {
    'import pytest', 'from teahouse.orders import Order', '', '', 'def test_empty_bag():',
    '    with pytest.raises(ValueError):', '        Order("Ada").add(None, 0)',
  })
  vim.api.nvim_buf_set_lines(buf, -1, -1, false, { '', '', 'def new():', '    return 1' })
  vim.cmd('silent write')
  project.test()
  tap.becomes(function()
    return { letters(buf)[missed], letters(buf)[count + 4] }
  end, { '+', '*' }, 'what is covered now is gained, what is new and missed is newly missed')
  assert(vim.fn.delete('tests/test_more.py') == 0)
  assert(vim.uv.fs_rename('tests/test_prices.py', 'prices_kept'))
  assert(vim.uv.fs_rename('tests/test_orders.py', 'orders_kept'))
  project.test()
  wait_for('without its tests much is lost', buf, function(coverage)
    return coverage.changes and coverage.changes.lost > 3
  end)
  local now, states, lost = project.reference(FILE), screen.states(buf), {}
  for line, letter in pairs(letters(buf)) do
    if letter == '-' then
      table.insert(lost, now.states[line])
    end
  end
  tap.note(vim.inspect(letters(buf)))
  tap.ok(#lost > 3, 'lost lines have a sign of their own')
  tap.is(vim.tbl_filter(function(state)
    return state ~= 'missed'
  end, lost), {}, 'each was missed')
  tap.contains(covls.statusline(buf), ' · −', 'the status line counts them')
  vim.cmd('Coverage changes')
  tap.wait(':Coverage changes opens a list', function()
    return vim.bo.buftype == 'quickfix'
  end)
  tap.is(vim.fn.getqflist({ title = 0 }).title, 'Against main', 'under its name')
  local texts, listed, files = {}, {}, {}
  for _, item in ipairs(vim.fn.getqflist()) do
    texts[item.text:match('^%a+')] = true
    files[vim.fs.basename(vim.api.nvim_buf_get_name(item.bufnr))] = true
    for line = item.lnum, item.end_lnum do
      listed[line] = listed[line] or item.bufnr == buf
    end
  end
  tap.is(texts, { lost = true, newly = true }, 'with what each is')
  local unlisted = vim.tbl_filter(function(line)
    return not listed[line]
  end, vim.tbl_keys(letters(buf)))
  tap.is(unlisted, {}, 'and every line that has a letter')
  tap.ok(files['prices.py'] and not vim.api.nvim_buf_is_loaded(vim.fn.bufnr('prices.py')),
    'also of a file that nobody has opened')
  vim.cmd.cclose()
  vim.cmd.buffer(buf)
  vim.cmd('Coverage! changes')
  tap.wait(':Coverage! changes opens a list', function()
    return vim.bo.buftype == 'quickfix'
  end)
  tap.is(vim.tbl_filter(function(item)
    return item.bufnr ~= buf
  end, vim.fn.getqflist()), {}, 'of this buffer alone')
  vim.cmd.cclose()
  vim.cmd.buffer(buf)

  baseline('use')
  wait_for('without a baseline', buf, function(coverage)
    return coverage.changes == nil
  end)
  tap.is(letters(buf), {}, 'the letters go')
  baseline('use', 'main')
  wait_for('with it again', buf, function(coverage)
    return coverage.changes ~= nil
  end)
  tap.is(baseline('drop', 'main').baselines, {}, 'it is dropped')
  wait_for('and compared with no more', buf, function(coverage)
    return coverage.changes == nil
  end)
  assert(vim.uv.fs_rename('prices_kept', 'tests/test_prices.py'))
  assert(vim.uv.fs_rename('orders_kept', 'tests/test_orders.py'))
end

--- What is typed wrongly is told, and nothing is done.
local function test_words()
  for words, told in pairs({
    ['save'] = ':Coverage baseline save needs a name',
    ['save my change'] = ':Coverage baseline save takes one name, without spaces',
    ['drop a b'] = ':Coverage baseline drop takes one name, without spaces',
    ['list main'] = ':Coverage baseline list takes no name',
    ['forget'] = "there is no ':Coverage baseline forget'",
  }) do
    local before = screen.messages()
    local _, failure = pcall(vim.cmd, 'Coverage baseline ' .. words) -- what is told as an error ends a script
    tap.contains(screen.messages():sub(#before + 1) .. tostring(failure), told, ':Coverage baseline ' .. words)
  end
end

project.test()
covls.setup({})
vim.cmd.edit(FILE)
local buf = vim.api.nvim_get_current_buf()
wait_for('coverage comes', buf, function(coverage)
  return coverage.freshness == 'fresh'
end)
test_baseline(buf, project.reference(FILE))
test_words()
