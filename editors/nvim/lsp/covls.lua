-- The configuration of the server, for `vim.lsp.enable('covls')` on Neovim 0.11 and later; on 0.10
-- lua/covls/client.lua starts the client from this same table.
local config = require('covls.config')

-- In Markdown, names such as __init__ need backslashes, and Neovim shows them.
local capabilities = vim.lsp.protocol.make_client_capabilities()
capabilities.textDocument.hover.contentFormat = { 'plaintext' }

---@type vim.lsp.Config
return {
  cmd = config.command(),
  filetypes = { 'python' },
  root_markers = {
    { '.coveragerc', 'pyproject.toml', 'setup.cfg', 'tox.ini', '.coverage' },
    '.git',
  },
  init_options = config.init_options(),
  capabilities = capabilities,
  handlers = {
    ['covls/coverage'] = function(_, message, context)
      require('covls.buffer').receive(message, context)
    end,
  },
}
