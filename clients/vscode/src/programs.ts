/** Programs outside the extension: found on PATH, run with their output in the log. */

import { spawn } from "node:child_process";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import * as readline from "node:readline";
import { type CancellationToken, CancellationError, type LogOutputChannel, workspace } from "vscode";

/** The absolute path of a program on PATH; no folder of the workspace counts, since opening one runs nothing of it. */
export async function onPath(name: string): Promise<string | undefined> {
  const ours = workspace.workspaceFolders?.map(({ uri }) => uri.fsPath) ?? [];
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  for (const folder of folders.filter((folder) => !ours.some((root) => isInside(folder, root)))) {
    const file = path.join(folder, name);
    if (await isExecutable(file)) {
      return file;
    }
  }
  return undefined;
}

function isInside(folder: string, root: string): boolean {
  const relative = path.relative(root, folder);
  return !relative.startsWith("..") && !path.isAbsolute(relative);
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await fs.access(file, fs.constants.X_OK);
    return (await fs.stat(file)).isFile();
  } catch {
    return false; // it is not there, or not ours to run
  }
}

export interface Where {
  readonly cwd: string;
  readonly log: LogOutputChannel;
  readonly token?: CancellationToken;
}

/** What a program prints on stdout; throws an Error with the last line of its stderr when it fails. */
export function run(command: readonly string[], { cwd, log, token }: Where): Promise<string> {
  const [program = "", ...args] = command;
  log.debug(`$ ${command.join(" ")}`);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    const listening = token?.onCancellationRequested(() => child.kill());
    const printed: string[] = [];
    let last = "";
    readline.createInterface({ input: child.stdout }).on("line", (line) => {
      printed.push(line);
      log.debug(line);
    });
    readline.createInterface({ input: child.stderr }).on("line", (line) => {
      last = line.trim() || last;
      log.debug(line);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      listening?.dispose();
      if (token?.isCancellationRequested) {
        reject(new CancellationError());
      } else if (code === 0) {
        resolve(printed.join("\n"));
      } else {
        reject(new Error(last || `${path.basename(program)} ended with status ${code}`));
      }
    });
  });
}
