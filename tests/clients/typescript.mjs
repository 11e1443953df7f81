// The official TypeScript client against our server: it lists the tools and calls `greet`, in both protocol eras and
// in the mode that finds the era out by itself. Usage: `typescript.mjs URL` with a token in `$TOKEN`, or for stdio
// `typescript.mjs COMMAND [ARGUMENT...]`.
import assert from "node:assert/strict";
import process from "node:process";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const [target, ...args] = process.argv.slice(2);
const http = target.startsWith("http://");

const MODES = [
  { label: "2025-11-25", mode: "legacy", version: "2025-11-25" },
  { label: "2026-07-28", mode: { pin: "2026-07-28" }, version: "2026-07-28" },
  { label: "auto", mode: "auto", version: "2026-07-28" },
];

function transport() {
  return http
    ? new StreamableHTTPClientTransport(new URL(target), { authProvider: { token: async () => process.env.TOKEN } })
    : new StdioClientTransport({ command: target, args, env: process.env });
}

for (const { label, mode, version } of MODES) {
  const passed = (check) => console.log(`ok typescript ${label} ${http ? "http" : "stdio"}: ${check}`);
  const client = new Client({ name: "xmcp-checks", version: "1.0.0" }, { versionNegotiation: { mode } });
  await client.connect(transport());
  try {
    assert.equal(client.getNegotiatedProtocolVersion(), version);
    passed("connect");

    const { tools } = await client.listTools();
    const names = tools.map((tool) => tool.name);
    assert.ok(names.includes("greet"), `expected \`greet\` among the tools, got ${JSON.stringify(names)}`);
    passed("tools/list");

    const result = await client.callTool({ name: "greet", arguments: { name: "Ada" } });
    assert.ok(!result.isError, `expected a greeting, got ${JSON.stringify(result)}`);
    assert.match(result.content[0].text, http ? /Ada.* user ID is usr_/ : /Ada/);
    passed("greet");
  } finally {
    await client.close();
  }
}
