// MCP Inspector's command line against our server: it lists the tools and calls `greet`, in both protocol eras and in
// the mode that finds the era out by itself. Usage: `inspector.mjs URL` with a token in `$TOKEN`, or for stdio
// `inspector.mjs COMMAND [ARGUMENT...]`.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

const target = process.argv.slice(2);
const http = target[0].startsWith("http://");
const inspector = fileURLToPath(new URL("node_modules/.bin/mcp-inspector", import.meta.url));

const ERAS = [
  { label: "2025-11-25", era: "legacy" },
  { label: "2026-07-28", era: "modern" },
  { label: "auto", era: "auto" },
];

/** What the Inspector prints on stdout for one method; a failing Inspector throws with what it said. */
function inspect(era, ...method) {
  const where = http
    ? ["--transport", "http", "--server-url", target[0], "--header", `Authorization: Bearer ${process.env.TOKEN}`]
    : ["--transport", "stdio", ...target];
  const options = ["--cli", ...where, "--protocol-era", era, "--format", "json", "--quiet", ...method];
  return JSON.parse(execFileSync(process.execPath, [inspector, ...options], { encoding: "utf8", timeout: 60_000 }));
}

for (const { label, era } of ERAS) {
  const passed = (check) => console.log(`ok inspector ${label} ${http ? "http" : "stdio"}: ${check}`);

  const names = inspect(era, "--method", "tools/list").result.tools.map((tool) => tool.name);
  assert.ok(names.includes("greet"), `expected \`greet\` among the tools, got ${JSON.stringify(names)}`);
  passed("tools/list");

  const result = inspect(era, "--method", "tools/call", "--tool-name", "greet", "--tool-arg", "name=Ada").result;
  assert.ok(!result.isError, `expected a greeting, got ${JSON.stringify(result)}`);
  assert.match(result.content[0].text, http ? /Ada.* user ID is usr_/ : /Ada/);
  passed("greet");
}
