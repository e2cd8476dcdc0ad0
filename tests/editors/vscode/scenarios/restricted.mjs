/** In restricted mode nothing of the folder runs, its interpreter neither; findings are shown; trust lifts it. */

import assert from "node:assert/strict";
import fs from "node:fs";

export default async function play(window, given, say) {
  await window.page.locator(".part.banner", { hasText: "Restricted Mode" }).waitFor();
  await window.cursor(given.line);
  await window.press("Shift+Alt+p");
  await window.toast("This workspace is not trusted").waitFor();
  await window.page.locator(".squiggly-hint").first().waitFor();
  await window.shot("refused");
  say("refused");

  const disabled = await window.actions();
  assert.deepEqual(disabled.filter((title) => title.includes("apply")), []);
  await window.shot("actions");
  await window.press("Escape");
  assert.deepEqual(fs.readdirSync(given.traces), [], "something of the folder was run");

  await window.trust();
  await window.cursor(given.line);
  await window.press("Shift+Alt+p");
  await window.toast(`${given.qualname}: `).getByRole("button", { name: "Apply" }).waitFor();
  assert.deepEqual(fs.readdirSync(given.traces), ["interpreter"], "the chosen interpreter was to run");
  say("optimised with the chosen interpreter");
}
