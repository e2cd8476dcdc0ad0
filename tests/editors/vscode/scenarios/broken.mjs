/** The server cannot be started: the user is told why, and a key that needs it says so too. */

export default async function play(window, given, say) {
  await window.toast("Afterburner does not start. Afterburner cannot be imported by").waitFor();
  await window.shot("told");
  await window.cursor(given.line);
  await window.run("Afterburner: Provide an Input for Function…");
  await window.toast("Afterburner's server does not run.").waitFor();
  await window.page.locator('[id="status.languageStatus"]').hover();
  await window.seen("No module named 'afterburner'", ".hover-language-status");
  await window.shot("status");
}
