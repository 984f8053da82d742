-- A Neovim to try covls in, without any set-up of your own:
--
--   COVLS=build/release/covls nvim --clean -u editors/nvim/try.lua FILE.py
--
-- $COVLS is the server (else `covls` on $PATH); $COVLS_LOG, if set, gets every message.
local here = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h')
vim.opt.runtimepath:prepend(here)
pcall(vim.cmd.helptags, here .. '/doc') -- for :help covls; plugin managers do the same

-- Not needed here, and looking for it takes a while with pyenv.
vim.g.loaded_python3_provider = 0

vim.o.number = true
vim.o.signcolumn = 'yes:1'
vim.o.swapfile = false
vim.o.laststatus = 2
vim.o.ruler = false
vim.o.statusline = " %f %m %= %{v:lua.require'covls'.statusline()}  %l:%c "
vim.o.background = 'dark'

vim.keymap.set('n', ']u', '<Plug>(covls-next-uncovered)')
vim.keymap.set('n', '[u', '<Plug>(covls-prev-uncovered)')

local cmd = { vim.env.COVLS or 'covls' }
if vim.env.COVLS_LOG then
  table.insert(cmd, '--log=' .. vim.env.COVLS_LOG)
end
require('covls').setup({ cmd = cmd })

vim.api.nvim_create_autocmd('VimEnter', {
  once = true,
  callback = vim.schedule_wrap(function()
    vim.api.nvim_echo({ { ']u [u next and previous gap · :Coverage list · :Coverage <Tab> · K hover · :q!' } },
      false, {})
  end),
})
