/** One key starts a job, its progress is seen, and what it found is applied, saved, and undone. */

import assert from "node:assert/strict";

export default async function play(window, given, say) {
  await window.trust();
  await window.hideSideBar();
  await window.cursor(given.line);
  await window.press("Shift+Alt+p");
  const progress = window.toast(`Afterburner: ${given.qualname}`);
  await progress.waitFor();
  say("progress");
  await window.seen("Optimising… (cancel)", ".codelens-decoration");
  await window.shot("progress");

  const message = window.toast(`${given.qualname}: `);
  await message.getByRole("button", { name: "Apply" }).waitFor();
  assert.deepEqual(await message.locator(".notification-list-item-buttons-container a").allInnerTexts(), ["Apply", "Preview", "Report"]);
  await window.page.locator(".codelens-decoration", { hasText: "faster" }).waitFor();
  await window.shot("found");
  say("found");

  const actions = await window.actions();
  await window.shot("actions");
  assert.match(actions[0], /^Afterburner: apply .* faster .*, strong evidence$/);
  assert.ok(actions.includes(`Afterburner: optimize \`${given.qualname}\` with profile fast`), actions.join("\n"));
  await window.choose("Afterburner: apply");
  assert.equal(await window.saved(), given.after);
  await window.shot("applied");
  say("applied");

  await window.press("Control+z");
  assert.equal(await window.saved(), given.before);
  say("undone");

  await window.press("Shift+Alt+Enter");
  assert.equal(await window.saved(), given.after);
  say("applied by key");
}
