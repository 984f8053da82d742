-- The options, their defaults, and the highlight groups.
local M = {}

---@class covls.Options
---@field cmd? string|string[] the server; `vim.g.covls_cmd`, else `covls` on $PATH
---@field data_file? string the data file, absolute or relative to the workspace folder
---@field path_mappings? { from: string, to: string }[] what recorded names begin with, and how that is called here
---@field python_version? string the Python by whose rules sources are read, such as '3.12'
---@field runs? 'replace'|'union' what counts of several runs of one data file: the last, or all that are kept
---@field new_statements? 'unknown'|'missed' how statements stand that are newer than the run
---@field baseline? string the saved run to compare with: its name, 'last' or 'off'; else the one in use
---@field severity? 'off'|'hint'|'information'|'warning'|'error' of the diagnostics
---@field diagnostics? table|false `vim.diagnostic.config()` for covls alone; false leaves yours in force
---@field priority? integer of the signs; breakpoints and diagnostics have 10 and more
---@field signs? 'bars'|'ascii'|table<string, string|false> a text of one or two cells for each state
---@field stale? 'dimmed'|'hidden'|'normal' how signs look whose data file is gone

local SIGNS = {
  bars = { covered = '▎', partial = '▚', missed = '█', excluded = '·', unknown = '┊' },
  ascii = { covered = '|', partial = '~', missed = '!', excluded = '-', unknown = '?' },
}

---@type covls.Options
local DEFAULTS = {
  cmd = nil,
  data_file = nil,
  path_mappings = {},
  python_version = nil,
  runs = 'replace',
  new_statements = 'unknown',
  baseline = nil,
  severity = 'hint',
  -- The gutter shows the same lines already.
  diagnostics = { signs = false, underline = false, virtual_text = false, virtual_lines = false },
  priority = 4,
  signs = 'bars',
  stale = 'dimmed',
}

-- What differs from the baseline, behind the state's sign.
local CHANGES = { lost = '-', gained = '+', ['newly-missed'] = '*' }

-- Each group is linked to the first of these that has a foreground colour in the colour scheme.
local HIGHLIGHTS = {
  CoverageCovered = { 'Added', 'DiagnosticOk', 'String' },
  CoveragePartial = { 'DiagnosticWarn', 'Changed', 'WarningMsg' },
  CoverageMissed = { 'Removed', 'DiagnosticError', 'ErrorMsg' },
  CoverageExcluded = { 'NonText', 'Comment' },
  CoverageUnknown = { 'Comment', 'NonText' },
  CoverageStale = { 'Comment', 'NonText' },
  CovlsLost = { 'DiagnosticError', 'ErrorMsg' },
  CovlsGained = { 'DiagnosticOk', 'Added', 'String' },
  CovlsNewlyMissed = { 'DiagnosticWarn', 'WarningMsg' },
}

---@type covls.Options
local options = DEFAULTS

---@param words string[]
---@return fun(value: any): string?
local function one_of(words)
  return function(value)
    return not vim.list_contains(words, value) and 'must be one of ' .. table.concat(words, ', ') or nil
  end
end

---@param kind type
---@return fun(value: any): string?
local function a(kind)
  return function(value)
    return type(value) ~= kind and 'must be a ' .. kind or nil
  end
end

---@return string?
local function not_a_command(value)
  if type(value) ~= 'string' and not (type(value) == 'table' and type(value[1]) == 'string') then
    return 'must be the program or a list of the words of its command line'
  end
end

---@return string?
local function not_mappings(value)
  local good = type(value) == 'table' and vim.islist(value)
  for _, each in ipairs(good and value or {}) do
    good = good and type(each) == 'table' and type(each.from or each[1]) == 'string' and type(each.to or each[2]) == 'string'
  end
  return not good and "must be a list such as { { from = '/ci/build', to = '.' } }" or nil
end

---@return string?
local function not_signs(value)
  if type(value) ~= 'table' then
    return one_of({ 'bars', 'ascii' })(value) and "must be 'bars', 'ascii' or a table with signs of states"
  end
  for state, text in pairs(value) do
    if not SIGNS.bars[state] and not CHANGES[state] then
      return ("must have signs of states only, and there is no state '%s'"):format(state)
    elseif text ~= false and (type(text) ~= 'string' or vim.fn.strdisplaywidth(text) > 2) then
      return ('must have a text of one or two cells, or false, for %s'):format(state)
    end
  end
end

---@return string?
local function not_diagnostics(value)
  return value ~= false and type(value) ~= 'table' and 'must be false or what vim.diagnostic.config() takes' or nil
end

-- What an option's value has to be, if it is not; nil if it is.
---@type table<string, fun(value: any): string?>
local WRONG = {
  cmd = not_a_command,
  data_file = a('string'),
  path_mappings = not_mappings,
  python_version = a('string'),
  runs = one_of({ 'replace', 'union' }),
  new_statements = one_of({ 'unknown', 'missed' }),
  baseline = a('string'),
  severity = one_of({ 'off', 'hint', 'information', 'warning', 'error' }),
  diagnostics = not_diagnostics,
  priority = a('number'),
  signs = not_signs,
  stale = one_of({ 'dimmed', 'hidden', 'normal' }),
}

--- Of wrong options none is taken, and an error says what they have to be.
---@param given? covls.Options
function M.set(given)
  given = given or {}
  for key, value in pairs(given) do
    if not WRONG[key] then
      error(("covls: there is no option '%s', see :help covls-options"):format(key), 3)
    end
    local wrong = WRONG[key](value)
    if wrong then
      local given_value = type(value) == 'table' and '' or ', not ' .. vim.inspect(value)
      error(("covls: the option '%s' %s%s; see :help covls-options"):format(key, wrong, given_value), 3)
    end
  end
  -- Where the program is does not change with the other options.
  options = vim.tbl_extend('force', DEFAULTS, { cmd = options.cmd }, given)
end

---@return covls.Options
function M.get()
  return options
end

---@return string[] the words of the server's command line
function M.command()
  local cmd = options.cmd or vim.g.covls_cmd or 'covls'
  return type(cmd) == 'string' and { vim.fn.expand(cmd) } or cmd
end

--- `initializationOptions`, see editors/PROTOCOL.md.
function M.init_options()
  return {
    coverage = true,
    coverageChanges = true,
    dataFile = options.data_file,
    pathMappings = next(options.path_mappings) and options.path_mappings or nil,
    pythonVersion = options.python_version,
    runs = options.runs,
    newStatements = options.new_statements,
    baseline = options.baseline,
    diagnostics = { severity = options.severity },
  }
end

--- `settings.covls` of `workspace/didChangeConfiguration`: what a running server is to have from now on. An
--- empty text stands for the default.
function M.settings()
  local settings = M.init_options()
  settings.coverage, settings.coverageChanges = nil, nil
  for _, key in ipairs({ 'dataFile', 'pathMappings', 'pythonVersion', 'baseline' }) do
    settings[key] = settings[key] or ''
  end
  return settings
end

---@param state string
---@param change? string against the baseline
---@return string? text nil if the state is not to be drawn
function M.sign(state, change)
  local signs = options.signs
  if type(signs) == 'string' then
    signs = SIGNS[signs] or SIGNS.bars
  end
  local text = signs[state]
  if text == nil then
    text = SIGNS.bars[state]
  end
  if not text then
    return nil
  end
  local both = change and vim.trim(text) .. (signs[change] or CHANGES[change] or '') or text
  return vim.fn.strdisplaywidth(both) <= 2 and both or text -- a sign has no more room
end

local function has_foreground(group)
  local definition = vim.api.nvim_get_hl(0, { name = group, link = false })
  return definition.fg ~= nil or definition.ctermfg ~= nil
end

local function link_highlights()
  for name, targets in pairs(HIGHLIGHTS) do
    local target = vim.iter(targets):find(has_foreground) or targets[#targets]
    vim.api.nvim_set_hl(0, name, { link = target, default = true })
  end
end

--- Defines the highlight groups, now and after each change of the colour scheme.
function M.define_highlights()
  M.define_highlights = function() end
  link_highlights()
  vim.api.nvim_create_autocmd('ColorScheme', {
    group = vim.api.nvim_create_augroup('covls', { clear = false }), -- of plugin/covls.lua, if that was loaded
    desc = 'covls: link the highlight groups',
    callback = link_highlights,
  })
end

return M
