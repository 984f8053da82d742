-- What a person sees: the sign column as it is drawn, and the extmarks behind it.
local M = {}

local STATES = {
  ['▎'] = 'covered',
  ['▚'] = 'partial',
  ['█'] = 'missed',
  ['·'] = 'excluded',
  ['┊'] = 'unknown',
}

---@return string
local function state_of(sign)
  local text = vim.trim(sign or '')
  return STATES[text] or text
end

--- The state of each line that has a sign, by its shape, from the extmarks.
---@return table<integer, string>
function M.states(buf)
  local states = {}
  local namespace = require('covls.buffer').namespace
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(buf, namespace, 0, -1, { details = true })) do
    if mark[4].sign_text then
      assert(states[mark[2] + 1] == nil, ('two signs in line %d'):format(mark[2] + 1))
      states[mark[2] + 1] = state_of(mark[4].sign_text)
    end
  end
  return states
end

--- The highlight group of each line's sign.
---@return table<integer, string>
function M.groups(buf)
  local groups = {}
  local namespace = require('covls.buffer').namespace
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(buf, namespace, 0, -1, { details = true })) do
    groups[mark[2] + 1] = mark[4].sign_hl_group
  end
  return groups
end

--- The states that stand in the sign column of a window, of its visible lines, as the screen has them.
---@return table<integer, string>
function M.gutter(win)
  vim.cmd.redraw()
  local states = {}
  for line = vim.fn.line('w0', win), vim.fn.line('w$', win) do
    local at = vim.fn.screenpos(win, line, 1)
    local column = vim.fn.win_screenpos(win)[2]
    local state = state_of(vim.fn.screenstring(at.row, column))
    if state ~= '' then
      states[line] = state
    end
  end
  return states
end

--- A number for how a cell of the sign column looks; equal for equal colours.
function M.attribute(win, line)
  vim.cmd.redraw()
  local at = vim.fn.screenpos(win, line, 1)
  return vim.fn.screenattr(at.row, vim.fn.win_screenpos(win)[2])
end

--- The text of the floating window, if there is one.
---@return string?
function M.float()
  for _, win in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(win).relative ~= '' then
      local buf = vim.api.nvim_win_get_buf(win)
      return table.concat(vim.api.nvim_buf_get_lines(buf, 0, -1, false), '\n')
    end
  end
end

--- What is told in the last line while `work` runs, and not kept for :messages.
---@return string
function M.echoed(work)
  local echo, said = vim.api.nvim_echo, {}
  vim.api.nvim_echo = function(chunks, ...)
    for _, chunk in ipairs(chunks) do
      table.insert(said, chunk[1])
    end
    return echo(chunks, ...)
  end
  local worked, failure = pcall(work)
  vim.api.nvim_echo = echo
  assert(worked, failure)
  return table.concat(said)
end

---@return string everything that :messages has
function M.messages()
  return vim.fn.execute('messages')
end

return M
