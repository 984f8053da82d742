-- The init.lua of the person whom the tests play: the plugin on the runtime path, the server named, and
-- whatever Neovim calls deprecated written down.
local here = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h')
package.path = here .. '/?.lua;' .. package.path
vim.opt.runtimepath:prepend(vim.fn.fnamemodify(here, ':h:h:h') .. '/editors/nvim')

vim.g.covls_cmd = { vim.env.COVLS, '--log=' .. vim.env.COVLS_LOG }
vim.g.loaded_python3_provider = 0 -- looking for it takes seconds on some machines
vim.o.signcolumn = 'yes:1'
vim.o.columns = 100
vim.o.lines = 40
vim.o.swapfile = false

_G.deprecations = {}
local deprecate = vim.deprecate
vim.deprecate = function(name, ...)
  table.insert(_G.deprecations, name .. debug.traceback('', 2))
  return deprecate(name, ...)
end
