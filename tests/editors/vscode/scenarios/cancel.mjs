/** A job is cancelled from its notification: it ends, and so does every process that it started. */

import assert from "node:assert/strict";
import { until } from "../window.mjs";

export default async function play(window, given, say) {
  await window.trust();
  await window.cursor(given.line);
  await window.press("Shift+Alt+p");
  const progress = window.toast(`Afterburner: ${given.qualname}`);
  const workers = () => window.processes().filter(({ command }) => command.includes("afterburner_worker"));
  await until("a worker runs", () => workers().length > 0);
  say(`${workers().length} processes of workers`);
  await window.shot("running");

  await window.click(progress, "Cancel");
  await progress.waitFor({ state: "detached" });
  await until("the workers are gone", () => workers().length === 0);
  await window.page.locator(".codelens-decoration", { hasText: "Optimising" }).waitFor({ state: "detached" });
  assert.equal(await window.toast(`${given.qualname}: `).count(), 0);
  await window.shot("cancelled");
  say("cancelled");

  const server = window.processes().filter(({ command }) => command.includes("-m afterburner server"));
  assert.equal(server.length, 1, "the server goes on");
  const actions = await window.actions();
  assert.ok(actions.includes(`Afterburner: optimize \`${given.qualname}\``), actions.join("\n"));
}
