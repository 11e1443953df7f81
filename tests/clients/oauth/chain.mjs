// Real clients through the whole of OAuth: refused, metadata, registration, consent with PKCE, token, call, refresh, call. Each client
// runs in a process of its own and its wire is written down; then every step has to be there, in this order, and nothing twice.
// Usage: `chain.mjs URL EMULATOR ISSUER FOLDER PYTHON`: the server, the emulator, whom tokens name (`environment` or `resource`), a folder
// with the files of `certificate.py`, and a Python with the client. The emulator consents by itself, as ada.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import https from "node:https";
import net from "node:net";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const [url, emulator, mode, folder, python] = process.argv.slice(2);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

const metadata = new URL("/.well-known/oauth-protected-resource/mcp", url).href;
const server = (await (await fetch(metadata)).json()).authorization_servers[0];
const issuer = { environment: emulator, resource: server }[mode];
const ada = await (await fetch(`${emulator}/emulator/token`, { method: "POST", body: new URLSearchParams({ user: "ada", resource: url }) })).text();
const user = JSON.parse(Buffer.from(ada.split(".")[1], "base64url")).sub;

// The metadata documents of clients: each address is one of its own, so that the emulator has to fetch each.
const fetched = [];
const documents = https.createServer(
  { cert: fs.readFileSync(path.join(folder, "certificate.pem")), key: fs.readFileSync(path.join(folder, "key.pem")) },
  (request, response) => {
    fetched.push(request.url);
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        client_id: `https://127.0.0.1:${documents.address().port}${request.url}`,
        client_name: "A client with a document",
        redirect_uris: ["http://127.0.0.1/callback", "http://127.0.0.1/oauth/callback"],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
      }),
    );
  },
);
await once(documents.listen(0, "127.0.0.1"), "listening");

/** A port that is free now. */
async function freePort() {
  const listener = net.createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address();
  await once(listener.close(), "close");
  return String(port);
}

const CLIENTS = {
  typescript: (url, era, _, document = []) => [process.execPath, here("typescript.mjs"), url, era, ...document],
  python: (url, era, _, document = []) => [python, here("python_client.py"), url, era, ...document],
  inspector: async (url, era, home, document = []) => [process.execPath, here("inspector.mjs"), url, era, home, await freePort(), ...document],
  "mcp-remote": (url, _, home) => [process.execPath, here("mcp_remote.mjs"), url, home],
};

/** Lets a client do all it does, and returns its wire. */
async function run(name, command, home) {
  const wire = path.join(home, "wire.txt");
  const [program, ...options] = command;
  const env = { ...process.env, WIRE: wire, BROWSER: here("browser") };
  const child = spawn(program, options, { env, stdio: ["ignore", "pipe", "pipe"], timeout: 90_000 });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const [code, signal] = await once(child, "close");
  const lines = fs.existsSync(wire) ? fs.readFileSync(wire, "utf8").trimEnd().split("\n") : [];
  if (code !== 0) {
    console.log(`FAILED ${name}: ended with ${code ?? signal}. What it said:\n${said}\nIts wire:\n${lines.join("\n")}`);
    process.exit(1);
  }
  return lines;
}

/** Where the user was sent: to the consent of this server, by this client, with PKCE and for this resource. */
function isAuthorization(line, url, document) {
  if (!line.startsWith(`BROWSER ${server}/oauth/authorize?`)) return false;
  const asked = new URL(line.slice("BROWSER ".length)).searchParams;
  const client = asked.get("client_id");
  return (
    asked.get("response_type") === "code" &&
    asked.get("code_challenge_method") === "S256" &&
    asked.get("code_challenge")?.length === 43 &&
    asked.get("resource") === url &&
    (document ? client === document : client?.startsWith("m2m_"))
  );
}

/** One client from the first request to the call after the refresh. Clients compare `url` to the letter with what they are told. */
async function check(client, era, registration, url) {
  const { origin, hostname } = new URL(url);
  const name = `oauth ${mode} ${client} ${era} ${registration} ${hostname}`;
  const home = path.join(folder, mode, `${client}-${era}-${registration}-${hostname}`);
  fs.mkdirSync(home, { recursive: true });
  const page = `/${client}-${era}.json`;
  const document = registration === "document" ? `https://127.0.0.1:${documents.address().port}${page}` : undefined;
  const lines = await run(name, await CLIENTS[client](url, era, home, document && [document]), home);

  const at = (text) => (line) => line === text;
  const registered = (line) => line.startsWith(`POST ${emulator}/api/v1/resources/`) && line.endsWith("/clients:register 201");
  const token = at(`POST ${server}/oauth/token 200`);
  const steps = [
    ["refused without a token (401)", (line) => line === `POST ${url} 401` || line === `GET ${url} 401`],
    ["metadata of the resource", at(`GET ${origin}/.well-known/oauth-protected-resource/mcp 200`)],
    ["metadata of the authorization server", (line) => line.startsWith(`GET ${emulator}/.well-known/oauth-authorization-server/resources/`) && line.endsWith(" 200")],
    ...(document ? [] : [["dynamic registration (201)", registered]]),
    [document ? "authorization with PKCE, as the client of its document" : "authorization with PKCE", (line) => isAuthorization(line, url, document)],
    ["token for the code", token],
    ["call (200)", at(`POST ${url} 200`)],
    ["whoami names the user", at(`CALLED ${user}`)],
    ["the token names the right issuer", at(`ISSUER ${issuer}`)],
    ["the token is lost", at("SPOILED")],
    ["token for the refresh token", token],
    ["call after the refresh (200)", at(`POST ${url} 200`)],
    ["whoami names the user again", at(`CALLED ${user}`)],
  ];

  let position = 0;
  for (const [step, is] of steps) {
    const found = lines.findIndex((line, index) => index >= position && is(line));
    if (found === -1) {
      console.log(`FAILED ${name}: ${step}. The wire:\n${lines.map((line, index) => `${index < position ? " " : ">"} ${line}`).join("\n")}`);
      process.exit(1);
    }
    console.log(`ok ${name}: ${step}`);
    position = found + 1;
  }

  const count = (is) => lines.filter(is).length;
  const once = { consents: count((line) => line.startsWith("BROWSER ")), refreshes: count(token) - 1 };
  assert.deepEqual(once, { consents: 1, refreshes: 1 }, lines.join("\n"));
  assert.equal(count(registered), document ? 0 : 1, lines.join("\n"));
  if (document) {
    assert.ok(fetched.includes(page), `the emulator never fetched ${document}`);
    console.log(`ok ${name}: the emulator fetched the document`);
  }
}

const localhost = url.replace("//127.0.0.1:", "//localhost:");
for (const client of ["typescript", "python", "inspector"]) {
  for (const era of ["2025-11-25", "2026-07-28"]) await check(client, era, "dynamic", url);
  await check(client, "auto", "dynamic", localhost);
  await check(client, "auto", "document", url);
}
await check("mcp-remote", "2025-11-25", "dynamic", localhost);
documents.close();
