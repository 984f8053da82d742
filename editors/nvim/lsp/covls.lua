-- The configuration of the server, for `vim.lsp.enable('covls')` on Neovim 0.11 and later; on 0.10
-- lua/covls/client.lua starts the client from this same table.
local config = require('covls.config')

-- In Markdown, names such as __init__ need backslashes, and Neovim shows them.
local capabilities = vim.lsp.protocol.make_client_capabilities()
capabilities.textDocument.hover.contentFormat = { 'plaintext' }

---@type vim.lsp.Config
return {
  cmd = config.command(),
  -- No `filetypes`: files of any language may have coverage. `root_dir` looks which buffers they are.
  root_dir = function(buf, on_dir)
    require('covls.client').root(buf, on_dir)
  end,
  -- The reports of most languages lie at the top of the repository, those of Python beside its project file.
  root_markers = {
    { '.coveragerc', 'pyproject.toml', 'setup.cfg', 'tox.ini', '.coverage' },
    { '.git', '.hg' },
    {
      'Cargo.toml', 'Gemfile', 'Package.swift', 'build.gradle', 'build.gradle.kts', 'compile_commands.json',
      'composer.json', 'go.mod', 'mix.exs', 'package.json', 'pom.xml', 'pubspec.yaml',
    },
  },
  init_options = config.init_options(),
  capabilities = capabilities,
  handlers = {
    ['covls/coverage'] = function(_, message, context)
      require('covls.buffer').receive(message, context)
    end,
    ['covls/coverageChange'] = function(_, change, context)
      require('covls.buffer').receive_change(change, context)
    end,
  },
}
