-- The configuration of the server, for `vim.lsp.enable('covls')` on Neovim 0.11 and later; on 0.10
-- lua/covls/client.lua starts the client from this same table.
local config = require('covls.config')

---@type vim.lsp.Config
return {
  cmd = config.command(),
  filetypes = { 'python' },
  root_markers = {
    { '.coveragerc', 'pyproject.toml', 'setup.cfg', 'tox.ini', '.coverage' },
    '.git',
  },
  init_options = config.init_options(),
  handlers = {
    ['covls/coverage'] = function(_, message, context)
      require('covls.buffer').receive(message, context)
    end,
  },
}
