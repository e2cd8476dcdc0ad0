/** Tells the server when the user trusts the workspace; until then it runs nothing. */

import { type Disposable, workspace } from "vscode";
import { DidChangeTrust } from "./protocol";
import type { Server } from "./server";
import type { Status } from "./status";

export function followTrust(server: Server, status: Status): Disposable {
  return workspace.onDidGrantWorkspaceTrust(async () => {
    await server.client?.sendNotification(DidChangeTrust, { trusted: true });
    server.settingsChanged(); // the chosen interpreter is only told in a trusted workspace
    if (server.client?.isRunning()) {
      status.running();
    }
  });
}
