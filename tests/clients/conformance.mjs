// The official conformance suite against `everything`, for one requirement set. The scenarios named in `.ci/conformance-REVISION.txt`
// must pass; what the others do is printed for information. Usage: `conformance.mjs URL REVISION RESULTS_FOLDER`.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const [url, revision, results] = process.argv.slice(2);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

const required = fs
  .readFileSync(here(`../../.ci/conformance-${revision}.txt`), "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"));

fs.rmSync(results, { recursive: true, force: true });
const options = ["server", "--url", url, "--requirements", revision, "--timeout", "30000", "-o", results];
const suite = spawnSync(process.execPath, [here("node_modules/.bin/conformance"), ...options], { encoding: "utf8" });

// The suite exits 1 as soon as any scenario fails, so what counts is its summary: `✓ ping: 2 passed, 0 failed`.
const outcomes = new Map();
for (const [, mark, scenario, counts] of suite.stdout.matchAll(/^([✓✗]) (\S+): (\d+ passed, \d+ failed.*)$/gmu)) {
  outcomes.set(scenario, { passed: mark === "✓", counts });
}
if (outcomes.size === 0) {
  console.error(`the conformance suite printed no summary:\n${suite.stdout}\n${suite.stderr}`);
  process.exit(1);
}

/** What the suite found wrong in a scenario: every check that is neither a success nor mere information. */
function complaints(scenario) {
  const name = new RegExp(`^server-${scenario}-\\d{4}-\\d\\d-\\d\\dT`);
  const folders = fs.readdirSync(results).filter((folder) => name.test(folder));
  const checks = folders.flatMap((folder) => JSON.parse(fs.readFileSync(path.join(results, folder, "checks.json"), "utf8")));
  return checks
    .filter(({ status }) => status === "FAILURE" || status === "WARNING")
    .map(({ id, status, description, errorMessage }) => `    ${status} ${id}: ${errorMessage ?? description}`);
}

let failed = 0;
for (const scenario of required) {
  const outcome = outcomes.get(scenario);
  if (outcome?.passed) {
    console.log(`ok conformance ${revision}: ${scenario} (${outcome.counts})`);
  } else {
    failed += 1;
    console.log(`FAILED conformance ${revision}: ${scenario} (${outcome?.counts ?? "the suite has no such scenario in this set"})`);
  }
  complaints(scenario).forEach((complaint) => console.log(complaint));
}

const others = [...outcomes].filter(([scenario]) => !required.includes(scenario));
const names = (passed) => others.filter(([, outcome]) => outcome.passed === passed).map(([scenario]) => scenario);
console.log(`not required yet and passing: ${names(true).join(", ") || "none"}`);
console.log(`not required yet and failing: ${names(false).join(", ") || "none"}`);
console.log(`conformance ${revision}: ${required.length - failed} of ${required.length} required scenarios passed`);
process.exit(failed === 0 ? 0 : 1);
