/** `node run.mjs SCENARIO`: plays a scenario in a window of its own; what it is given comes as JSON on stdin. */

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { open } from "./window.mjs";

const given = JSON.parse(fs.readFileSync(0, "utf8"));
const { default: play } = await import(pathToFileURL(path.resolve(process.argv[2])));
const started = Date.now();
const say = (text) => console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${text}`);

const window = await open(given);
say("window");
try {
  await play(window, given, say);
  say("done");
} catch (error) {
  process.exitCode = 1;
  say(error.stack);
  await window.shot("failed").catch(() => undefined);
  say((await window.page.locator(".notifications-toasts").allInnerTexts()).join("\n"));
} finally {
  await window.close();
}
