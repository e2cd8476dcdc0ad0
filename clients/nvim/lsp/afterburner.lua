--- How Neovim starts Afterburner's language server: `vim.lsp.enable('afterburner')` reads this file.

local handlers = require('afterburner.handlers')
local options = require('afterburner.options').get()

--- @type vim.lsp.Config
return {
  cmd = options.cmd,
  filetypes = { 'python' },
  root_markers = { 'pyproject.toml', 'setup.py', 'setup.cfg', '.git', '.hg' },
  settings = { afterburner = options.settings },
  capabilities = {
    experimental = {
      afterburner = { askInput = true, preview = true },
      serverStatusNotification = true,
    },
  },
  handlers = {
    ['afterburner/askInput'] = handlers.ask_input,
    ['afterburner/preview'] = handlers.preview,
    ['experimental/serverStatus'] = handlers.server_status,
    ['window/showMessageRequest'] = handlers.show_message_request,
  },
  -- `trusted` is left out: Neovim has no trusted workspaces, so the server asks once for each project.
  before_init = function(params, config)
    params.initializationOptions = { settings = (config.settings or {}).afterburner or vim.empty_dict() }
  end,
}
