// MCP Inspector's command line against `everything`: prompts, resources and skills, in both protocol eras. It has no person and no model behind
// it, so what asks them is not for it, and it knows no completions. Usage: `inspector.mjs URL`, or for stdio
// `inspector.mjs COMMAND [ARGUMENT...]`.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

const target = process.argv.slice(2);
const http = target[0].startsWith("http://");
const inspector = fileURLToPath(new URL("../node_modules/.bin/mcp-inspector", import.meta.url));

/** What the Inspector prints on stdout for one method; a failing Inspector throws with what it said. */
function inspect(era, ...method) {
  const where = http ? ["--transport", "http", "--server-url", target[0]] : ["--transport", "stdio", ...target];
  const options = ["--cli", ...where, "--protocol-era", era, "--format", "json", "--quiet", "--method", ...method];
  const printed = JSON.parse(execFileSync(process.execPath, [inspector, ...options], { encoding: "utf8", timeout: 60_000 }));
  return printed.result ?? printed;
}

for (const [version, era] of [["2025-11-25", "legacy"], ["2026-07-28", "modern"]]) {
  const passed = (check) => console.log(`ok inspector ${version} ${http ? "http" : "stdio"}: ${check}`);

  const prompts = inspect(era, "prompts/list").prompts.map(({ name }) => name);
  assert.ok(prompts.includes("test_prompt_with_arguments"), JSON.stringify(prompts));
  const prompt = inspect(era, "prompts/get", "--prompt-name", "test_prompt_with_arguments", "--prompt-args", "arg1=one", "arg2=two");
  assert.match(prompt.messages[0].content.text, /arg1='one', arg2='two'/);
  passed("prompts");

  const uris = inspect(era, "resources/list").resources.map(({ uri }) => uri);
  assert.ok(uris.includes("test://static-text"), JSON.stringify(uris));
  const templates = inspect(era, "resources/templates/list").resourceTemplates.map(({ uriTemplate }) => uriTemplate);
  assert.ok(templates.includes("test://template/{id}/data"), JSON.stringify(templates));
  const [data] = inspect(era, "resources/read", "--uri", "test://template/7/data").contents;
  assert.equal(JSON.parse(data.text).id, "7");
  passed("resources");

  if (era === "modern") {
    // It reads every file of every skill and compares it with its digest.
    const report = inspect(era, "skills/list", "--verify");
    assert.deepEqual([report.name, report.files.length, report.outcome], ["git-workflow", 2, "verified"]);
    passed("skills");
  }
}
