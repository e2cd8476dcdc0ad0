/** A real VS Code in front of a fresh profile (code-server, shown by Chromium), and the hands of its user. */

import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const PATIENCE_MS = 60_000;
const QUIET = {
  "chat.disableAIFeatures": true,
  "editor.minimap.enabled": false,
  "editor.unicodeHighlight.ambiguousCharacters": false,
  "editor.unicodeHighlight.nonBasicASCII": false,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "git.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "window.menuBarVisibility": "compact",
  "workbench.enableExperiments": false,
  "workbench.reduceMotion": "on",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
};

/**
 * Opens a folder. `given`: `parts` (where node, code-server and playwright are), `extensions` (`.vsix` files), `folder`,
 * `file` (to open), `home` (fresh), `settings`, `shots`, `environment`, and for tests inside of the
 * window `inside`: `extension`, `tests` and `workspace`.
 */
export async function open(given) {
  const profile = path.join(given.home, "vscode");
  writeSettings(profile, { ...QUIET, ...given.settings });
  const server = new CodeServer(given, profile);
  try {
    for (const vsix of given.extensions) server.install(vsix);
    await server.start();
    const { chromium } = createRequire(path.join(given.parts, "package.json"))("playwright-core");
    const browser = await chromium.launchPersistentContext(path.join(given.home, "chromium"), {
      executablePath: "/usr/bin/chromium",
      headless: true,
      env: given.environment,
      viewport: { width: 1200, height: 700 },
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"],
    });
    const window = new Window(given, server, browser);
    await window.load();
    return window;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function writeSettings(profile, settings) {
  for (const place of ["User", "Machine"]) { // machine settings of a remote window may be read before the user's
    fs.mkdirSync(path.join(profile, place), { recursive: true });
    fs.writeFileSync(path.join(profile, place, "settings.json"), JSON.stringify(settings, null, 2));
  }
  fs.writeFileSync(path.join(profile, "config.yaml"), "");
}

class CodeServer {
  constructor(given, profile) {
    this.given = given;
    this.node = path.join(given.parts, "node_modules/node/bin/node");
    this.command = [
      path.join(given.parts, "node_modules/code-server/out/node/entry.js"),
      "--config", path.join(profile, "config.yaml"),
      "--user-data-dir", profile,
      "--extensions-dir", path.join(profile, "extensions"),
    ];
    this.environment = given.environment;
  }

  install(vsix) {
    const options = { env: this.environment, encoding: "utf8" };
    const answer = spawnSync(this.node, [...this.command, "--install-extension", vsix], options);
    if (answer.status !== 0) throw new Error(`${vsix} cannot be installed: ${answer.stdout}${answer.stderr}`);
  }

  async start() {
    this.port = await freePort();
    const log = fs.openSync(path.join(this.given.shots, "code-server.log"), "w");
    const args = [
      ...this.command, "--auth", "none", "--bind-addr", `127.0.0.1:${this.port}`, "--disable-telemetry",
      "--disable-update-check", "--disable-getting-started-override", "--ignore-last-opened",
      ...(this.given.inside ? ["--vscode-option", "enable-smoke-test-driver", "--disable-workspace-trust"] : []),
    ];
    this.process = spawn(this.node, args, { env: this.environment, detached: true, stdio: ["ignore", log, log] });
    await until("code-server answers", async () => (await fetch(`http://127.0.0.1:${this.port}/healthz`)).ok);
  }

  async stop() {
    if (!this.process || this.process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    process.kill(-this.process.pid, "SIGTERM");
    await ended;
  }
}

class Window {
  constructor(given, server, browser) {
    Object.assign(this, { given, server, browser, page: browser.pages()[0], count: 0 });
    this.page.setDefaultTimeout(PATIENCE_MS);
    this.console = fs.createWriteStream(path.join(given.shots, "console.log"));
    this.page.on("console", (message) => this.console.write(`${message.type()} ${message.text()}\n`));
  }

  async load() {
    const { folder, file, inside } = this.given;
    const at = (place) => `vscode-remote://127.0.0.1:${this.server.port}${place}`;
    const payload = inside
      ? [["extensionDevelopmentPath", at(inside.extension)], ["extensionTestsPath", at(inside.tests)]]
      : [["openFile", at(file)]];
    const opened = inside ? { workspace: inside.workspace } : { folder };
    const query = new URLSearchParams({ ...opened, payload: JSON.stringify(payload) });
    await this.page.goto(`http://127.0.0.1:${this.server.port}/?${query}`);
    await this.page.waitForSelector(".monaco-workbench");
  }

  /** Trusts the folder, by way of the banner that says it is restricted, and goes back to the file. */
  async trust() {
    await this.page.locator(".part.banner").getByRole("button", { name: "Manage" }).click();
    await this.page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true }).click();
    await this.page.locator(".part.banner").waitFor({ state: "hidden" });
    await this.page.getByRole("button", { name: /^Close Modal Editor/ }).click();
    await this.page.locator(".workspace-trust-editor").waitFor({ state: "detached" });
  }

  /** Leaves the whole window to the editors. */
  async hideSideBar() {
    await this.press("Control+b");
    await this.page.locator(".part.sidebar").waitFor({ state: "hidden" });
  }

  async shot(name) {
    const number = String(++this.count).padStart(2, "0");
    await this.page.screenshot({ path: path.join(this.given.shots, `${number}-${name}.png`) });
  }

  /** Puts the cursor of the active editor on a line, from 1. */
  async cursor(line, column = 5) {
    await this.page.locator(".editor-instance .view-line").first().waitFor();
    await this.page.keyboard.press("Control+g");
    await this.page.locator(".quick-input-widget input").waitFor();
    await this.page.keyboard.type(`${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    await this.seen(`Ln ${line}, Col ${column}`, ".statusbar");
  }

  async press(key) {
    await this.page.keyboard.press(key);
  }

  /** Runs a command from the palette. */
  async run(title) {
    await this.press("F1");
    await this.page.locator(".quick-input-widget input").waitFor();
    await this.page.keyboard.type(title);
    await this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: title }).waitFor();
    await this.press("Enter");
  }

  /** The notification that has this text. */
  toast(text) {
    return this.page.locator(".notifications-toasts .notification-list-item", { hasText: text });
  }

  async click(toast, button) {
    await toast.getByRole("button", { name: button, exact: true }).click();
  }

  /** Opens the refactoring menu at the cursor, and gives its entries. */
  async actions(key = "Control+Shift+r") {
    await this.press(key);
    const menu = this.page.locator(".action-widget").first();
    await menu.waitFor();
    return menu.locator(".monaco-list-row.action .title").allInnerTexts();
  }

  async choose(action) {
    const row = this.page.locator(".action-widget .monaco-list-row", { hasText: action }).first();
    await row.click();
    await this.page.locator(".action-widget").first().waitFor({ state: "hidden" });
  }

  /** The page inside of a webview that has this text; it is a frame within a frame. */
  async webview(text) {
    return until(`a page with ${text}`, async () => {
      for (const frame of this.page.frames()) {
        if (await frame.getByText(text).first().isVisible().catch(() => false)) return frame;
      }
    });
  }

  async seen(text, where) {
    await this.page.locator(where, { hasText: text }).first().waitFor();
  }

  /** Saves the active editor, and gives what is in the file then. */
  async saved() {
    const tab = this.page.locator(".tab.active.dirty");
    await tab.waitFor();
    await this.press("Control+s");
    await tab.waitFor({ state: "detached" });
    return fs.readFileSync(this.given.file, "utf8");
  }

  /** Every process that was started by this window's code-server, and the commands of those. */
  processes() {
    return descendants(this.server.process.pid);
  }

  async close() {
    await this.browser.close();
    await this.server.stop();
    this.console.end();
  }
}

export async function until(what, isSo, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  for (;;) {
    try {
      const found = await isSo();
      if (found) return found;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await pause(50);
  }
}

function freePort() {
  return new Promise((resolve) => {
    const listener = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

function descendants(root) {
  const children = new Map();
  const commands = new Map();
  for (const name of fs.readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
      commands.set(Number(name), fs.readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0").join(" ").trim());
    } catch {
      // it ended meanwhile
    }
  }
  const below = (pid) => (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(root).map((pid) => ({ pid, command: commands.get(pid) ?? "" }));
}
