-- :Coverage
local covls = require('covls')

local M = {}

--- `!` means this buffer alone.
local function here(call)
  return call.bang and vim.api.nvim_get_current_buf() or nil
end

--- The count is before the command or its last word; `!` means not to wrap.
local function jump_options(call)
  local options = { count = tonumber(call.fargs[2]) or math.max(call.count, 1) }
  if call.bang then
    options.wrap = false
  end
  return options
end

local BASELINE_ACTIONS = { 'drop', 'list', 'save', 'use' }

--- `:Coverage baseline save NAME`; `use` without a name uses none.
local function baseline(call)
  local action, name = call.fargs[2] or 'list', call.fargs[3]
  if not vim.list_contains(BASELINE_ACTIONS, action) then
    return vim.notify(("covls: there is no ':Coverage baseline %s'"):format(action), vim.log.levels.ERROR)
  elseif not name and (action == 'save' or action == 'drop') then
    return vim.notify((':Coverage baseline %s needs a name'):format(action), vim.log.levels.ERROR)
  elseif call.fargs[4] or (name and action == 'list') then
    local takes = action == 'list' and 'no name' or 'one name, without spaces'
    return vim.notify((':Coverage baseline %s takes %s'):format(action, takes), vim.log.levels.ERROR)
  end
  covls.baseline(action, name)
end

local SUBCOMMANDS = {
  baseline = baseline,
  changes = function(call)
    covls.changes(here(call))
  end,
  forget = function()
    covls.forget()
  end,
  show = function(call)
    covls.show(here(call))
  end,
  hide = function(call)
    covls.hide(here(call))
  end,
  toggle = function(call)
    covls.toggle(here(call))
  end,
  reload = function()
    covls.reload()
  end,
  next = function(call)
    covls.next(jump_options(call))
  end,
  prev = function(call)
    covls.prev(jump_options(call))
  end,
  list = function(call)
    covls.list(here(call))
  end,
  status = function()
    covls.status()
  end,
  why = function()
    covls.why()
  end,
}

function M.run(call)
  local name = call.fargs[1] or 'status'
  local subcommand = SUBCOMMANDS[name]
  if not subcommand then
    return vim.notify(("covls: there is no ':Coverage %s'"):format(name), vim.log.levels.ERROR)
  end
  subcommand(call)
end

---@return string[]
function M.complete(lead, line)
  local before = line:match('^.-%a+!?%s+(.*)$') or ''
  local candidates = vim.tbl_keys(SUBCOMMANDS)
  if before:match('^baseline%s+%S*$') then
    candidates = BASELINE_ACTIONS
  elseif before:match('^%S+%s') then
    candidates = {}
  end
  local names = vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, candidates)
  table.sort(names)
  return names
end

return M
