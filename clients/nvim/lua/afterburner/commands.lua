--- The user commands of a buffer that the server is attached to.

local M = {}

local PROFILES = { 'balanced', 'fast', 'memory', 'offline', 'thorough' }

--- @class afterburner.Command
--- @field run fun(client: vim.lsp.Client, arguments: vim.api.keyset.create_user_command.command_args)
--- @field attributes table As for `nvim_buf_create_user_command()`.
--- @type table<string, afterburner.Command>
M.commands = {
  LspAfterburnerOptimize = {
    run = function(client, given)
      M.execute(client, 'optimize', { profile = given.fargs[1] })
    end,
    attributes = {
      nargs = '?',
      complete = function(lead)
        return vim.tbl_filter(function(name)
          return vim.startswith(name, lead)
        end, PROFILES)
      end,
      desc = 'Look for a faster version of the function under the cursor, with a profile',
    },
  },
  LspAfterburnerInput = {
    run = function(client, given)
      M.execute(client, 'input', { call = given.args ~= '' and given.args or nil })
    end,
    attributes = { nargs = '?', desc = 'Give a call of the function under the cursor to start from' },
  },
  LspAfterburnerReport = {
    run = function(client)
      M.execute(client, 'report', {})
    end,
    attributes = { desc = 'Show what is known about the function under the cursor' },
  },
  LspAfterburnerCancel = {
    run = function(client)
      M.cancel(client)
    end,
    attributes = { desc = 'Cancel a running job' },
  },
}

--- Gives a buffer its commands.
--- @param buffer integer
function M.create(buffer)
  for name, command in pairs(M.commands) do
    vim.api.nvim_buf_create_user_command(buffer, name, function(given)
      local client = vim.lsp.get_clients({ bufnr = buffer, name = 'afterburner' })[1]
      if client then
        command.run(client, given)
      end
    end, command.attributes)
  end
end

--- Takes them away again.
--- @param buffer integer
function M.delete(buffer)
  for name in pairs(M.commands) do
    pcall(vim.api.nvim_buf_del_user_command, buffer, name) -- the buffer may be going as well
  end
end

--- Executes a command of the server for the function under the cursor, and tells what it answers.
--- @param client vim.lsp.Client
--- @param name string Without `afterburner.server.`.
--- @param argument table
function M.execute(client, name, argument)
  argument = vim.tbl_extend('keep', argument, {
    uri = vim.uri_from_bufnr(0),
    line = vim.api.nvim_win_get_cursor(0)[1] - 1,
  })
  M.request(client, 'workspace/executeCommand', {
    command = 'afterburner.server.' .. name,
    arguments = { argument },
  }, M.tell)
end

--- Applies a suggestion that a preview showed.
--- @param client_id integer
--- @param suggestion { uri: string, qualname: string, key: string }
function M.apply(client_id, suggestion)
  local client = vim.lsp.get_client_by_id(client_id)
  if client then
    local argument = { uri = suggestion.uri, qualname = suggestion.qualname, key = suggestion.key }
    M.execute(client, 'apply', argument)
  end
end

--- Cancels the running job; asks which one where there are several.
--- @param client vim.lsp.Client
function M.cancel(client)
  local running = client.progress.pending
  local tokens = vim.tbl_keys(running)
  local function cancel(token)
    if token then
      M.notify(client, 'window/workDoneProgress/cancel', { token = token })
    end
  end
  if #tokens == 0 then
    vim.notify('Afterburner: nothing is running.')
  elseif #tokens == 1 then
    cancel(tokens[1])
  else
    local function title(token)
      return running[token]
    end
    vim.ui.select(tokens, { prompt = 'Cancel which job?', format_item = title }, cancel)
  end
end

--- Tells the user what a command answered, where that is more than "started".
function M.tell(error, result)
  if error then
    vim.notify(error.message, vim.log.levels.ERROR)
  elseif type(result) == 'table' and type(result.message) == 'string' and result.state ~= 'started' then
    vim.notify(result.message, result.state == 'refused' and vim.log.levels.WARN or vim.log.levels.INFO)
  end
end

-- Neovim 0.11 made functions of a client its methods.
local METHODS = vim.fn.has('nvim-0.11') == 1

function M.request(client, method, params, handler)
  if METHODS then
    client:request(method, params, handler)
  else
    client.request(method, params, handler)
  end
end

function M.notify(client, method, params)
  if METHODS then
    client:notify(method, params)
  else
    client.notify(method, params)
  end
end

return M
