// mcp-remote as a bridge: a client that knows only pipes speaks to it, and it signs in and speaks to the server. It is started twice, and
// finds its token spoiled the second time. Usage: `mcp_remote.mjs URL FOLDER`; it keeps its state in FOLDER, and opens `$BROWSER`.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { note } from "./wire.mjs";

const [url, folder] = process.argv.slice(2);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

async function listAndCall() {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ["--import", here("wire.mjs"), here("../node_modules/mcp-remote/dist/proxy.js"), url, "--host", "127.0.0.1"],
    env: { ...process.env, HOME: folder, MCP_REMOTE_CONFIG_DIR: folder },
  });
  const client = new Client({ name: "xmcp-checks", version: "1.0.0" });
  await client.connect(transport);
  try {
    const { tools } = await client.listTools();
    assert.ok(tools.some((tool) => tool.name === "greet"), JSON.stringify(tools));
    note(`LISTED ${tools.length}`);
    const result = await client.callTool({ name: "whoami", arguments: {} });
    assert.ok(!result.isError, JSON.stringify(result));
    note(`CALLED ${result.structuredContent.userId}`);
  } finally {
    await client.close();
  }
}

await listAndCall();

const kept = fs.readdirSync(folder, { recursive: true }).filter((file) => file.endsWith("_tokens.json"));
assert.equal(kept.length, 1, `expected one file of tokens in ${folder}, got ${kept}`);
const file = path.join(folder, kept[0]);
const tokens = JSON.parse(fs.readFileSync(file, "utf8"));
const claims = JSON.parse(Buffer.from(tokens.access_token.split(".")[1], "base64url"));
note(`ISSUER ${claims.iss}`);
fs.writeFileSync(file, JSON.stringify({ ...tokens, access_token: "spoiled" }));
note("SPOILED");
await listAndCall();
