/** Which command starts the server, and what to do where there is none yet. */

import * as fs from "node:fs/promises";
import { CancellationError, commands, type ExtensionContext, type LogOutputChannel, ProgressLocation, window } from "vscode";
import { install, installedPython } from "./install";
import { onPath, run, type Where } from "./programs";
import { type ClientSettings, clientSettings } from "./settings";
import type { Status } from "./status";

const DECLINED = "declinedInstallation";

export interface Launch {
  readonly command: string;
  readonly args: string[];
  readonly cwd: string;
}

/** The command that starts the server; undefined where it is not installed. Throws an Error with a sentence. */
export async function findServer(
  context: ExtensionContext,
  settings: ClientSettings,
  log: LogOutputChannel,
): Promise<Launch | undefined> {
  const where = { cwd: await storage(context), log };
  const command = await commandOf(context, settings, where);
  return command && { command: command[0] ?? "", args: command.slice(1), cwd: where.cwd };
}

async function commandOf(context: ExtensionContext, settings: ClientSettings, where: Where): Promise<string[] | undefined> {
  const ours = ["server", "--log-level", settings.logLevel];
  if (settings.path.length > 0) {
    return settings.path.length > 1 ? [...settings.path] : [...settings.path, ...ours];
  }
  if (settings.importStrategy === "fromEnvironment") {
    return [...(await fromEnvironment(settings.serverInterpreter, where)), ...ours];
  }
  const python = await installedPython(context);
  return python ? [python, "-I", "-m", "afterburner", ...ours] : undefined;
}

/** The server that somebody installed: in the environment of an interpreter, else on PATH. */
async function fromEnvironment(interpreter: string | undefined, where: Where): Promise<string[]> {
  if (!interpreter) {
    const program = await onPath("afterburner");
    if (!program) {
      throw new Error("There is no `afterburner` on PATH. Set `afterburner.serverInterpreter` to a Python that has it.");
    }
    return [program];
  }
  const python = [interpreter, "-P"]; // -P: nothing is imported from the folder that it is started in
  try {
    await run([...python, "-c", "import afterburner"], where);
  } catch (error) {
    throw new Error(`Afterburner cannot be imported by ${interpreter}: ${message(error)}`);
  }
  return [...python, "-m", "afterburner"];
}

/** Asks whether the server may be installed, unless the user said no before; whether it now is. */
export async function offerInstallation(context: ExtensionContext, log: LogOutputChannel, status: Status): Promise<boolean> {
  if (context.globalState.get(DECLINED)) {
    return false;
  }
  const yes = "Install";
  const no = "Not Now";
  const answer = await window.showInformationMessage(
    "Afterburner needs a server. Install it into a private Python environment? Its packages come from your package " +
      "index, each checked against a hash; your projects' environments stay as they are.",
    yes,
    "Settings",
    no,
  );
  if (answer === yes) {
    return installServer(context, log, status);
  }
  if (answer === no) {
    await context.globalState.update(DECLINED, true);
  } else if (answer) {
    await commands.executeCommand("workbench.action.openSettings", "@ext:afterburner.afterburner server");
  }
  return false;
}

/** Installs the server, which the user asked for; whether that worked. */
export async function installServer(context: ExtensionContext, log: LogOutputChannel, status: Status): Promise<boolean> {
  const { serverInterpreter, wheelhouse } = clientSettings();
  const cwd = await storage(context);
  const options = { location: ProgressLocation.Notification, title: "Installing Afterburner's server…", cancellable: true };
  status.installing();
  try {
    await window.withProgress(options, (_, token) =>
      install(context, { python: serverInterpreter, wheelhouse }, { cwd, log, token }),
    );
    await context.globalState.update(DECLINED, undefined);
    return true;
  } catch (error) {
    status.missing();
    if (!(error instanceof CancellationError)) {
      log.error(`The server cannot be installed: ${message(error)}`);
      void tellFailure(message(error));
    }
    return false;
  }
}

async function tellFailure(why: string): Promise<void> {
  const logs = "Show Logs";
  const answer = await window.showErrorMessage(`Afterburner's server cannot be installed: ${why}`, logs);
  if (answer === logs) {
    await commands.executeCommand("afterburner.showLogs");
  }
}

/** A folder of the extension's own to run programs in: never the workspace's. */
async function storage(context: ExtensionContext): Promise<string> {
  const folder = context.globalStorageUri.fsPath;
  await fs.mkdir(folder, { recursive: true });
  return folder;
}

export function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
