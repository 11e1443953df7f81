// The TypeScript client signs in, asks who it is, loses its token, and asks again. Usage: `typescript.mjs URL ERA [DOCUMENT]`, where
// ERA is `2025-11-25`, `2026-07-28` or `auto`, and DOCUMENT the address of a client ID metadata document.
import assert from "node:assert/strict";
import process from "node:process";
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";
import { note } from "./wire.mjs";

const [url, era, document] = process.argv.slice(2);
const mode = { "2025-11-25": "legacy", "2026-07-28": { pin: "2026-07-28" }, auto: "auto" }[era];

/** What a client remembers of its sign-in. */
class Provider {
  redirectUrl = "http://127.0.0.1:8976/callback";
  clientMetadataUrl = document;
  clientMetadata = {
    client_name: "TypeScript client",
    redirect_uris: [this.redirectUrl],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
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

  /** Goes where the user is sent, and takes the answer that the emulator redirects to. */
  async consent() {
    note(`BROWSER ${this.address}`);
    const answer = await fetch(this.address, { redirect: "manual" });
    const location = new URL(answer.headers.get("location"));
    assert.equal(`${location.origin}${location.pathname}`, this.redirectUrl);
    assert.equal(location.searchParams.get("state"), this.state());
    return location.searchParams;
  }
}

const provider = new Provider();

async function connect() {
  const client = new Client({ name: "xmcp-checks", version: "1.0.0" }, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  try {
    await client.connect(transport);
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await transport.finishAuth(await provider.consent());
    return connect();
  }
  return client;
}

async function whoami(client) {
  const result = await client.callTool({ name: "whoami", arguments: {} });
  assert.ok(!result.isError, JSON.stringify(result));
  note(`CALLED ${result.structuredContent.userId}`);
}

const client = await connect();
assert.equal(client.getNegotiatedProtocolVersion(), era === "auto" ? "2026-07-28" : era);
await whoami(client);
const claims = JSON.parse(Buffer.from(provider.granted.access_token.split(".")[1], "base64url"));
note(`ISSUER ${claims.iss}`);

provider.granted = { ...provider.granted, access_token: "spoiled" };
note("SPOILED");
await whoami(client);
await client.close();
