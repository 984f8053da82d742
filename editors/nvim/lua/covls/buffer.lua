-- What is known of each buffer, and its signs.
--
-- One extmark stands for each line that has a state, hidden or not, so Neovim itself moves the states
-- with the text. A message from the server is compared with the marks that are there and only the
-- difference is placed. Between an edit and the server's answer to it, a mark whose line was touched
-- says `unknown`; it would say something of a text that never ran else.
local config = require('covls.config')

local api = vim.api
local namespace = api.nvim_create_namespace('covls')

local M = { namespace = namespace }

---@class covls.Buffer
---@field client_id integer
---@field marks table<integer, string> the look of each extmark, by its id
---@field message? table the last `covls/coverage` that was drawn, without its runs
---@field edited? integer `changedtick` of the last change since the document was opened
---@field hidden? boolean overrides `M.hidden`

---@type table<integer, covls.Buffer>
local buffers = {}

local hidden = false

-- Looks ---------------------------------------------------------------------------------------

-- A look is a state, `+` if it is a further line of a partial statement, `~` if it is stale, `-` if it
-- is hidden: 'missed', 'partial+', 'missed~-'.

local GROUPS = {
  covered = 'CoverageCovered',
  partial = 'CoveragePartial',
  missed = 'CoverageMissed',
  excluded = 'CoverageExcluded',
  unknown = 'CoverageUnknown',
}

---@return string
local function look_of(state, is_further, stale, is_hidden)
  return state .. (is_further and '+' or '') .. (stale and '~' or '') .. (is_hidden and '-' or '')
end

---@return string
local function state_of(look)
  return look:match('^%a+')
end

---@return boolean
local function is_further(look)
  return look:find('+', 1, true) ~= nil
end

---@type table<string, vim.api.keyset.set_extmark>
local extmarks = {}

---@return vim.api.keyset.set_extmark the extmark that a look is drawn with
local function extmark_of(look)
  if not extmarks[look] then
    local state, stale = state_of(look), look:find('~', 1, true)
    local text = not look:find('-', 1, true) and config.sign(state) or nil
    extmarks[look] = {
      sign_text = text,
      sign_hl_group = text and (stale and 'CoverageStale' or GROUPS[state]),
      priority = config.get().priority,
      invalidate = true,
      undo_restore = false,
    }
  end
  return extmarks[look]
end

-- Marks ---------------------------------------------------------------------------------------

---@return table<integer, string> the look of each row that is to have one
local function wanted_looks(buf, message, is_hidden)
  local last = api.nvim_buf_line_count(buf) - 1
  local wanted = {}
  for _, run in ipairs(message.runs) do
    if GROUPS[run.state] then
      local stale = message.freshness == 'stale'
      -- A run of partial lines is one statement.
      local further = look_of(run.state, run.state == 'partial', stale, is_hidden)
      for row = run.start, math.min(run['end'], last) do
        wanted[row] = further
      end
      if run.start <= last then
        wanted[run.start] = look_of(run.state, false, stale, is_hidden)
      end
    end
  end
  return wanted
end

---@param wanted table<integer, string> is used up
local function place(buf, buffer, wanted)
  local kept = {}
  for _, mark in ipairs(api.nvim_buf_get_extmarks(buf, namespace, 0, -1, {})) do
    local id, row = mark[1], mark[2]
    local look = buffer.marks[id]
    if look and wanted[row] == look then
      kept[id] = look
      wanted[row] = nil
    else
      api.nvim_buf_del_extmark(buf, namespace, id)
    end
  end
  for row, look in pairs(wanted) do
    kept[api.nvim_buf_set_extmark(buf, namespace, row, 0, extmark_of(look))] = look
  end
  buffer.marks = kept
end

---@return boolean
local function is_hidden(buffer)
  if buffer.hidden ~= nil then
    return buffer.hidden
  end
  return hidden
end

--- Draws the marks that are there once more, after a change of what is hidden.
local function redraw(buf, buffer)
  local stale = buffer.message ~= nil and buffer.message.freshness == 'stale'
  local wanted = {}
  for _, mark in ipairs(api.nvim_buf_get_extmarks(buf, namespace, 0, -1, {})) do
    local look = buffer.marks[mark[1]]
    if look then
      wanted[mark[2]] = look_of(state_of(look), is_further(look), stale, is_hidden(buffer))
    end
  end
  place(buf, buffer, wanted)
end

-- Edits ---------------------------------------------------------------------------------------

---@return integer
local function line_length(buf, row)
  return #(api.nvim_buf_get_lines(buf, row, row + 1, false)[1] or '')
end

--- Did a change only put whole lines between others, or take whole lines away? The signs of lines that
--- go are deleted by Neovim. Rows and columns as |api-buffer-updates-lua| gives them to on_bytes: the old
--- and the new end, relative to the start.
local function is_of_whole_lines(buf, row, col, old_rows, old_cols, new_rows, new_cols)
  if col == 0 and old_cols == 0 and new_cols == 0 then
    return true
  end
  local is_insertion = old_rows == 0 and old_cols == 0
  return is_insertion
    and new_rows > 0
    and line_length(buf, row) == col
    and line_length(buf, row + new_rows) == new_cols
end

--- Makes the sign of a touched line unknown, and takes away those of lines that were joined to it. Is
--- called before Neovim moves the marks: they still stand on the old rows.
local function on_bytes(buf, buffer, row, col, old_rows, old_cols, new_rows, new_cols)
  if is_of_whole_lines(buf, row, col, old_rows, old_cols, new_rows, new_cols) then
    return
  end
  local unknown = look_of('unknown', false, false, is_hidden(buffer))
  local range_end = { row + old_rows, -1 }
  for _, mark in ipairs(api.nvim_buf_get_extmarks(buf, namespace, { row, 0 }, range_end, {})) do
    local id = mark[1]
    if mark[2] > row then
      api.nvim_buf_del_extmark(buf, namespace, id)
    elseif buffer.marks[id] ~= unknown then
      local opts = vim.tbl_extend('error', extmark_of(unknown), { id = id })
      api.nvim_buf_set_extmark(buf, namespace, row, mark[3], opts)
      buffer.marks[id] = unknown
    end
  end
end

---@param buf integer
---@param buffer covls.Buffer
local function follow_edits(buf, buffer)
  local function is_over()
    return buffers[buf] ~= buffer
  end
  api.nvim_buf_attach(buf, false, {
    on_bytes = function(_, _, _, row, col, _, old_rows, old_cols, _, new_rows, new_cols)
      if is_over() then
        return true
      end
      on_bytes(buf, buffer, row, col, old_rows, old_cols, new_rows, new_cols)
    end,
    -- Its tick is the version that the language client will send; that of on_bytes is one too early.
    on_lines = function(_, _, tick)
      buffer.edited = tick
      return is_over()
    end,
    -- The text was read from disk again: the client closes the document and opens it anew.
    on_reload = function()
      buffer.edited = nil
      return is_over()
    end,
  })
end

--- Does a message with this version speak of the text as it is now? Neovim's own note of the version
--- is shared by all clients of a buffer, and on 0.10 each that attaches sets it to 0, so it cannot
--- say no by itself.
local function is_current(buf, buffer, version)
  return not buffer.edited
    or type(version) ~= 'number'
    or version >= buffer.edited
    or version == vim.lsp.util.buf_versions[buf]
end

-- Telling -------------------------------------------------------------------------------------

local redraw_is_due = false

local function redraw_statuslines()
  if not redraw_is_due then
    redraw_is_due = true
    vim.schedule(function()
      redraw_is_due = false
      vim.cmd.redrawstatus({ bang = true })
    end)
  end
end

local function tell(buf, message)
  vim.b[buf].covls = message
  api.nvim_exec_autocmds('User', {
    pattern = 'CoverageUpdated',
    modeline = false,
    data = { buf = buf, coverage = message },
  })
  redraw_statuslines()
end

---@return integer? buf the loaded buffer of a document
local function find(uri)
  local name = vim.uri_to_fname(uri)
  if vim.fn.bufexists(name) == 0 then
    return nil
  end
  return vim.fn.bufadd(name)
end

--- What others may see of a message.
local function without_runs(message)
  local rest = {}
  for key, value in pairs(message) do
    if key ~= 'runs' then
      rest[key] = value
    end
  end
  return require('covls.client').without_nulls(rest)
end

-- For the others ------------------------------------------------------------------------------

---@param buf integer
---@param client_id integer
function M.open(buf, client_id)
  if buffers[buf] and buffers[buf].client_id == client_id then
    return
  end
  config.define_highlights()
  buffers[buf] = { client_id = client_id, marks = {} }
  api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
  follow_edits(buf, buffers[buf])
end

---@param buf integer
---@param client_id integer
function M.close(buf, client_id)
  if not buffers[buf] or buffers[buf].client_id ~= client_id then
    return
  end
  buffers[buf] = nil
  if api.nvim_buf_is_valid(buf) then
    api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
    vim.b[buf].covls = nil
    redraw_statuslines()
  end
end

--- Draws a `covls/coverage` notification. One that speaks of an older text is let go: the server sends
--- another as soon as it has seen the newer.
---@param message table
---@param context { client_id: integer }
function M.receive(message, context)
  local buf = find(message.uri)
  if not buf or not api.nvim_buf_is_loaded(buf) then
    return
  end
  -- The first message may come before LspAttach.
  M.open(buf, context.client_id)
  local buffer = buffers[buf]
  if not is_current(buf, buffer, message.version) then
    return
  end
  place(buf, buffer, wanted_looks(buf, message, is_hidden(buffer)))
  buffer.message = without_runs(message)
  tell(buf, buffer.message)
end

---@param buf integer
---@return table? message the last one that was drawn, without its runs
function M.message(buf)
  return buffers[buf] and buffers[buf].message
end

---@return integer[] bufs those that covls follows, in order
function M.all()
  local bufs = vim.tbl_keys(buffers)
  table.sort(bufs)
  return bufs
end

---@class covls.Span
---@field first integer line, from 1
---@field last integer line, from 1
---@field state 'missed'|'partial'

--- Does a line with this look belong to the place that the lines before it are of?
local function continues(place, look)
  local state = state_of(look)
  return place ~= nil and place.state == state and (state == 'missed' or is_further(look))
end

--- The places that want a test, as they stand in the text now: missed lines, which lines without a state
--- do not part, and partial statements, each by itself.
---@param buf integer
---@return covls.Span[]
function M.uncovered(buf)
  local spans, open = {}, nil
  local buffer = buffers[buf]
  if not buffer then
    return spans
  end
  for _, mark in ipairs(api.nvim_buf_get_extmarks(buf, namespace, 0, -1, {})) do
    local look, line = buffer.marks[mark[1]], mark[2] + 1
    local state = look and state_of(look)
    if look and continues(open, look) then
      open.last = line
    elseif state == 'missed' or state == 'partial' then
      open = { first = line, last = line, state = state }
      table.insert(spans, open)
    elseif look then
      open = nil
    end
  end
  return spans
end

---@param buf? integer
---@return boolean are the signs shown, in a buffer or in general?
function M.is_shown(buf)
  local buffer = buf and buffers[buf]
  if buffer then
    return not is_hidden(buffer)
  end
  return not hidden
end

--- Shows or hides the signs of one buffer or, without it, of all.
---@param shown boolean
---@param buf? integer
function M.show(shown, buf)
  if not buf then
    hidden = not shown
  end
  for each, buffer in pairs(buffers) do
    if not buf or buf == each then
      if buf then
        buffer.hidden = not shown
      else
        buffer.hidden = nil
      end
      redraw(each, buffer)
    end
  end
end

--- Draws all anew, after a change of the options.
function M.refresh()
  extmarks = {}
  for buf, buffer in pairs(buffers) do
    local looks = buffer.marks
    local wanted = {}
    for _, mark in ipairs(api.nvim_buf_get_extmarks(buf, namespace, 0, -1, {})) do
      wanted[mark[2]] = looks[mark[1]]
    end
    buffer.marks = {}
    place(buf, buffer, wanted)
  end
end

return M
