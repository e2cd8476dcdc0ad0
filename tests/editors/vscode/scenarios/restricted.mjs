/** In restricted mode nothing of the folder runs, its interpreter neither; findings are shown; trust lifts it. */

import assert from "node:assert/strict";
import fs from "node:fs";

export default async function play(window, given, say) {
  const finding = given.line + 8;
  await window.page.locator(".part.banner", { hasText: "Restricted Mode" }).waitFor();
  await window.page.locator(".squiggly-hint").first().waitFor();
  await window.cursor(finding);
  await window.press("Shift+Alt+p");
  await window.toast("This workspace is not trusted").waitFor();
  await window.shot("refused");

  const disabled = await window.actions();
  assert.deepEqual(disabled.filter((title) => title.includes("apply")), []);
  await window.shot("actions");
  await window.press("Escape");
  assert.deepEqual(fs.readdirSync(given.traces), [], "something of the folder was run");
  say("refused");

  await window.trust();
  await window.cursor(finding, 9);
  await window.actions("Control+.");
  await window.shot("fix");
  await window.choose("Afterburner: prove and apply `membership-set`");
  await window.page.locator(".tab.active.dirty").waitFor();
  assert.equal(await window.saved(), given.after);
  assert.deepEqual(fs.readdirSync(given.traces), ["interpreter"], "the chosen interpreter was to run");
  say("proven with the chosen interpreter, and applied");
}
