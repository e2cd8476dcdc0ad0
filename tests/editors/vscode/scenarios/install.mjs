/** Nothing is installed: the extension asks, makes its private environment, and then works. */

import { until } from "../window.mjs";

export default async function play(window, given, say) {
  const question = window.toast("Afterburner needs a server");
  await question.waitFor();
  await window.shot("question");
  await window.click(question, "Install");
  await window.toast("Installing Afterburner's server").waitFor();
  await window.shot("installing");
  await until("the private server runs", () =>
    window.processes().some(({ command }) => /globalStorage.*\/bin\/python -I -m afterburner server/.test(command)), 120_000);
  say("installed");

  await window.trust();
  await window.cursor(given.line);
  await window.press("Shift+Alt+p");
  await window.toast(`${given.qualname}: `).getByRole("button", { name: "Apply" }).waitFor();
  await window.shot("found");
}
