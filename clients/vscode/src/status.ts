/** The entry in the language status: how the server is, and the one thing to do about it. */

import { type Command, type Disposable, LanguageStatusSeverity, languages, workspace } from "vscode";
import type { ServerStatusParams } from "./protocol";

const LOGS: Command = { title: "Show Logs", command: "afterburner.showLogs" };
const RESTART: Command = { title: "Restart", command: "afterburner.restartServer" };
const INSTALL: Command = { title: "Install", command: "afterburner.installServer" };
const TRUST: Command = { title: "Manage Trust", command: "workbench.trust.manage" };

export class Status implements Disposable {
  private readonly item = languages.createLanguageStatusItem("afterburner", { language: "python" });

  constructor() {
    this.item.name = "Afterburner";
    this.starting();
  }

  starting(): void {
    this.show("starting…", LanguageStatusSeverity.Information, LOGS);
    this.item.busy = true;
  }

  installing(): void {
    this.show("installing its server…", LanguageStatusSeverity.Information, LOGS);
    this.item.busy = true;
  }

  missing(): void {
    this.show("its server is not installed", LanguageStatusSeverity.Warning, INSTALL);
  }

  failed(why: string): void {
    this.show("not running", LanguageStatusSeverity.Error, RESTART, why);
  }

  /** What the server says of itself. */
  server(said: ServerStatusParams): void {
    if (said.health === "ok") {
      this.running();
    } else {
      const isError = said.health === "error";
      const severity = isError ? LanguageStatusSeverity.Error : LanguageStatusSeverity.Warning;
      this.show("something went wrong", severity, isError ? RESTART : LOGS, said.message ?? "");
    }
    this.item.busy = !said.quiescent;
  }

  running(): void {
    if (workspace.isTrusted) {
      this.show("ready", LanguageStatusSeverity.Information, LOGS);
    } else {
      this.show("reads only, until this workspace is trusted", LanguageStatusSeverity.Information, TRUST);
    }
  }

  dispose(): void {
    this.item.dispose();
  }

  private show(text: string, severity: LanguageStatusSeverity, command: Command, detail = ""): void {
    Object.assign(this.item, { text: `Afterburner: ${text}`, detail, severity, command, busy: false });
  }
}
