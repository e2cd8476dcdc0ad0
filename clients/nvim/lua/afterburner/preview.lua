--- A suggestion beside the original, and the evidence below, in a tab of its own.

local M = {}

local LEGEND = 'a: apply   q: close   │ '

--- Opens the tab; `a` in it applies the suggestion, `q` closes it.
--- @param params { uri: string, qualname: string, key: string, title: string, original: string, rewrite: string, evidence: string }
--- @param client_id integer
function M.open(params, client_id)
  vim.cmd.tabnew()
  local tab = vim.api.nvim_get_current_tabpage()
  local function close()
    if vim.api.nvim_tabpage_is_valid(tab) then
      vim.cmd.tabclose(vim.api.nvim_tabpage_get_number(tab))
    end
  end
  local function apply()
    close()
    require('afterburner.commands').apply(client_id, params)
  end
  local function page(name, text, syntax)
    M.fill(('afterburner://%s/%d/%s'):format(params.qualname, tab, name), text, syntax)
    vim.keymap.set('n', 'q', close, { buffer = true, desc = 'Afterburner: close the preview' })
    vim.keymap.set('n', 'a', apply, { buffer = true, desc = 'Afterburner: apply the suggestion' })
    return vim.api.nvim_get_current_win()
  end

  page('original', params.original, 'python')
  vim.cmd.diffthis()
  vim.cmd('rightbelow vertical new')
  local rewrite = page('rewrite', params.rewrite, 'python')
  vim.cmd.diffthis()
  vim.cmd('botright new')
  page('evidence', params.evidence, 'markdown')
  vim.wo[0][0].wrap, vim.wo[0][0].linebreak = true, true
  vim.wo[0][0].winbar = M.label(LEGEND .. params.title)
  vim.api.nvim_win_set_height(0, math.min(12, vim.api.nvim_buf_line_count(0) + 1)) -- and its winbar
  vim.api.nvim_set_current_win(rewrite)
  vim.cmd('normal! gg')
  pcall(vim.cmd, 'normal! ]c') -- there is none where a rewrite starts in the first line
end

--- Makes the current buffer a scratch one that shows a text and cannot be changed.
function M.fill(name, text, syntax)
  vim.bo.buftype, vim.bo.bufhidden, vim.bo.swapfile, vim.bo.buflisted = 'nofile', 'wipe', false, false
  vim.api.nvim_buf_set_name(0, name)
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(text, '\r?\n'))
  vim.bo.modifiable = false
  vim.bo.syntax = syntax -- and no filetype, which would start linters and servers on a text that is no file
end

--- A text as a winbar shows it literally.
function M.label(text)
  return (text:gsub('%%', '%%%%'))
end

return M
