--- Commands and progress for buffers that the server is attached to; nothing is loaded before that.

if vim.g.loaded_afterburner then
  return
end
vim.g.loaded_afterburner = true

local group = vim.api.nvim_create_augroup('afterburner', {})

local function on(event, act)
  vim.api.nvim_create_autocmd(event, {
    group = group,
    callback = function(args)
      local client = vim.lsp.get_client_by_id(args.data.client_id)
      if client and client.name == 'afterburner' then
        act(args)
      end
    end,
  })
end

on('LspAttach', function(args)
  require('afterburner.commands').create(args.buf)
end)
on('LspDetach', function(args)
  require('afterburner.commands').delete(args.buf)
end)
on('LspProgress', function(args)
  require('afterburner.progress').show(args.data.params.token, args.data.params.value)
end)
