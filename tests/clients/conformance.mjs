// The official conformance suite against `everything`: every scenario of a set must pass, scored or not, and what the suite warns of
// must be known. Usage: `conformance.mjs URL SET RESULTS_FOLDER [--without-sessions]`, where SET is a revision of the protocol or `all`.
//
// `.ci/conformance-warnings.txt` has the warnings that are known, and `.ci/conformance-without-sessions.txt` the scenarios that cannot
// pass while `[http] sessions` is off, and what is warned of then. What stands there and does not happen any more is an error, so neither list grows old.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** How many scenarios each set scores in the pinned version of the suite. A set that becomes smaller would otherwise pass unseen. */
const SCORED = { "2025-11-25": 30, "2026-07-28": 37, all: 65 };

const [url, set, results, ...flags] = process.argv.slice(2);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const sessions = !flags.includes("--without-sessions");

/** The first words of a list's lines; what follows each is the reason. */
function listed(file) {
  const lines = fs.readFileSync(here(`../../.ci/${file}`), "utf8").split("\n");
  return new Set(lines.filter((line) => line && !line.startsWith("#")).map((line) => line.split(/\s/)[0]));
}

/** The checks of every scenario as the suite wrote them down: `server-SCENARIO-TIME/checks.json`. */
function checks() {
  return fs.readdirSync(results).flatMap((folder) => {
    const [, scenario] = /^server-(.+)-\d{4}-\d\d-\d\dT/.exec(folder) ?? [];
    const file = path.join(results, folder, "checks.json");
    return scenario ? JSON.parse(fs.readFileSync(file, "utf8")).map((check) => ({ scenario, ...check })) : [];
  });
}

fs.rmSync(results, { recursive: true, force: true });
const selection = set === "all" ? ["--suite", "all"] : ["--requirements", set];
const options = ["server", "--url", url, ...selection, "--timeout", "30000", "-o", results];
const suite = spawnSync(process.execPath, [here("node_modules/.bin/conformance"), ...options], { encoding: "utf8" });

// Its summary: `✓ ping: 2 passed, 0 failed`, and for a revision what of it is not scored: `  ✓ server-sse-polling (pending)`.
const outcomes = new Map();
for (const [, mark, scenario, counts] of suite.stdout.matchAll(/^([✓✗]) (\S+): (\d+ passed, \d+ failed.*)$/gmu)) {
  outcomes.set(scenario, { passed: mark === "✓", counts });
}
const extra = [...suite.stdout.matchAll(/^ {2}[✓✗] (\S+) \(/gmu)].map(([, scenario]) => scenario);
const scored = outcomes.size - extra.length;

const problems = [];
const label = `conformance ${set}${sessions ? "" : " without sessions"}`;
const impossible = sessions ? new Set() : listed("conformance-without-sessions.txt");
for (const [scenario, { passed, counts }] of outcomes) {
  if (passed === !impossible.has(scenario)) {
    console.log(`ok ${label}: ${scenario} (${passed ? counts : "needs a session, as it is listed"})`);
  } else {
    problems.push(passed ? `${scenario} passes: it is listed as one that cannot` : `${scenario} fails (${counts})`);
  }
}

const known = listed("conformance-warnings.txt").union(impossible);
const warned = new Set();
for (const { scenario, id, status, errorMessage, description } of checks()) {
  const text = `${scenario}: ${status} ${id}: ${errorMessage ?? description}`;
  if (status === "FAILURE" && !impossible.has(scenario)) {
    problems.push(text);
  } else if (status === "WARNING" || status === "SKIPPED") {
    warned.add(id);
    if (known.has(id)) console.log(`known: ${text}`);
    else problems.push(text);
  }
}
// The set `all` holds every scenario that a revision has, so there alone a warning that does not come is one that is gone.
if (set === "all" && sessions) {
  [...known].filter((id) => !warned.has(id)).forEach((id) => problems.push(`${id} is listed as a warning, and nothing warns of it`));
}
if (scored !== SCORED[set]) {
  problems.push(`the suite scored ${scored} scenarios, not ${SCORED[set]}:\n${suite.stdout.slice(-2000)}\n${suite.stderr}`);
}

const passing = [...outcomes].filter(([scenario, { passed }]) => passed && !extra.includes(scenario)).length;
console.log(`${label}: ${passing}/${scored} scored scenarios passed, and ${extra.length} that are not scored were run`);
problems.forEach((problem) => console.log(`FAILED ${label}: ${problem}`));
process.exit(problems.length === 0 ? 0 : 1);
