// A real client signs in at a real issuer and calls a tool behind `oauth::provider`; tokens for others do not open it. Usage:
// `check.mjs URL ISSUER`: the server, and the issuer that it was told to trust, which nobody has started yet.
import assert from "node:assert/strict";
import process from "node:process";
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";
import { ROBOT, SCOPES, start } from "./issuer.mjs";

const [url, issuer] = process.argv.slice(2);
const ok = (what) => console.log(`ok issuer: ${what}`);
const decode = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Calls the tool with a token, without a client. */
async function call(token) {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "whoami", arguments: {} } }),
  });
  return { status: response.status, retryAfter: response.headers.get("retry-after"), body: await response.text() };
}

// The server runs, the issuer does not: nobody can tell whether a token is good.
const named = `${encode({ alg: "RS256", typ: "at+jwt" })}.${encode({ iss: issuer, sub: "nobody" })}.c2lnbmF0dXJl`;
const early = await call(named);
assert.equal(early.status, 503, early.body);
assert.ok(Number(early.retryAfter) >= 1, `Retry-After: ${early.retryAfter}`);
ok("503 while the issuer is away");
const stranger = await call(`${encode({ alg: "RS256" })}.${encode({ iss: "https://evil.example", sub: "eve" })}.c2lnbmF0dXJl`);
assert.equal(stranger.status, 401, "a token that names another issuer needs nobody to be refused");
ok("401 for a stranger's token all the same");

const stop = await start(Number(new URL(issuer).port));

/** A token of the client that acts for itself. */
async function robot(fields) {
  const body = new URLSearchParams({ grant_type: "client_credentials", ...ROBOT, ...fields });
  const response = await fetch(`${issuer}/token`, { method: "POST", body });
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()).access_token;
}

/** The answer once the server asks the issuer again: it said when that will be. */
async function answer(token) {
  for (let left = 20; ; left -= 1) {
    const answered = await call(token);
    if (answered.status !== 503 || left === 0) return answered;
    await new Promise((resolve) => setTimeout(resolve, Number(answered.retryAfter) * 1000));
  }
}

const good = await robot({ resource: url, scope: "notes:read" });
assert.equal(decode(good).aud, url);
const served = await answer(good);
assert.equal(served.status, 200, served.body);
assert.ok(served.body.includes("robot"), served.body);
ok("a token for this server opens the tool, without a restart");

for (const [what, token] of [
  ["for another audience", await robot({ resource: "https://other.example/mcp", scope: "notes:read" })],
  ["for another path of this server", await robot({ resource: url.replace("/mcp", "/other"), scope: "notes:read" })],
  ["that is opaque", await robot({})],
  ["whose signature was changed", good.replace(/.{6}$/, "AAAAAA")],
]) {
  assert.equal((await call(token)).status, 401, what);
  ok(`401 for a token ${what}`);
}
const without = await call(await robot({ resource: url }));
assert.equal(without.status, 403, without.body);
ok("403 for a token without the scope that every request needs");

/** What a client remembers of its sign-in. */
class Memory {
  redirectUrl = "http://127.0.0.1:8976/callback";
  clientMetadata = {
    client_name: "TypeScript client",
    redirect_uris: [this.redirectUrl],
    grant_types: ["authorization_code"],
    response_types: ["code"],
    application_type: "native",
    token_endpoint_auth_method: "none",
  };
  state = () => "a state of this client";
  clientInformation = () => this.client;
  saveClientInformation = (client) => void (this.client = client);
  tokens = () => this.granted;
  saveTokens = (granted) => void (this.granted = granted);
  codeVerifier = () => this.verifier;
  saveCodeVerifier = (verifier) => void (this.verifier = verifier);
  discoveryState = () => this.discovered;
  saveDiscoveryState = (discovered) => void (this.discovered = discovered);
  redirectToAuthorization = (address) => void (this.address = address);

  /** Goes where the user is sent as a browser does, cookies and all, until the client's own address comes up. */
  async browse() {
    const cookies = new Map();
    for (let address = new URL(this.address), hops = 0; hops < 10; hops += 1) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const response = await fetch(address, { redirect: "manual", headers: { cookie } });
      for (const line of response.headers.getSetCookie()) {
        const [name, ...value] = line.split(";")[0].split("=");
        cookies.set(name, value.join("="));
      }
      assert.ok([302, 303].includes(response.status), `${response.status} at ${address}: ${await response.text()}`);
      address = new URL(response.headers.get("location"), address);
      if (address.href.startsWith(this.redirectUrl)) return address.searchParams;
    }
    assert.fail("the issuer never sent the user back");
  }
}

const memory = new Memory();

async function connect() {
  const client = new Client({ name: "xmcp-checks", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: memory });
  try {
    await client.connect(transport);
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await transport.finishAuth(await memory.browse());
    return connect();
  }
  return client;
}

const client = await connect();
const result = await client.callTool({ name: "whoami", arguments: {} });
assert.ok(!result.isError, JSON.stringify(result));
assert.ok(JSON.stringify(result.content).includes("ada"), JSON.stringify(result));
const claims = decode(memory.granted.access_token);
assert.deepEqual([claims.iss, claims.aud, claims.sub], [issuer, url, "ada"]);
assert.ok(claims.scope.split(" ").includes("notes:read") && SCOPES.includes("notes:read"));
ok("the TypeScript client registers, signs in with PKCE for this resource, and calls the tool");
await client.close();
stop();
