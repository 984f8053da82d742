-- What users and other plugins may call; see :help covls-lua.
local M = {}

--- Sets the options and starts covls for the files that are opened. Not needed with the defaults: on Neovim 0.11
--- and later `vim.lsp.enable('covls')` is enough, and on 0.10 the plugin alone. Called again, it changes
--- the options at once.
---@param options? covls.Options
function M.setup(options)
  local config = require('covls.config')
  config.set(options)
  require('covls.buffer').refresh()
  require('covls.client').configure()
  if vim.fn.has('nvim-0.11') == 1 then
    vim.lsp.config('covls', { cmd = config.command(), init_options = config.init_options() })
    vim.lsp.enable('covls')
  end
end

local function say(text, level)
  if level then
    vim.notify('covls: ' .. text, level)
  else
    vim.api.nvim_echo({ { text } }, false, {})
  end
end

--- Why nothing is known of a buffer.
---@param buf integer
---@return string
local function why_silent(buf)
  local client = require('covls.client')
  if #client.all(buf) > 0 then
    return require('covls.text').UNREAD
  end
  return client.why_not(buf) or 'not running for this buffer; see :checkhealth covls'
end

---@param buf integer
---@return string
local function why_nothing(buf)
  local coverage = require('covls.buffer').message(buf)
  if not coverage then
    return why_silent(buf)
  end
  local reason = coverage.reason and coverage.reason.message or ''
  if (coverage.freshness == 'none' or coverage.freshness == 'unknown') and reason ~= '' then
    return reason
  end
  local unknown = coverage.summary and coverage.summary.unknown or 0
  if unknown > 0 then
    local statements = require('covls.text').count(unknown, 'statement')
    return ('nothing that is known is uncovered here; %s changed since the run'):format(statements)
  end
  return 'nothing is uncovered here'
end

---@class covls.Jump
---@field count? integer
---@field wrap? boolean past the end of the buffer; by default as 'wrapscan' says
---@field state? 'missed'|'partial' no others

---@param spans covls.Span[]
---@param line integer
---@param step 1|-1
---@return integer index of the next span from `line`; out of range behind the last
local function neighbour(spans, line, step)
  if step > 0 then
    for index, span in ipairs(spans) do
      if span.first > line then
        return index
      end
    end
    return #spans + 1
  end
  for index = #spans, 1, -1 do
    if spans[index].first < line then
      return index
    end
  end
  return 0
end

--- A reason and where one is among the places, on one line, so that Neovim does not ask for Enter.
---@param reasons string[]
---@param position string
---@return string
local function one_line(reasons, position)
  local more = #reasons > 1 and (' (and %d more)'):format(#reasons - 1) or ''
  local tail = more .. position
  local room = vim.v.echospace - vim.fn.strdisplaywidth(tail)
  local reason = reasons[1]
  if vim.fn.strdisplaywidth(reason) > room then
    reason = reason:gsub(' because .*', '') -- what was not taken says it, too
  end
  return vim.fn.strcharpart(reason, 0, math.max(room, 0)) .. tail
end

local function jump(step, options)
  options = options or {}
  local buf = vim.api.nvim_get_current_buf()
  local spans = vim.tbl_filter(function(span)
    return not options.state or span.state == options.state
  end, require('covls.buffer').uncovered(buf))
  if #spans == 0 then
    return say(why_nothing(buf), vim.log.levels.INFO)
  end
  local wrap = options.wrap
  if wrap == nil then
    wrap = vim.o.wrapscan
  end
  local line = vim.api.nvim_win_get_cursor(0)[1]
  local index = neighbour(spans, line, step) + step * ((options.count or 1) - 1)
  if wrap then
    index = (index - 1) % #spans + 1
  elseif not spans[index] then
    return say(('nothing is uncovered %s here'):format(step > 0 and 'after' or 'before'),
      vim.log.levels.INFO)
  end
  local span = spans[index]
  vim.cmd("normal! m'")
  vim.api.nvim_win_set_cursor(0, { span.first, 0 })
  vim.cmd('normal! ^')
  if vim.fn.foldclosed('.') ~= -1 then
    vim.cmd('normal! zv')
  end
  local reasons = require('covls.places').reasons(buf, span)
  say(one_line(reasons, (' (%d of %d)'):format(index, #spans)))
end

--- Goes to the next uncovered place: missed lines, or a statement that did not take every way out.
---@param options? covls.Jump
function M.next(options)
  jump(1, options)
end

--- Goes to the uncovered place before.
---@param options? covls.Jump
function M.prev(options)
  jump(-1, options)
end

--- Puts the uncovered places and the reasons into the quickfix list, and opens it.
---@param buf? integer this buffer alone, not all that are open
function M.list(buf)
  local items = {}
  for _, each in ipairs(buf and { buf } or require('covls.buffer').all()) do
    vim.list_extend(items, require('covls.places').items(each))
  end
  vim.fn.setqflist({}, ' ', { title = 'Uncovered', items = items })
  if #items == 0 then
    return say(why_nothing(buf or vim.api.nvim_get_current_buf()), vim.log.levels.INFO)
  end
  vim.cmd('botright copen')
end

---@param buf? integer this buffer alone
function M.show(buf)
  require('covls.buffer').show(true, buf)
end

---@param buf? integer
function M.hide(buf)
  require('covls.buffer').show(false, buf)
end

---@param buf? integer
function M.toggle(buf)
  local buffer = require('covls.buffer')
  buffer.show(not buffer.is_shown(buf), buf)
end

---@param buf? integer the current one by default
---@return boolean
function M.is_shown(buf)
  return require('covls.buffer').is_shown(buf or vim.api.nvim_get_current_buf())
end

--- Has the server read the coverage data again. It does so by itself when the data changes.
function M.reload()
  local client = require('covls.client')
  local clients = client.all()
  if #clients == 0 then
    return say('not running; see :checkhealth covls', vim.log.levels.WARN)
  end
  for _, each in ipairs(clients) do
    client.request(each, 'workspace/executeCommand', { command = 'covls.reload' }, function(failure)
      if failure then
        say('reload failed: ' .. failure, vim.log.levels.ERROR)
      end
    end)
  end
end

--- Asks the server how it stands, and with this buffer.
---@param callback? fun(lines: string[]) instead of printing
function M.status(callback)
  local client = require('covls.client')
  local text = require('covls.text')
  callback = callback
    or function(lines)
      vim.api.nvim_echo({ { table.concat(lines, '\n') } }, true, {})
    end
  local buf = vim.api.nvim_get_current_buf()
  local here = client.all(buf)[1]
  local asked = here or client.all()[1]
  if not asked then
    return callback({ 'covls is not running; see :checkhealth covls' })
  end
  local params = vim.empty_dict()
  if here then
    params = { textDocument = { uri = vim.uri_from_bufnr(buf) } }
  end
  client.request(asked, 'covls/status', params, function(failure, status)
    if failure then
      return callback({ 'covls: ' .. failure })
    end
    local lines = text.status(status, vim.fn.expand('#' .. buf .. ':~:.'))
    if not here then
      table.insert(lines, 1, 'covls: ' .. why_silent(buf))
    end
    callback(lines)
  end)
end

--- Asks the server why there is no more to see in this buffer: what was looked at, by which settings, and
--- which of them would help.
---@param callback? fun(lines: string[]) instead of printing
function M.why(callback)
  local client = require('covls.client')
  callback = callback
    or function(lines)
      vim.api.nvim_echo({ { table.concat(lines, '\n') } }, true, {})
    end
  local buf = vim.api.nvim_get_current_buf()
  local here = client.all(buf)[1]
  if not here then
    return callback({ 'covls: ' .. why_silent(buf) })
  end
  local params = { command = 'covls.explain', arguments = { vim.uri_from_bufnr(buf) } }
  client.request(here, 'workspace/executeCommand', params, function(failure, why)
    if failure then
      return callback({ 'covls: ' .. failure })
    end
    local lines = { why.verdict }
    vim.list_extend(lines, vim.split(vim.trim(why.text), '\n%s%s', { trimempty = true }))
    callback(lines)
  end)
end

--- The client that looks at a buffer, or else any: baselines are of a project.
---@param buf integer
---@return vim.lsp.Client? client
---@return string? uri of a document that it knows
local function asked(buf)
  local client = require('covls.client')
  local here = client.all(buf)[1]
  if here then
    return here, vim.uri_from_bufnr(buf)
  end
  for _, each in ipairs(require('covls.buffer').all()) do
    local other = client.all(each)[1]
    if other then
      return other, vim.uri_from_bufnr(each)
    end
  end
  say('not running; see :checkhealth covls', vim.log.levels.WARN)
end

--- Has the server do a command of its own. What is wrong is said.
---@param callback fun(result: table)
local function execute(client, command, arguments, callback)
  require('covls.client').request(client, 'workspace/executeCommand', {
    command = command,
    arguments = arguments,
  }, function(failure, result)
    if failure then
      return say(failure, vim.log.levels.ERROR)
    end
    callback(result or {})
  end)
end

--- Saved runs to compare with.
---@param action? 'list'|'save'|'use'|'drop'
---@param name? string for `use`, nil: none
---@param callback? fun(answer: table) instead of printing
function M.baseline(action, name, callback)
  local client, uri = asked(vim.api.nvim_get_current_buf())
  if not client then
    return
  end
  action = action or 'list'
  local arguments = { uri }
  if action ~= 'list' then
    arguments[2] = name or vim.NIL
  end
  execute(client, 'covls.baseline.' .. action, arguments, callback or function(answer)
    local lines = require('covls.text').baselines(answer)
    vim.api.nvim_echo({ { table.concat(lines, '\n') } }, #lines > 1, {})
  end)
end

--- Puts what differs from the baseline into the quickfix list, and opens it.
---@param buf? integer this buffer alone, not all files of the project
---@param callback? fun(answer: table) after that
function M.changes(buf, callback)
  local client, uri = asked(buf or vim.api.nvim_get_current_buf())
  if not client then
    return
  end
  local answered = false
  -- A large project takes a moment.
  vim.defer_fn(function()
    if not answered then
      say('comparing all files of the project with the baseline …')
    end
  end, 500)
  local command = buf and 'covls.changes' or 'covls.changes.project'
  execute(client, command, { uri }, function(answer)
    answered = true
    local items = require('covls.places').changes(answer)
    vim.fn.setqflist({}, ' ', { title = ('Against %s'):format(answer.baseline or 'no baseline'), items = items })
    if not answer.baseline then
      say('there is no baseline; :Coverage baseline save NAME saves the last run as one', vim.log.levels.INFO)
    elseif #items == 0 then
      say(('nothing differs from the baseline %s'):format(answer.baseline), vim.log.levels.INFO)
    else
      vim.cmd('botright copen')
    end
    if callback then
      callback(answer)
    end
  end)
end

--- Has the server forget all test runs before the last.
---@param callback? fun() after that
function M.forget(callback)
  local client = asked(vim.api.nvim_get_current_buf())
  if client then
    execute(client, 'covls.forgetRuns', {}, callback or function()
      say('earlier test runs are forgotten')
    end)
  end
end

--- What covls last said of a buffer: a `covls/coverage` message without its runs.
---@param buf? integer the current one by default
---@return table?
function M.get(buf)
  return require('covls.buffer').message(buf or vim.api.nvim_get_current_buf())
end

--- "82% · 5 missed · 2 partial · 3 min"; for 'statusline': %{v:lua.require'covls'.statusline()}
---@param buf? integer the current one by default
---@return string
function M.statusline(buf)
  buf = buf or vim.api.nvim_get_current_buf()
  return require('covls.text').statusline(M.get(buf), vim.bo[buf].filetype, require('covls.buffer').ages(buf))
end

return M
