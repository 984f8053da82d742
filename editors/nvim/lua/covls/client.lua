-- The language client: starting it where Neovim does not, finding it, asking it.
local config = require('covls.config')

local M = {}

local METHOD_CALLS = vim.fn.has('nvim-0.11') == 1

---@return boolean
local function is_covls(client)
  return client ~= nil
    and (
      client.name == 'covls'
      or vim.tbl_get(client, 'server_capabilities', 'experimental', 'covls') ~= nil
    )
end

---@param buf? integer
---@return vim.lsp.Client[] the running clients of all buffers, or of one
function M.all(buf)
  return vim.tbl_filter(is_covls, vim.lsp.get_clients({ bufnr = buf }))
end

--- A table without the members that were null in JSON.
function M.without_nulls(value)
  if type(value) ~= 'table' then
    return value
  end
  local rest = {}
  for key, member in pairs(value) do
    if member ~= vim.NIL then
      rest[key] = M.without_nulls(member)
    end
  end
  return rest
end

--- Sends a request. `callback` gets the error's message or the result.
---@param client vim.lsp.Client
function M.request(client, method, params, callback)
  local function answered(failure, result)
    callback(failure and (failure.message or tostring(failure)), M.without_nulls(result))
  end
  if METHOD_CALLS then
    client:request(method, params, answered)
  else
    client.request(method, params, answered)
  end
end

--- The same, but waits; for :checkhealth.
---@return table? result
---@return string? failure
function M.request_wait(client, method, params, milliseconds)
  local answer, failure
  M.request(client, method, params, function(message, result)
    answer, failure = result, message
  end)
  vim.wait(milliseconds, function()
    return answer ~= nil or failure ~= nil
  end, 10)
  return answer, failure or (not answer and 'no answer' or nil)
end

---@type table<string, true> what has been set for covls alone
local own = {}

--- How the diagnostics of a client are drawn: as the option says, and what it no longer says as all others.
local function configure_diagnostics(id)
  local wanted = config.get().diagnostics or {}
  local all, rest = vim.diagnostic.config(), {}
  for key in pairs(own) do
    rest[key] = all[key] or false
  end
  for key in pairs(wanted) do
    own[key] = true
  end
  if next(own) then
    vim.diagnostic.config(vim.tbl_extend('force', rest, wanted), vim.lsp.diagnostic.get_namespace(id, false))
  end
end

---@param buf integer
function M.attached(buf, id)
  local client = vim.lsp.get_client_by_id(id)
  if not is_covls(client) then
    return
  end
  configure_diagnostics(id)
  require('covls.buffer').open(buf, id)
end

--- Gives the options to the servers that run.
function M.configure()
  local params = { settings = { covls = config.settings() } }
  for _, client in ipairs(M.all()) do
    configure_diagnostics(client.id)
    if METHOD_CALLS then
      client:notify('workspace/didChangeConfiguration', params)
    else
      client.notify('workspace/didChangeConfiguration', params)
    end
  end
end

---@param buf integer
function M.detached(buf, id)
  require('covls.buffer').close(buf, id)
end

-- Files that no test ever runs: with these alone, Neovim does without a server.
local NOT_CODE = {}
for _, filetype in ipairs({
  'bib', 'checkhealth', 'conf', 'csv', 'desktop', 'diff', 'dosini', 'editorconfig', 'gitcommit', 'gitconfig',
  'gitignore', 'gitrebase', 'help', 'hgcommit', 'ini', 'json', 'json5', 'jsonc', 'log', 'mail', 'man',
  'markdown', 'netrw', 'norg', 'org', 'plaintex', 'qf', 'requirements', 'rst', 'sshconfig', 'svg', 'tex',
  'text', 'toml', 'xml', 'yaml',
}) do
  NOT_CODE[filetype] = true
end

-- Of a larger file each copy costs more than its marks are worth.
local BYTES_MAX = 32 * 1024 * 1024

---@param filetype string
---@return boolean may a file of this type have coverage?
function M.is_code(filetype)
  return filetype ~= '' and not NOT_CODE[filetype]
end

--- Why a buffer is left alone: nil if it is a file on disk that may have coverage. Not what a plugin shows under a
--- name of its own, such as `fugitive://…`.
---@param buf integer
---@return string? words
function M.why_not(buf)
  local name, filetype = vim.api.nvim_buf_get_name(buf), vim.bo[buf].filetype
  if vim.bo[buf].buftype ~= '' or name:find('^%a[%w+.-]+://') then
    return 'this is not a file on the disk'
  elseif name == '' then
    return 'this buffer has no file yet'
  elseif filetype == '' then
    return "this file has no 'filetype'"
  elseif not M.is_code(filetype) then
    return ("files with 'filetype' %s are not looked at"):format(filetype)
  elseif vim.api.nvim_buf_get_offset(buf, vim.api.nvim_buf_line_count(buf)) > BYTES_MAX then
    return 'files of more than 32 MiB are not looked at'
  end
end

--- Is this a file on disk that may have coverage?
---@param buf integer
---@return boolean
function M.wants(buf)
  return M.why_not(buf) == nil
end

--- As vim.lsp.enable() chooses it: the first group of markers that is found decides.
---@param buf integer
---@param groups (string|string[])[]
---@return string?
local function root_of(buf, groups)
  for _, markers in ipairs(groups) do
    local root = vim.fs.root(buf, markers)
    if root then
      return root
    end
  end
end

--- The `root_dir` of lsp/covls.lua: the folder by the markers that are configured; for a buffer that is
--- not wanted the server is not started.
---@param buf integer
---@param on_dir fun(root?: string)
function M.root(buf, on_dir)
  if M.wants(buf) then
    on_dir(root_of(buf, vim.lsp.config.covls.root_markers))
  end
end

local warned = false

--- Starts the server for a buffer, or attaches the buffer to the one that runs; for Neovim 0.10.
---@param buf integer
function M.start(buf)
  local path = vim.api.nvim_get_runtime_file('lsp/covls.lua', false)[1]
  if not M.wants(buf) or not path then
    return
  end
  local settings = dofile(path)
  if vim.fn.executable(settings.cmd[1]) == 0 then
    if not warned then
      vim.notify(("covls: '%s' is not there; see :help covls-install"):format(settings.cmd[1]),
        vim.log.levels.WARN)
    end
    warned = true
    return
  end
  vim.lsp.start({
    name = 'covls',
    cmd = settings.cmd,
    root_dir = root_of(buf, settings.root_markers),
    init_options = settings.init_options,
    capabilities = settings.capabilities,
    handlers = settings.handlers,
  }, { bufnr = buf })
end

return M
