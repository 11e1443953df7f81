// The consent page as a person meets it, in headless Chromium: who one may be, what the client asks for, approve, deny.
// Usage: `consent.mjs URL EMULATOR FOLDER SCREENSHOT`: the server, the emulator, a folder for the browser, and where the picture goes.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import path from "node:path";
import process from "node:process";
import { chromium } from "playwright-core";

const [url, emulator, folder, screenshot] = process.argv.slice(2);
const passed = (check) => console.log(`ok consent: ${check}`);

const metadata = new URL("/.well-known/oauth-protected-resource/mcp", url);
const issuer = (await (await fetch(metadata)).json()).authorization_servers[0];
const discovered = new URL(issuer);
discovered.pathname = `/.well-known/oauth-authorization-server${discovered.pathname}`;
const server = await (await fetch(discovered)).json();

// The client: it listens where the browser comes back to.
const callbacks = [];
const listener = http.createServer((request, response) => {
  if (request.url.startsWith("/callback")) callbacks.push(new URL(request.url, redirect).searchParams);
  response.end("You may close this window.");
});
await once(listener.listen(0, "127.0.0.1"), "listening");
const redirect = `http://127.0.0.1:${listener.address().port}/callback`;
const registered = await fetch(server.registration_endpoint, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ client_name: "A <b>client</b> & co", redirect_uris: [redirect], token_endpoint_auth_method: "none" }),
});
const { client_id } = await registered.json();
const verifier = crypto.randomBytes(32).toString("base64url");

function authorization(state) {
  const address = new URL(server.authorization_endpoint);
  address.search = new URLSearchParams({
    response_type: "code",
    client_id,
    redirect_uri: redirect,
    state,
    scope: "openid profile email",
    resource: url,
    code_challenge: crypto.createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  return address.href;
}

const browser = await chromium.launchPersistentContext(path.join(folder, "chromium"), {
  executablePath: "/usr/bin/chromium",
  viewport: { width: 900, height: 1000 },
  args: [
    ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
    ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ],
});
try {
  const page = await browser.newPage();
  const problems = [];
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.setDefaultTimeout(20_000);

  await page.goto(authorization("first"));
  await page.getByRole("heading", { name: "A <b>client</b> & co would like to use your MCP server" }).waitFor();
  passed("the page names the client, letter by letter");
  const choices = await page.getByRole("radio").count();
  const people = await page.locator("fieldset").innerText();
  for (const name of ["Ada", "Grace", "Alan"]) assert.ok(people.includes(name), people);
  assert.ok(choices >= 4, `expected a choice for each user and organization, got ${choices}: ${people}`);
  passed(`${choices} users and organizations to choose from`);
  const asked = await page.locator("main").innerText();
  for (const text of ["openid", "profile", "email", url, redirect]) assert.ok(asked.includes(text), `${text} is not in: ${asked}`);
  passed("it says what is asked for, for which server, and where one returns to");
  await page.screenshot({ path: screenshot, fullPage: true });
  const styled = await page.evaluate(() => getComputedStyle(document.querySelector("button.approve")).backgroundColor);
  assert.notEqual(styled, "rgba(0, 0, 0, 0)", "the style was not applied");
  assert.deepEqual(problems, [], "the browser complained");
  passed("a picture of it, and the browser has nothing to complain about");

  await page.getByRole("radio", { name: /Grace/ }).check();
  await page.getByRole("button", { name: "Approve" }).click();
  await page.waitForURL(`${redirect}?**`);
  const granted = callbacks.at(-1);
  assert.deepEqual([granted.get("state"), granted.get("iss"), granted.has("error")], ["first", issuer, false]);
  passed("approve leads back with a code, the state and the issuer");

  const answer = await fetch(server.token_endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: granted.get("code"),
      client_id,
      redirect_uri: redirect,
      code_verifier: verifier,
    }),
  });
  const { access_token } = await answer.json();
  const called = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${access_token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "greet", arguments: { name: "Grace" } } }),
  });
  const grace = JSON.parse(Buffer.from(access_token.split(".")[1], "base64url")).sub;
  assert.equal((await called.json()).result.content[0].text, `Hello, Grace! Your user ID is ${grace}`);
  const ada = await (await fetch(`${emulator}/emulator/token`, { method: "POST", body: new URLSearchParams({ user: "ada" }) })).text();
  assert.notEqual(grace, JSON.parse(Buffer.from(ada.split(".")[1], "base64url")).sub);
  passed("the code becomes a token, and greet greets the one who was chosen");

  await page.goto(authorization("second"));
  await page.getByRole("button", { name: "Deny" }).click();
  await page.waitForURL(`${redirect}?**`);
  const denied = callbacks.at(-1);
  const answered = ["error", "state", "iss", "code"].map((name) => denied.get(name));
  assert.deepEqual(answered, ["access_denied", "second", issuer, null]);
  passed("deny leads back with access_denied and without a code");
} finally {
  await browser.close();
  listener.close();
  listener.closeAllConnections();
}
