--- The options in `vim.g.afterburner`, and what is wrong with them.

local M = {}

--- @class afterburner.Options
--- @field cmd string[] The command that starts the server.
--- @field settings table Settings of the server, section `afterburner`.
--- @field progress boolean Whether running jobs are echoed below the last line.
local defaults = {
  cmd = { 'afterburner', 'server' },
  settings = {},
  progress = true,
}

--- The options in force: what the user said, and the defaults for whatever is missing or of the wrong type.
--- @return afterburner.Options
function M.get()
  local options = vim.deepcopy(defaults)
  local said = vim.g.afterburner
  for name, value in pairs(type(said) == 'table' and said or {}) do
    if type(value) == type(defaults[name]) then
      options[name] = value
    end
  end
  return options
end

--- A sentence for each option that is not used.
--- @return string[]
function M.problems()
  local said = vim.g.afterburner
  if said ~= nil and type(said) ~= 'table' then
    return { 'vim.g.afterburner is not a table; the defaults hold.' }
  end
  local problems = {}
  for name, value in pairs(said or {}) do
    if defaults[name] == nil then
      problems[#problems + 1] = ('vim.g.afterburner.%s: there is no such option.'):format(name)
    elseif type(value) ~= type(defaults[name]) then
      problems[#problems + 1] = ('vim.g.afterburner.%s is not used: it must be a %s.'):format(name, type(defaults[name]))
    end
  end
  table.sort(problems)
  return problems
end

return M
