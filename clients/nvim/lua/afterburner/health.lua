--- `:checkhealth afterburner`: Neovim, the options, the server's command, what runs, and what `afterburner doctor` says.

local M = {}

local DOCTOR_TIMEOUT_MS = 120000

function M.check()
  M.check_neovim()
  M.check_options()
  M.check_clients()
  local command = M.check_command()
  if command then
    M.check_machine(command)
  end
end

function M.check_neovim()
  vim.health.start('Neovim')
  if vim.fn.has('nvim-0.10') == 1 then
    vim.health.ok(('Neovim %s.'):format(vim.version()))
  else
    vim.health.error(('Neovim %s is too old.'):format(vim.version()), 'Install 0.10 or newer.')
  end
  if vim.fn.has('nvim-0.11') == 0 then
    vim.health.info("The server is started by require('afterburner').start() in this version: :help afterburner-0.10")
  end
end

function M.check_options()
  vim.health.start('Options')
  local problems = require('afterburner.options').problems()
  for _, problem in ipairs(problems) do
    vim.health.warn(problem, ':help vim.g.afterburner')
  end
  if #problems == 0 then
    vim.health.ok(vim.g.afterburner and 'vim.g.afterburner is understood.' or 'The defaults hold.')
  end
end

--- The servers that run, each with the health that it told last.
function M.check_clients()
  vim.health.start('Running servers')
  local status = require('afterburner.handlers').status
  local clients = vim.lsp.get_clients({ name = 'afterburner' })
  for _, client in ipairs(clients) do
    local told = status[client.id]
    local root = client.config.root_dir or 'single files'
    if told and told.health ~= 'ok' then
      vim.health.warn(('Attached for %s: %s'):format(root, told.message or told.health))
    else
      vim.health.ok(('Attached for %s.'):format(root))
    end
  end
  if #clients == 0 then
    vim.health.info('None; it starts with the first Python file.')
  end
end

--- The program of the server's command, when it is there and can be asked.
--- @return string[]? command The command without `server`.
function M.check_command()
  vim.health.start('Server')
  local cmd = require('afterburner').config().cmd
  if type(cmd) ~= 'table' then
    vim.health.info('The server is started by a function; the machine was not looked at.')
    return nil
  end
  local shown = table.concat(cmd, ' ')
  if vim.fn.executable(cmd[1]) == 0 then
    vim.health.error(('`%s` cannot be run.'):format(shown), {
      'Install Afterburner into an environment of Python 3.11 or newer whose `bin` is on PATH,',
      'or name the command in vim.g.afterburner.cmd (:help vim.g.afterburner).',
    })
    return nil
  end
  vim.health.ok(('`%s` starts %s.'):format(shown, vim.fn.exepath(cmd[1])))
  if cmd[#cmd] ~= 'server' then
    vim.health.info('The command does not end in `server`; the machine was not looked at.')
    return nil
  end
  return vim.list_slice(cmd, 1, #cmd - 1)
end

--- What `afterburner doctor` says of this machine. It is asked in an empty folder, not in the current one: a project's
--- own interpreter must not start because somebody checked the health of Neovim.
--- @param command string[]
function M.check_machine(command)
  local folder = vim.fn.tempname()
  vim.fn.mkdir(folder, 'p')
  local asked = vim.list_extend(vim.list_slice(command), { 'doctor', '--json' })
  local answer = vim.system(asked, { cwd = folder, text = true, timeout = DOCTOR_TIMEOUT_MS }):wait()
  vim.fn.delete(folder, 'd')
  local read, health = pcall(vim.json.decode, answer.stdout, { luanil = { object = true, array = true } })
  if read and type(health) == 'table' and health.checks then
    M.report(health)
  else
    vim.health.error('`afterburner doctor` gave no answer.', vim.split(vim.trim(answer.stderr), '\n'))
  end
end

local REPORTERS = { ok = vim.health.ok, note = vim.health.warn, missing = vim.health.error }

--- Each check of the doctor's document, and how steadily this machine measures.
--- @param health { checks: { name: string, state: 'ok'|'note'|'missing', found: string, remedy: string }[], noise?: { launch_scatter: number } }
function M.report(health)
  vim.health.start('This machine')
  for _, check in ipairs(health.checks) do
    local remedy = check.remedy ~= '' and check.remedy or nil
    REPORTERS[check.state](('%s: %s'):format(check.name, check.found), remedy)
  end
  if health.noise then
    vim.health.info(('noise: the medians of launches scatter by %.1f %%'):format(health.noise.launch_scatter * 100))
  end
end

return M
