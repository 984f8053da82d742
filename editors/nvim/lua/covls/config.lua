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

---@param given? covls.Options
function M.set(given)
  given = given or {}
  for key in pairs(given) do
    if DEFAULTS[key] == nil and not vim.list_contains({ 'cmd', 'data_file', 'python_version', 'baseline' }, key) then
      error(("covls: there is no option '%s', see :help covls-options"):format(key), 3)
    end
  end
  options = vim.tbl_extend('force', DEFAULTS, given)
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
    group = 'covls',
    desc = 'covls: link the highlight groups',
    callback = link_highlights,
  })
end

return M
