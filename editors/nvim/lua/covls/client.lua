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

---@param buf integer
function M.attached(buf, id)
  local client = vim.lsp.get_client_by_id(id)
  if not is_covls(client) then
    return
  end
  if config.get().diagnostics then
    vim.diagnostic.config(config.get().diagnostics, vim.lsp.diagnostic.get_namespace(id, false))
  end
  require('covls.buffer').open(buf, id)
end

---@param buf integer
function M.detached(buf, id)
  require('covls.buffer').close(buf, id)
end

--- As vim.lsp.enable() chooses it: the first group of markers that is found decides.
local function root_of(buf, groups)
  for _, markers in ipairs(groups) do
    local root = vim.fs.root(buf, markers)
    if root then
      return root
    end
  end
end

local warned = false

--- Starts the server for a buffer, or attaches the buffer to the one that runs; for Neovim 0.10.
---@param buf integer
function M.start(buf)
  local path = vim.api.nvim_get_runtime_file('lsp/covls.lua', false)[1]
  if vim.bo[buf].buftype ~= '' or not path then
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
