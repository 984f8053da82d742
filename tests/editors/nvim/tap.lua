-- The Test Anything Protocol, on standard output.
local M = { count = 0, failures = 0 }

local function say(line)
  io.stdout:write(line, '\n')
  io.stdout:flush()
end

function M.note(text)
  say('# ' .. text:gsub('\n', '\n# '))
end

---@return boolean
function M.ok(condition, name, explanation)
  M.count = M.count + 1
  if condition then
    say(('ok %d - %s'):format(M.count, name))
    return true
  end
  M.failures = M.failures + 1
  say(('not ok %d - %s'):format(M.count, name))
  if explanation then
    M.note(explanation)
  end
  return false
end

function M.is(got, wanted, name)
  return M.ok(vim.deep_equal(got, wanted), name,
    ('got:    %s\nwanted: %s'):format(vim.inspect(got), vim.inspect(wanted)))
end

function M.contains(text, part, name)
  return M.ok(text ~= nil and text:find(part, 1, true) ~= nil, name,
    ('%s\nis not in: %s'):format(part, text))
end

--- Waits for something that an event brings about; a time-out is a failure.
function M.wait(name, predicate, milliseconds)
  local there = vim.wait(milliseconds or 45000, function()
    return predicate() and true or false
  end, 5)
  return M.ok(there, name, 'waited in vain')
end

--- Waits until something is as it should be: what was touched is unknown at once, and read a little later.
---@param get fun(): any
function M.becomes(get, wanted, name)
  vim.wait(45000, function()
    return vim.deep_equal(get(), wanted)
  end, 5)
  return M.is(get(), wanted, name)
end

function M.skip(name, why)
  M.count = M.count + 1
  say(('ok %d # SKIP %s: %s'):format(M.count, name, why))
end

--- Runs a file of tests and ends Neovim.
function M.main(file)
  local worked, failure = xpcall(dofile, debug.traceback, file)
  if not worked then
    M.ok(false, 'no error', failure)
  end
  M.is(_G.deprecations, {}, 'nothing deprecated was called')
  say('1..' .. M.count)
  vim.cmd(M.failures == 0 and 'qall!' or 'cquit 1')
end

return M
