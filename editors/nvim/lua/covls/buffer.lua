-- What is known of each buffer, and its signs.
--
-- One extmark stands for each line that has a state, hidden or not, so Neovim itself moves the states
-- with the text. A message from the server is compared with the marks that are there and only the
-- difference is placed. Between an edit and the server's answer to it, a mark whose line was touched
-- says `unknown`; it would say something of a text that never ran else.
--
-- What the server has said is kept beside the marks, as it was sent: a `covls/coverageChange` speaks of that,
-- which may be of an older text. Once it is of the text that is there, the marks of the lines that either
-- side has touched since are looked at.
local config = require('covls.config')
local model = require('covls.model')

local api = vim.api
local namespace = api.nvim_create_namespace('covls')

local M = { namespace = namespace }

---@class covls.Buffer
---@field client_id integer
---@field marks table<integer, string> the look of each extmark, by its id
---@field message? table what the server said last, without the lines
---@field said? table the same, where that is of a text that is not the present one
---@field heard table<string, number> milliseconds, when a member with an age was told
---@field model? covls.Model the lines, as the server said
---@field typed covls.Ranges rows of the text now that were typed in since the marks were those of the model
---@field edited? integer `changedtick` of the last change since the document was opened
---@field hidden? boolean overrides `M.hidden`

---@type table<integer, covls.Buffer>
local buffers = {}

local hidden = false

-- Looks ---------------------------------------------------------------------------------------

-- A look is a state, `+` if it is a further line of a partial statement, `~` if it is stale, `-` if it
-- is hidden, `:` and what has changed against the baseline: 'missed', 'partial+', 'missed~-:lost'.

local GROUPS = {
  covered = 'CoverageCovered',
  partial = 'CoveragePartial',
  missed = 'CoverageMissed',
  excluded = 'CoverageExcluded',
  unknown = 'CoverageUnknown',
}

local CHANGE_GROUPS = {
  lost = 'CovlsLost',
  gained = 'CovlsGained',
  ['newly-missed'] = 'CovlsNewlyMissed',
}

---@param change? string
---@return string
local function look_of(state, is_further, stale, is_hidden, change)
  return state
    .. (is_further and '+' or '')
    .. (stale and '~' or '')
    .. (is_hidden and '-' or '')
    .. (change and ':' .. change or '')
end

---@return string
local function state_of(look)
  return look:match('^%a+')
end

---@return string?
local function change_of(look)
  return look:match(':(.+)')
end

---@return boolean
local function is_further(look)
  return look:match('^%a+%+') ~= nil
end

---@type table<string, vim.api.keyset.set_extmark>
local extmarks = {}

---@return vim.api.keyset.set_extmark the extmark that a look is drawn with
local function extmark_of(look)
  if not extmarks[look] then
    local state, change = state_of(look), change_of(look)
    local flags = look:match('^%a+([+~-]*)')
    local stale = flags:find('~', 1, true)
    local text = not flags:find('-', 1, true) and config.sign(state, change) or nil
    extmarks[look] = {
      sign_text = text,
      sign_hl_group = text and (stale and 'CoverageStale' or CHANGE_GROUPS[change] or GROUPS[state]),
      number_hl_group = text and not stale and CHANGE_GROUPS[change] or nil,
      priority = config.get().priority,
      invalidate = true,
      undo_restore = false,
    }
  end
  return extmarks[look]
end

-- Marks ---------------------------------------------------------------------------------------

---@return boolean
local function is_hidden(buffer)
  if buffer.hidden ~= nil then
    return buffer.hidden
  end
  return hidden
end

--- How stale signs are drawn: in grey, as always, or not.
---@return boolean dimmed, boolean is_hidden
local function flags_of(buffer)
  local stale = buffer.message ~= nil and buffer.message.freshness == 'stale'
  local look = config.get().stale
  return stale and look ~= 'normal', is_hidden(buffer) or (stale and look == 'hidden')
end

---@param first integer row
---@param last integer row
---@return table<integer, string> the look of each row between them that is to have one
local function wanted_looks(buf, buffer, first, last)
  local stale, off = flags_of(buffer)
  local wanted, changes = {}, {}
  last = math.min(last, api.nvim_buf_line_count(buf) - 1)
  for _, run in model.within(buffer.model.changes, first, last) do
    for row = math.max(run.start, first), math.min(run['end'], last) do
      changes[row] = CHANGE_GROUPS[run.change] and run.change
    end
  end
  for _, run in model.within(buffer.model.runs, first, last) do
    if GROUPS[run.state] then
      -- A run of partial lines is one statement.
      local is_one = run.state == 'partial'
      local further = look_of(run.state, is_one, stale, off)
      for row = math.max(run.start, first), math.min(run['end'], last) do
        wanted[row] = changes[row] and look_of(run.state, is_one, stale, off, changes[row]) or further
      end
      if is_one and run.start >= first and run.start <= last then
        wanted[run.start] = look_of(run.state, false, stale, off, changes[run.start])
      end
    end
  end
  return wanted
end

--- Places the signs of some rows; only those that differ are touched.
---@param first integer row
---@param last integer row, may be behind the end
---@param wanted table<integer, string> is used up
local function place(buf, buffer, first, last, wanted)
  last = math.min(last, api.nvim_buf_line_count(buf) - 1)
  if last < first then
    return
  end
  local marks = buffer.marks
  for _, mark in ipairs(api.nvim_buf_get_extmarks(buf, namespace, { first, 0 }, { last, -1 }, {})) do
    local id, row = mark[1], mark[2]
    if marks[id] and wanted[row] == marks[id] then
      wanted[row] = nil
    else
      api.nvim_buf_del_extmark(buf, namespace, id)
      marks[id] = nil
    end
  end
  for row, look in pairs(wanted) do
    marks[api.nvim_buf_set_extmark(buf, namespace, row, 0, extmark_of(look))] = look
  end
end

--- Makes all signs those of the model.
local function place_all(buf, buffer)
  place(buf, buffer, 0, math.huge, wanted_looks(buf, buffer, 0, math.huge))
  -- Marks whose lines have gone are of no use.
  local there = {}
  for _, mark in ipairs(api.nvim_buf_get_extmarks(buf, namespace, 0, -1, {})) do
    there[mark[1]] = buffer.marks[mark[1]]
  end
  buffer.marks = there
end

--- Draws the marks that are there once more, after a change of what is hidden or of how they look.
local function redraw(buf, buffer)
  local stale, off = flags_of(buffer)
  local wanted = {}
  for _, mark in ipairs(api.nvim_buf_get_extmarks(buf, namespace, 0, -1, {})) do
    local look = buffer.marks[mark[1]]
    if look then
      wanted[mark[2]] = look_of(state_of(look), is_further(look), stale, off, change_of(look))
    end
  end
  place(buf, buffer, 0, math.huge, wanted)
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
  local stale, off = flags_of(buffer)
  local unknown = look_of('unknown', false, stale, off)
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
    on_lines = function(_, _, tick, first, last, new_last)
      buffer.edited = tick
      -- A line more: what was joined to its neighbour, or came beside it, leaves nothing between.
      buffer.typed:edit(first, last - first, new_last - first)
      buffer.typed:add(first, new_last)
      return is_over()
    end,
    -- The text was read from disk again: the client closes the document and opens it anew.
    on_reload = function()
      buffer.edited = nil
      buffer.model = nil
      api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
      buffer.marks = {}
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
local function without_lines(message)
  local rest = {}
  for key, value in pairs(message) do
    if key ~= 'runs' and key ~= 'edits' then
      rest[key] = value
    end
  end
  rest = require('covls.client').without_nulls(rest)
  if rest.changes then
    rest.changes.runs = nil -- of the copy
  end
  return rest
end

--- The time of day of the clock that ages are counted by, in milliseconds.
local function now()
  return vim.uv.hrtime() / 1e6
end

local clock

--- Ages are told in the status line: it is drawn anew now and then.
local function start_clock()
  if not clock then
    clock = assert(vim.uv.new_timer())
    clock:start(30000, 30000, vim.schedule_wrap(function()
      if next(buffers) then
        redraw_statuslines()
      end
    end))
    clock:unref()
  end
end

-- For the others ------------------------------------------------------------------------------

---@param buf integer
---@param client_id integer
function M.open(buf, client_id)
  if buffers[buf] and buffers[buf].client_id == client_id then
    return
  end
  config.define_highlights()
  start_clock()
  buffers[buf] = { client_id = client_id, marks = {}, typed = model.ranges(), heard = {} }
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

--- The buffer of a message, if covls follows it.
---@return integer? buf, covls.Buffer? buffer
local function addressed(message, context)
  local buf = find(message.uri)
  if not buf or not api.nvim_buf_is_loaded(buf) then
    return
  end
  -- The first message may come before LspAttach.
  M.open(buf, context.client_id)
  return buf, buffers[buf]
end

--- The ages in a message are those of now.
local function hear_ages(buffer, message)
  for _, key in ipairs({ 'data', 'earlier' }) do
    if type(message[key]) == 'table' then
      buffer.heard[key] = now()
    end
  end
end

--- Takes a `covls/coverage` notification. What it says of an older text is not drawn: the server sends more
--- as soon as it has seen the newer.
---@param message table
---@param context { client_id: integer }
function M.receive(message, context)
  local buf, buffer = addressed(message, context)
  if not buf or not buffer then
    return
  end
  buffer.model = model.new(message)
  buffer.said = without_lines(message)
  hear_ages(buffer, message)
  if is_current(buf, buffer, message.version) then
    buffer.message = buffer.said
    place_all(buf, buffer)
    buffer.typed, buffer.model.touched = model.ranges(), model.ranges()
    tell(buf, buffer.message)
  end
end

local function look_is_another(before, after)
  return (before and before.freshness == 'stale') ~= (after.freshness == 'stale')
end

--- Takes a `covls/coverageChange` notification: what differs from the message before.
---@param change table
---@param context { client_id: integer }
function M.receive_change(change, context)
  local buf, buffer = addressed(change, context)
  if not buf or not buffer or not buffer.model then
    return -- of a document that was read anew meanwhile
  end
  buffer.model:apply(change)
  buffer.said = vim.tbl_extend('force', buffer.said, without_lines(change))
  for key, member in pairs(change) do
    if member == vim.NIL then
      buffer.said[key] = nil
    end
  end
  hear_ages(buffer, change)
  if not is_current(buf, buffer, change.version) then
    return
  end
  local all = not buffer.model:is_drawn() or look_is_another(buffer.message, buffer.said)
  buffer.message = buffer.said
  if all then
    place_all(buf, buffer)
  else
    for _, rows in ipairs(buffer.model.touched:with(buffer.typed)) do
      place(buf, buffer, rows[1], rows[2], wanted_looks(buf, buffer, rows[1], rows[2]))
    end
  end
  buffer.typed, buffer.model.touched = model.ranges(), model.ranges()
  tell(buf, buffer.message)
end

---@class covls.Ages seconds, as of now
---@field data? number
---@field earlier? number of the oldest run before the last that counts

---@param buf integer
---@return covls.Ages
function M.ages(buf)
  local ages = {}
  local buffer = buffers[buf]
  for _, key in ipairs({ 'data', 'earlier' }) do
    local member = buffer and buffer.message and buffer.message[key]
    if member and member.ageSeconds then
      ages[key] = member.ageSeconds + (now() - (buffer.heard[key] or now())) / 1000
    end
  end
  return ages
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
    local stale, off = flags_of(buffer)
    local wanted = {}
    for _, mark in ipairs(api.nvim_buf_get_extmarks(buf, namespace, 0, -1, {})) do
      local look = buffer.marks[mark[1]]
      if look then
        wanted[mark[2]] = look_of(state_of(look), is_further(look), stale, off, change_of(look))
      end
    end
    buffer.marks = {}
    place(buf, buffer, 0, math.huge, wanted)
  end
end

return M
