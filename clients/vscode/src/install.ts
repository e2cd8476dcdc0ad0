/** The private environment: a virtual environment with the bundled server and exactly the packages of its lock. */

import * as crypto from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { ExtensionContext } from "vscode";
import { onPath, run, type Where } from "./programs";

const PYTHONS = ["python3.13", "python3.12", "python3.11", "python3", "python"];
const IS_RECENT = "import sys; sys.exit(sys.version_info < (3, 11))";
const ONLY_PINNED = ["--require-hashes", "--only-binary", ":all:"];

export interface Source {
  /** The Python to build on; without one it is looked for on PATH. */
  readonly python: string | undefined;
  /** A folder of wheels that takes the place of the package index. */
  readonly wheelhouse: string | undefined;
}

/** The Python of the private environment of exactly this version; undefined where there is none. */
export async function installedPython(context: ExtensionContext): Promise<string | undefined> {
  const python = pythonOf(await home(context));
  return fs.access(python).then(
    () => python,
    () => undefined, // it was never made, or the Python beneath it is gone
  );
}

/** Makes the private environment anew, and removes those of other versions. Throws an Error with a sentence. */
export async function install(context: ExtensionContext, source: Source, where: Where): Promise<void> {
  const target = await home(context);
  const draft = `${target}.${process.pid}`;
  const base = await basePython(source.python, where);
  try {
    await build(context, draft, base, source.wheelhouse, where);
    await fs.rm(target, { recursive: true, force: true });
    await fs.rename(draft, target); // so that what bears the name is whole
  } finally {
    await fs.rm(draft, { recursive: true, force: true });
  }
  await removeOthers(target);
}

async function build(
  context: ExtensionContext,
  folder: string,
  base: string,
  wheelhouse: string | undefined,
  where: Where,
): Promise<void> {
  const uv = await workingUv(where);
  const python = pythonOf(folder);
  await run(uv ? [uv, "venv", "--no-project", "--python", base, folder] : [base, "-I", "-m", "venv", folder], where);
  const pip = uv
    ? [uv, "pip", "install", "--python", python]
    : [python, "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"];
  const index = wheelhouse ? ["--no-index", "--find-links", wheelhouse] : [];
  const { wheel, lock } = await bundled(context);
  await run([...pip, ...index, ...ONLY_PINNED, "-r", lock], where);
  await run([...pip, "--no-index", "--no-deps", wheel], where);
}

async function basePython(wanted: string | undefined, where: Where): Promise<string> {
  for (const name of wanted ? [wanted] : PYTHONS) {
    const python = path.isAbsolute(name) ? name : await onPath(name);
    if (python && (await succeeds([python, "-I", "-c", IS_RECENT], where))) {
      return python;
    }
  }
  throw new Error(
    wanted
      ? `${wanted} is no Python 3.11 or newer.`
      : "The server needs Python 3.11 or newer, and none is on PATH. Set `afterburner.serverInterpreter` to one.",
  );
}

async function workingUv(where: Where): Promise<string | undefined> {
  const uv = await onPath("uv");
  return uv && (await succeeds([uv, "--version"], where)) ? uv : undefined;
}

async function succeeds(command: readonly string[], where: Where): Promise<boolean> {
  return run(command, where).then(
    () => true,
    () => false,
  );
}

/** Where the environment of exactly these files belongs. */
async function home(context: ExtensionContext): Promise<string> {
  const { wheel, lock } = await bundled(context);
  const hash = crypto.createHash("sha256");
  for (const file of [wheel, lock]) {
    hash.update(await fs.readFile(file));
  }
  return path.join(context.globalStorageUri.fsPath, `server-${hash.digest("hex").slice(0, 16)}`);
}

async function bundled(context: ExtensionContext): Promise<{ wheel: string; lock: string }> {
  const folder = context.asAbsolutePath("dist/server");
  const wheel = (await fs.readdir(folder)).find((name) => name.endsWith(".whl"));
  if (!wheel) {
    throw new Error(`There is no wheel in ${folder}: the extension is not whole.`);
  }
  return { wheel: path.join(folder, wheel), lock: path.join(folder, "server.lock") };
}

function pythonOf(folder: string): string {
  return path.join(folder, "bin/python");
}

async function removeOthers(kept: string): Promise<void> {
  const folder = path.dirname(kept);
  const others = (await fs.readdir(folder)).filter((name) => /^server-[0-9a-f]{16}$/.test(name));
  for (const name of others.filter((name) => name !== path.basename(kept))) {
    await fs.rm(path.join(folder, name), { recursive: true, force: true });
  }
}
