-- What is there from the start: the command, the maps and the events. All else is loaded by them.
if vim.g.loaded_covls then
  return
end
vim.g.loaded_covls = true

if vim.fn.has('nvim-0.10') == 0 then
  vim.notify('covls needs Neovim 0.10 or later', vim.log.levels.WARN)
  return
end

vim.api.nvim_create_user_command('Coverage', function(call)
  require('covls.command').run(call)
end, {
  nargs = '*',
  bang = true,
  count = 0,
  desc = 'Test coverage: show, hide, toggle, next, prev, list, changes, baseline, status, why, reload, forget',
  complete = function(...)
    return require('covls.command').complete(...)
  end,
})

for direction, text in pairs({ next = 'Next', prev = 'Previous' }) do
  local function map(name, state, description)
    vim.keymap.set({ 'n', 'x', 'o' }, ('<Plug>(covls-%s-%s)'):format(direction, name), function()
      require('covls')[direction]({ count = vim.v.count1, state = state })
    end, { desc = text .. ' ' .. description })
  end
  map('uncovered', nil, 'lines that the tests did not run, or not every way out of')
  map('missed', 'missed', 'lines that no test ran')
end

local group = vim.api.nvim_create_augroup('covls', {})

vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  desc = 'covls: follow the buffer',
  callback = function(event)
    require('covls.client').attached(event.buf, event.data.client_id)
  end,
})

vim.api.nvim_create_autocmd('LspDetach', {
  group = group,
  desc = 'covls: forget the buffer',
  callback = function(event)
    require('covls.client').detached(event.buf, event.data.client_id)
  end,
})

-- Neovim 0.10 has no vim.lsp.enable().
if vim.fn.has('nvim-0.11') == 0 then
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    desc = 'covls: start the server',
    callback = function(event)
      if vim.g.covls_autostart ~= false then
        require('covls.client').start(event.buf)
      end
    end,
  })
end
