--- The progress of jobs below the last line, since Neovim shows none by itself.

local M = {}

--- The title of each running job, by its token.
--- @type table<string|integer, string>
local titles = {}

--- Echoes a step of a job; leaves the line alone where the user is typing or the option says so.
--- @param token string|integer
--- @param step { kind: 'begin'|'report'|'end', title?: string, message?: string, percentage?: integer }
function M.show(token, step)
  if step.kind == 'begin' then
    titles[token] = step.title
  end
  if require('afterburner.options').get().progress and vim.api.nvim_get_mode().mode == 'n' then
    vim.api.nvim_echo({ { M.line(titles[token] or '', step) } }, false, {})
  end
  if step.kind == 'end' then
    titles[token] = nil
  end
end

--- What is echoed: the job's title, how far it is, and what it does; at the end its last words, or nothing.
--- @return string
function M.line(title, step)
  local words = {}
  if step.kind ~= 'end' or step.message then
    words[1] = title
  end
  if step.percentage then
    words[#words + 1] = ('%d%%'):format(step.percentage)
  end
  words[#words + 1] = step.message
  local line = table.concat(words, '  '):gsub('%s*\n%s*', ' ')
  return vim.fn.strcharpart(line, 0, vim.v.echospace) -- a longer one would wait for a key
end

return M
