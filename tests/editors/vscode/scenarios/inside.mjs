/** The tests under inside/ run in the extension host; what they found out comes back in a file. */

import assert from "node:assert/strict";
import fs from "node:fs";
import { until } from "../window.mjs";

export default async function play(window, given, say) {
  const read = () => JSON.parse(fs.readFileSync(given.environment.INSIDE_RESULTS, "utf8"));
  await until("the tests have ended", () => read().ended, 90_000);
  const { results } = read();
  for (const { name, error } of results) say(`${error ? "FAILED" : "passed"}  ${name} ${error ?? ""}`);
  assert.ok(results.length > 0);
  assert.deepEqual(results.filter(({ error }) => error).map(({ name }) => name), []);
}
