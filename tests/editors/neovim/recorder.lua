--- Stands for the person at the editor: keeps what is shown, and each question until the test answers it.

editor = { progress = {}, notified = {}, question = nil }

vim.ui.select = function(items, options, choose)
  local shown = vim.tbl_map(options.format_item or tostring, items)
  editor.question = { prompt = options.prompt or '', items = shown, choose = function(number)
    choose(items[number], number)
  end }
end

vim.ui.input = function(options, answer)
  editor.question = { prompt = options.prompt or '', default = options.default, choose = answer }
end

vim.notify = function(message, level)
  table.insert(editor.notified, { message = message, level = level or vim.log.levels.INFO })
end

vim.api.nvim_create_autocmd('LspProgress', {
  callback = function(args)
    table.insert(editor.progress, args.data.params.value)
  end,
})

--- The pending question whose prompt has these words.
function editor.asked(words)
  local question = editor.question
  return question and question.prompt:find(words, 1, true) and question
end

--- Answers the pending question: with the number of an item, with a text, or with nothing.
function editor.answer(value)
  local question = editor.question
  editor.question = nil
  question.choose(value)
end

--- The client, once its server has answered.
function editor.client()
  local client = vim.lsp.get_clients({ bufnr = 0, name = 'afterburner' })[1]
  return client and client.initialized and client
end

--- Whether a step of a job of this kind was seen.
function editor.seen(kind)
  return vim.iter(editor.progress):any(function(step)
    return step.kind == kind
  end)
end

function editor.text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n') .. '\n'
end

--- The last line of the screen, where messages are echoed.
function editor.last_line()
  vim.cmd.redraw()
  local cells = {}
  for column = 1, vim.o.columns do
    cells[column] = vim.fn.screenstring(vim.o.lines, column)
  end
  return table.concat(cells)
end

--- Whether the plugin is waiting for the end of insert mode.
function editor.waits_for_normal_mode()
  return vim.iter(vim.api.nvim_get_autocmds({ event = 'ModeChanged' })):any(function(autocommand)
    return autocommand.pattern == '*:n'
  end)
end

--- Whether a message with these words was shown.
function editor.was_told(words)
  local shown = vim.iter(editor.notified):any(function(said)
    return said.message:find(words, 1, true)
  end)
  return shown or vim.fn.execute('messages'):find(words, 1, true) ~= nil
end

--- Forgets every message.
function editor.forget()
  editor.notified = {}
  vim.cmd.messages('clear')
end

--- Whether the preview's tab page is shown: the original, the rewrite and the evidence.
function editor.is_preview()
  return #vim.api.nvim_list_tabpages() == 2 and #vim.api.nvim_tabpage_list_wins(0) == 3
end

--- Turns code lenses on, as the help file says for this version.
function editor.show_lenses()
  if vim.lsp.codelens.enable then
    vim.lsp.codelens.enable(true)
  else
    vim.lsp.codelens.refresh()
  end
end

--- The lenses of the current buffer.
function editor.lenses()
  local buffer = vim.api.nvim_get_current_buf()
  return vim.lsp.codelens.enable and vim.lsp.codelens.get({ bufnr = buffer }) or vim.lsp.codelens.get(buffer)
end
