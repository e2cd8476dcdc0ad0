/** Tells the server when the user trusts the workspace; until then it runs nothing. */

import { type Disposable, workspace } from "vscode";
import { DidChangeTrust } from "./protocol";
import type { Server } from "./server";
import type { Status } from "./status";

export function followTrust(server: Server, status: Status): Disposable {
  return workspace.onDidGrantWorkspaceTrust(async () => {
    await server.client?.sendNotification(DidChangeTrust, { trusted: true });
    if (server.client?.isRunning()) {
      status.running();
    }
  });
}
