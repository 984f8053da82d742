-- :checkhealth covls
local M = {}

local health = vim.health

local function check_neovim()
  health.start('Neovim')
  local version = tostring(vim.version())
  if vim.fn.has('nvim-0.10') == 1 then
    health.ok('version ' .. version)
  else
    health.error('version ' .. version .. ' is older than 0.10')
  end
  if vim.fn.has('nvim-0.11') == 0 then
    return
  end
  if vim.lsp.is_enabled and not vim.lsp.is_enabled('covls') then
    health.warn('covls is not enabled', { "vim.lsp.enable('covls')", "require('covls').setup()" })
  end
end

---@return boolean found
local function check_program()
  health.start('Server')
  local cmd = require('covls.config').command()
  local path = vim.fn.exepath(cmd[1])
  if path == '' then
    health.error(("'%s' cannot be run"):format(cmd[1]), {
      'Put covls on $PATH, or',
      "require('covls').setup { cmd = '/path/of/covls' }",
    })
    return false
  end
  local run = vim.system({ path, '--version' }, { text = true, timeout = 5000 }):wait()
  if run.code ~= 0 then
    health.error(('%s --version failed: %s'):format(path, vim.trim(run.stderr or '')))
    return false
  end
  health.ok(('%s: %s'):format(path, vim.trim(run.stdout)))
  return true
end

local function report_data_file(text, file)
  if file.state == 'ok' then
    health.ok('data file ' .. text.data_file(file))
  else
    health.warn('data file ' .. text.data_file(file))
  end
end

local function report_document(text, name, document)
  local line = ('%s: %s'):format(name, text.statusline(document, 'python'))
  local reason = document.reason
  if reason and reason.code ~= 'none' then
    health.warn(('%s (%s)'):format(line, reason.message))
  else
    health.ok(line)
  end
end

local function check_client(each)
  local client, text = require('covls.client'), require('covls.text')
  local status, failure = client.request_wait(each, 'covls/status', vim.empty_dict(), 3000)
  if not status then
    health.error('the server does not tell how it stands: ' .. failure)
    return
  end
  health.ok(('client %d is attached to %s, covls %s answers with %s open'):format(
    each.id,
    text.count(vim.tbl_count(each.attached_buffers), 'buffer'),
    status.version,
    text.count(status.documents, 'document')
  ))
  health.info('workspace folder: ' .. (each.config.root_dir or 'none'))
  for _, file in ipairs(status.dataFiles or {}) do
    report_data_file(text, file)
  end
  if #(status.dataFiles or {}) == 0 then
    health.warn('no data file was found', { 'Run your tests with coverage: coverage run -m pytest' })
  end
  for _, folder in ipairs(status.watching or {}) do
    health.info('watching ' .. folder)
  end
  for buf in pairs(each.attached_buffers) do
    local document = require('covls.buffer').message(buf)
    if document then
      report_document(text, vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buf), ':~:.'), document)
    end
  end
end

local function check_clients()
  health.start('Clients')
  local clients = require('covls.client').all()
  if #clients == 0 then
    health.info('none is running; open a source file first')
  end
  for _, each in ipairs(clients) do
    check_client(each)
  end
end

function M.check()
  check_neovim()
  check_program()
  check_clients()
end

return M
