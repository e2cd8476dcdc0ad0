/** A suggestion is looked at beside its evidence, applied from there, and the report read. */

import assert from "node:assert/strict";

export default async function play(window, given, say) {
  await window.trust();
  await window.hideSideBar();
  await window.cursor(given.line);
  await window.press("Shift+Alt+p");
  const message = window.toast(`${given.qualname}: `);
  await message.getByRole("button", { name: "Preview" }).waitFor();
  await window.click(message, "Preview");

  await window.page.locator(".monaco-diff-editor .line-insert").first().waitFor();
  await window.webview("Not verified");
  await window.shot("preview");
  say("preview");

  await window.page.getByRole("button", { name: "Apply", exact: true }).click();
  await window.page.locator(".tab.active.dirty", { hasText: "customers.py" }).waitFor();
  assert.equal(await window.saved(), given.after);
  say("applied from the preview");

  await window.press("Control+z");
  assert.equal(await window.saved(), given.before);
  await window.run("Afterburner: Show Report on Function");
  await window.webview("Ran in CPython");
  await window.shot("report");
}
