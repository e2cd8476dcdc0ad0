--- Answers to what the server asks beyond the protocol, and to what it asks while the user may be typing.

local M = {}

--- A call of a function, as the user types it. Answers `{ call = nil }` when nothing was typed.
--- @param params { signature: string, template: string, message: string }
function M.ask_input(_, params)
  local typed = M.await(function(answer)
    vim.ui.input({ prompt = ('%s  %s: '):format(params.signature, params.message), default = params.template }, answer)
  end)
  return { call = typed and typed ~= '' and typed or vim.NIL }
end

--- A suggestion beside the original in a tab of its own.
function M.preview(_, params, context)
  require('afterburner.preview').open(params, context.client_id)
  return vim.NIL
end

--- The server's health: told when it changes for the worse, and kept for `:checkhealth`.
--- @param params { health: 'ok'|'warning'|'error', quiescent?: boolean, message?: string }
function M.server_status(_, params, context)
  local before = M.status[context.client_id] or {}
  M.status[context.client_id] = params
  if params.health ~= 'ok' and (params.health ~= before.health or params.message ~= before.message) then
    local level = params.health == 'error' and vim.log.levels.ERROR or vim.log.levels.WARN
    vim.notify('Afterburner: ' .. (params.message or params.health), level)
  end
end

--- The last status of each client, by its id.
--- @type table<integer, { health: string, message?: string }>
M.status = {}

--- A question with buttons. Neovim asks it as it asks everything; only not in the middle of a word.
function M.show_message_request(error, params, context, config)
  M.await_normal_mode()
  return vim.lsp.handlers['window/showMessageRequest'](error, params, context, config)
end

--- Returns once the user is in normal mode: what is typed into a text must not answer a question.
function M.await_normal_mode()
  if vim.api.nvim_get_mode().mode == 'n' then
    return
  end
  M.await(function(answer)
    vim.api.nvim_create_autocmd('ModeChanged', { pattern = '*:n', once = true, callback = answer })
  end)
end

--- What is passed to the callback that `ask` gets. Neovim runs a handler of a request as a coroutine, so that it may wait.
--- @param ask fun(answer: fun(value: any))
function M.await(ask)
  local waiting = coroutine.running()
  ask(function(value)
    -- Scheduled, since a callback may be called before the coroutine waits.
    vim.schedule(function()
      coroutine.resume(waiting, value)
    end)
  end)
  return coroutine.yield()
end

return M
