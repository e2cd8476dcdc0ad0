/** The user's settings, with `${workspaceFolder}` and the like filled in. */

import * as os from "node:os";
import * as path from "node:path";
import { type Uri, type WorkspaceFolder, workspace } from "vscode";

export const SECTION = "afterburner";

/** What this side of the connection reads; all else is the server's. */
export interface ClientSettings {
  readonly path: readonly string[];
  readonly importStrategy: "fromEnvironment" | "useBundled";
  readonly serverInterpreter: string | undefined;
  readonly wheelhouse: string | undefined;
  readonly logLevel: string;
  readonly trace: "off" | "messages" | "verbose";
}

export function clientSettings(): ClientSettings {
  const settings = workspace.getConfiguration(SECTION);
  const folder = workspace.workspaceFolders?.[0];
  const place = (name: string) => expanded(settings.get<string | null>(name) ?? undefined, folder);
  return {
    path: (settings.get<string[] | null>("path") ?? []).map((part) => expanded(part, folder) ?? part),
    importStrategy: settings.get("importStrategy", "useBundled"),
    serverInterpreter: place("serverInterpreter"),
    wheelhouse: place("wheelhouse"),
    logLevel: settings.get("logLevel", "info"),
    trace: settings.get("trace.server", "off"),
  };
}

/** What VS Code says of the section for a folder, as the server takes it; the editor's interpreter where none is set. */
export function forServer(section: unknown, scope: Uri | undefined, chosen: string | undefined): unknown {
  if (typeof section !== "object" || section === null) {
    return section;
  }
  const given = (section as { interpreter?: unknown }).interpreter;
  const folder = scope && workspace.getWorkspaceFolder(scope);
  const set = typeof given === "string" && given !== "";
  const interpreter = set ? absolute(expanded(given, folder) ?? given, folder) : (given || chosen) ?? null;
  return { ...section, interpreter };
}

function absolute(file: string, folder: WorkspaceFolder | undefined): string {
  return folder ? path.resolve(folder.uri.fsPath, file) : file;
}

/** `~`, `${userHome}`, `${workspaceFolder}`, `${workspaceFolder:name}` and `${env:NAME}` replaced; undefined if empty. */
export function expanded(text: string | undefined, folder: WorkspaceFolder | undefined): string | undefined {
  return (
    text
      ?.replace(/^~(?=\/|$)/, os.homedir())
      .replace(/\$\{(\w+)(?::([^}]*))?\}/g, (whole, name: string, argument?: string) => {
        switch (name) {
          case "userHome":
            return os.homedir();
          case "env":
            return process.env[argument ?? ""] ?? "";
          case "workspaceFolder":
            return (argument ? named(argument) : folder)?.uri.fsPath ?? whole;
          default:
            return whole;
        }
      }) || undefined
  );
}

function named(name: string): WorkspaceFolder | undefined {
  return workspace.workspaceFolders?.find((folder) => folder.name === name);
}
