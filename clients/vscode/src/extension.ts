/** What VS Code calls: everything is made here, once, and ended when the window closes. */

import { type ExtensionContext, workspace } from "vscode";
import { registerCommands } from "./commands";
import { createLog } from "./logger";
import { Previews } from "./preview";
import { Interpreters } from "./python";
import { Server } from "./server";
import { Status } from "./status";
import { followTrust } from "./trust";

let server: Server | undefined;

export function activate(context: ExtensionContext): void {
  const log = createLog();
  const status = new Status();
  const interpreters = new Interpreters(log);
  const previews = new Previews();
  const started = new Server(context, log, status, interpreters, previews);
  server = started;
  context.subscriptions.push(
    log,
    status,
    interpreters,
    previews,
    started,
    followTrust(started, status),
    ...registerCommands({ context, log, status, server: started, previews }),
    workspace.onDidChangeConfiguration(() => started.restartIfSettingsDiffer()),
  );
  void interpreters.follow();
  void started.restart(); // not awaited: the commands are there meanwhile, and say that it does not run yet
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
