/** The user types a call of a function that nobody calls: begun for them, checked, and used at once. */

import assert from "node:assert/strict";

export default async function play(window, given, say) {
  await window.trust();
  await window.hideSideBar();
  await window.cursor(given.line);
  await window.run("Afterburner: Provide an Input for Function…");
  const box = window.page.locator(".quick-input-widget");
  const input = box.locator("input");
  await box.getByText("A call of repeat_customers").first().waitFor();
  assert.match(await input.inputValue(), /^repeat_customers\(.*\)$/);
  await window.shot("template");
  say(await input.inputValue());

  await input.fill("repeat_customers(['a'], ['b'");
  await box.getByText("A bracket or a quote is not closed.").waitFor();
  await window.shot("refused");
  await input.fill("repeat_customers([f'c{i}' for i in range(999)], [f'd{i}' for i in range(99)])");
  await window.press("Enter");
  const message = window.toast(`${given.qualname}: `);
  await message.getByRole("button", { name: "Report" }).waitFor();
  await window.click(message, "Report");
  await (await window.webview("Ran in CPython")).getByText("1 user").first().waitFor();
  await window.seen("faster", ".codelens-decoration");
  await window.shot("report");
}
