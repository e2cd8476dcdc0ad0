/** Tests inside of the extension host, where the extension's own interface to VS Code can be seen. */

const assert = require("node:assert/strict");
const fs = require("node:fs");
const vscode = require("vscode");

const PATIENCE_MS = 20_000;
const folder = () => vscode.workspace.workspaceFolders[0].uri;
const shop = () => vscode.Uri.joinPath(folder(), "customers.py");
const extension = () => vscode.extensions.getExtension("afterburner.afterburner");

const tests = {
  async "a Python file activates it"() {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(shop()));
    await until("it is active", () => extension().isActive);
  },

  async "every command of the manifest is there, and its server's too"() {
    const named = extension().packageJSON.contributes.commands.map(({ command }) => command);
    await until("the server's commands are there", async () => (await known()).includes("afterburner.server.optimize"));
    const commands = await known();
    assert.deepEqual(named.filter((command) => !commands.includes(command)), []);
    assert.deepEqual(named.filter((command) => command.startsWith("afterburner.server.")), []);
  },

  async "no key of it has another meaning by default"() {
    const keys = extension().packageJSON.contributes.keybindings.map(({ key }) => key);
    const text = (await vscode.workspace.openTextDocument(vscode.Uri.parse("vscode://defaultsettings/keybindings.json"))).getText();
    const bindings = JSON.parse(text.slice(text.indexOf("["), text.lastIndexOf("]") + 1));
    assert.ok(bindings.length > 500);
    const elsewhere = /\b(inQuickInput|inChatInput|editorLangId == 'python')/; // in other places, and our own
    assert.deepEqual(bindings.filter(({ key, when }) => keys.includes(key) && !elsewhere.test(when)), []);
  },

  async "actions are offered in a function, and none outside"() {
    const titles = await until("there are actions", () => actionsAt(4));
    assert.ok(titles.includes("Afterburner: optimize `repeat_customers`"), titles.join());
    assert.ok(titles.includes("Afterburner: provide an input for `repeat_customers`…"), titles.join());
    assert.equal(await actionsAt(1), undefined);
  },

  async "each folder has its own settings"() {
    const [one, other] = vscode.workspace.workspaceFolders.map(({ uri }) => vscode.Uri.joinPath(uri, "customers.py"));
    await vscode.window.showTextDocument(other, { viewColumn: vscode.ViewColumn.Beside });
    await until("there is a finding in the other folder", () => vscode.languages.getDiagnostics(other).length > 0);
    await until("and one in the first", () => vscode.languages.getDiagnostics(one).length > 0);
    const settings = vscode.workspace.getConfiguration("afterburner", other);
    await settings.update("diagnostics.ignore", ["membership-set"], vscode.ConfigurationTarget.WorkspaceFolder);
    await until("the finding of the other folder is gone", () => vscode.languages.getDiagnostics(other).length === 0);
    assert.equal(vscode.languages.getDiagnostics(one).length, 1);
  },

  async "a slow pattern is pointed out, with a link to its page"() {
    const [found] = await until("there is a finding", findings);
    assert.equal(found.severity, vscode.DiagnosticSeverity.Hint);
    assert.equal(found.source, "afterburner");
    assert.equal(found.code.value ?? found.code, "membership-set");
  },

  async "a changed setting reaches the server at once"() {
    await until("there is a finding", findings);
    await setting("diagnostics.ignore", ["membership-set"]);
    await until("the finding is gone", async () => !(await findings()));
    await setting("diagnostics.ignore", undefined);
    await until("the finding is back", findings);
  },

  async "a setting that starts the server starts it anew"() {
    await anotherServer(() => setting("logLevel", "debug"));
    await anotherServer(() => setting("logLevel", undefined));
  },

  async "a server that is killed comes back"() {
    await anotherServer(([pid]) => process.kill(Number(pid), "SIGKILL"));
  },

  async "settings are described, and the dangerous ones cannot come from a folder that is not trusted"() {
    const { configuration } = extension().packageJSON.contributes;
    const { restrictedConfigurations } = extension().packageJSON.capabilities.untrustedWorkspaces;
    for (const name of ["path", "interpreter", "serverInterpreter", "importStrategy", "wheelhouse", "sandbox", "tests.run"]) {
      assert.ok(configuration.properties[`afterburner.${name}`].markdownDescription, name);
      assert.ok(restrictedConfigurations.includes(`afterburner.${name}`), name);
    }
  },
};

exports.run = async () => {
  const results = [];
  for (const [name, test] of Object.entries(tests)) {
    const error = await test().then(() => undefined, (problem) => String(problem.stack ?? problem));
    results.push({ name, error });
    write({ results });
  }
  write({ results, ended: true });
};

function write(found) {
  fs.writeFileSync(`${process.env.INSIDE_RESULTS}.new`, JSON.stringify(found));
  fs.renameSync(`${process.env.INSIDE_RESULTS}.new`, process.env.INSIDE_RESULTS);
}

async function until(what, isSo) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    const found = await isSo();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never: ${what}`);
}

function known() {
  return vscode.commands.getCommands(true);
}

/** The titles of Afterburner's actions on a line, from 1; undefined where there are none. */
async function actionsAt(line) {
  const range = new vscode.Range(line - 1, 4, line - 1, 4);
  const actions = await vscode.commands.executeCommand("vscode.executeCodeActionProvider", shop(), range, "refactor.rewrite");
  const titles = actions.map(({ title }) => title).filter((title) => title.startsWith("Afterburner: "));
  return titles.length > 0 ? titles : undefined;
}

function findings() {
  const found = vscode.languages.getDiagnostics(shop());
  return found.length > 0 ? found : undefined;
}

function setting(name, value) {
  return vscode.workspace.getConfiguration("afterburner").update(name, value, vscode.ConfigurationTarget.Workspace);
}

/** Does something after which a new server, and only that, offers actions. */
async function anotherServer(act) {
  const before = servers();
  assert.equal(before.length, 1);
  await act(before);
  await until("there is another server", () => servers().length === 1 && servers()[0] !== before[0]);
  await until("it offers actions", () => actionsAt(4));
}

/** The processes of servers that this host started. */
function servers() {
  return fs.readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && isServer(pid));
}

function isServer(pid) {
  try {
    const parent = /\nPPid:\t(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))[1];
    return parent === String(process.pid) && fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("afterburner\0server");
  } catch {
    return false; // it ended meanwhile
  }
}
