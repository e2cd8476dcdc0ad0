/** The commands of the palette; what the server itself does has ids of its own, `afterburner.server.…`. */

import { commands, type Disposable, type ExtensionContext, type LogOutputChannel, window, workspace } from "vscode";
import { installServer } from "./launch";
import type { Previews } from "./preview";
import type { Server } from "./server";
import type { Status } from "./status";

interface Parts {
  readonly context: ExtensionContext;
  readonly log: LogOutputChannel;
  readonly status: Status;
  readonly server: Server;
  readonly previews: Previews;
}

export function registerCommands({ context, log, status, server, previews }: Parts): Disposable[] {
  const handlers: Record<string, () => unknown> = {
    optimize: () => optimize(server),
    optimizeWithProfile: () =>
      commands.executeCommand("editor.action.codeAction", { kind: "refactor.rewrite.afterburner.optimize" }),
    provideInput: () => atCursor(server, "input"),
    cancel: () => atCursor(server, "cancel"),
    showReport: () => atCursor(server, "report"),
    showLogs: () => log.show(),
    restartServer: () => server.restart(),
    installServer: async () => {
      if (await installServer(context, log, status)) {
        await server.restart();
      }
    },
    applyPreviewed: () => previews.apply(server),
  };
  return Object.entries(handlers).map(([name, handler]) => commands.registerCommand(`afterburner.${name}`, handler));
}

async function optimize(server: Server): Promise<void> {
  if (!workspace.isTrusted) {
    return askForTrust();
  }
  const answer = (await atCursor(server, "optimize")) as { state?: string; message?: string } | undefined;
  if (answer?.state === "joined") {
    void window.showInformationMessage(answer.message ?? "This function is being optimised already.");
  }
}

async function askForTrust(): Promise<void> {
  const manage = "Manage Trust";
  const answer = await window.showWarningMessage("This workspace is not trusted: nothing of it runs.", manage);
  if (answer === manage) {
    await commands.executeCommand("workbench.trust.manage");
  }
}

/** Has the server do something with the function around the cursor. */
async function atCursor(server: Server, name: string): Promise<unknown> {
  const editor = window.activeTextEditor;
  if (editor?.document.languageId !== "python" || editor.document.uri.scheme !== "file") {
    void window.showInformationMessage("Put the cursor into a function of a Python file.");
    return undefined;
  }
  return server.execute(name, { uri: editor.document.uri.toString(), line: editor.selection.active.line });
}
