--- Starts the server where Neovim does not do it by itself.

local M = {}

--- Starts the server for a buffer, or attaches the buffer to the one that runs for the same root. Neovim 0.10 needs it;
--- later versions have `vim.lsp.enable('afterburner')`.
--- @param buffer? integer The current one unless given.
--- @return integer? client The client's id; nil for a buffer that is no file, or when the server does not start.
function M.start(buffer)
  buffer = buffer or vim.api.nvim_get_current_buf()
  if vim.bo[buffer].buftype ~= '' then
    return nil
  end
  local config = vim.deepcopy(M.config())
  config.root_dir = vim.fs.root(buffer, config.root_markers)
  return vim.lsp.start(config, { bufnr = buffer })
end

--- What the server is started with: the file `lsp/afterburner.lua`, and in Neovim 0.11 what `vim.lsp.config()` added.
--- @return vim.lsp.ClientConfig
function M.config()
  if vim.fn.has('nvim-0.11') == 1 then
    return vim.lsp.config.afterburner
  end
  local config = dofile(vim.api.nvim_get_runtime_file('lsp/afterburner.lua', false)[1])
  config.name = 'afterburner'
  config.capabilities =
    vim.tbl_deep_extend('force', vim.lsp.protocol.make_client_capabilities(), config.capabilities)
  return config
end

return M
