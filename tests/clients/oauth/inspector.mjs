// MCP Inspector's command line asks who it is, signs in on the way, and asks again with a spoiled token. Usage:
// `inspector.mjs URL ERA FOLDER PORT [DOCUMENT]`: it keeps its state in FOLDER, opens `$BROWSER`, and waits for it on PORT.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { note } from "./wire.mjs";

const [url, era, folder, port, document] = process.argv.slice(2);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

const options = [
  ...["--cli", "--transport", "http", "--server-url", url, "--format", "json"],
  ...["--protocol-era", { "2025-11-25": "legacy", "2026-07-28": "modern", auto: "auto" }[era]],
  ...["--callback-url", `http://127.0.0.1:${port}/oauth/callback`],
  ...(document ? ["--client-metadata-url", document] : []),
  ...["--method", "tools/call", "--tool-name", "whoami"],
];
const env = {
  ...process.env,
  HOME: folder,
  MCP_INSPECTOR_SECRET_STORE: "file",
  MCP_AUTO_OPEN_ENABLED: "true",
  NODE_OPTIONS: `--import ${here("wire.mjs")}`,
};

function whoami() {
  const inspector = here("../node_modules/.bin/mcp-inspector");
  const said = execFileSync(process.execPath, [inspector, ...options], { env, encoding: "utf8", timeout: 60_000 });
  const { result } = JSON.parse(said);
  assert.ok(!result.isError, said);
  note(`CALLED ${result.structuredContent.userId}`);
}

whoami();

const file = path.join(folder, ".mcp-inspector/secrets.json");
const kept = JSON.parse(fs.readFileSync(file, "utf8"));
const [name] = Object.keys(kept.secrets).filter((name) => name.includes(":tokens:"));
const tokens = JSON.parse(kept.secrets[name]);
const claims = JSON.parse(Buffer.from(tokens.access_token.split(".")[1], "base64url"));
note(`ISSUER ${claims.iss}`);
kept.secrets[name] = JSON.stringify({ ...tokens, access_token: "spoiled" });
fs.writeFileSync(file, JSON.stringify(kept));
note("SPOILED");
whoami();
