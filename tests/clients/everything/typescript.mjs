// The official TypeScript client against `everything`: prompts, resources, completions, questions of the server, and news of changes, in
// both protocol eras. Usage: `typescript.mjs URL`, or for stdio `typescript.mjs COMMAND [ARGUMENT...]`.
import assert from "node:assert/strict";
import process from "node:process";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const [target, ...args] = process.argv.slice(2);
const http = target.startsWith("http://");

const MODES = [
  { version: "2025-11-25", mode: "legacy" },
  { version: "2026-07-28", mode: { pin: "2026-07-28" } },
];

const CAPABILITIES = { elicitation: { form: {}, url: {} }, sampling: {}, roots: { listChanged: true } };

/** What a person fills in, by what the server says to them. Anything else is declined. */
const PEOPLE = {
  "Who are you?": { action: "accept", content: { username: "ada", email: "ada@example.com" } },
  "Is this you?": { action: "accept", content: { name: "Ada" } },
  "What is your name?": { action: "accept", content: { name: "Ada" } },
  "What context should the prompt use?": { action: "accept", content: { context: "tests" } },
  "Sign in there to link your account.": { action: "accept" },
  "Step 1: What is your name?": { action: "accept", content: { name: "Ada" } },
  "Step 2: What is your favourite colour?": { action: "accept", content: { color: "green" } },
};

function connected(mode) {
  const client = new Client(
    { name: "xmcp-checks", version: "1.0.0" },
    { capabilities: CAPABILITIES, versionNegotiation: { mode } },
  );
  const asked = [];
  client.setRequestHandler("elicitation/create", async ({ params }) => {
    asked.push(params);
    return PEOPLE[params.message] ?? { action: "decline" };
  });
  client.setRequestHandler("sampling/createMessage", async ({ params }) => {
    asked.push(params);
    const { text } = params.messages.at(-1).content;
    return { role: "assistant", model: "checks", content: { type: "text", text: `an answer to: ${text}` } };
  });
  client.setRequestHandler("roots/list", async () => ({ roots: [{ uri: "file:///work", name: "work" }] }));
  const transport = http
    ? new StreamableHTTPClientTransport(new URL(target))
    : new StdioClientTransport({ command: target, args, env: process.env, stderr: "ignore" });
  return { client, asked, ready: client.connect(transport) };
}

for (const { version, mode } of MODES) {
  const passed = (check) => console.log(`ok typescript ${version} ${http ? "http" : "stdio"}: ${check}`);
  const { client, asked, ready } = connected(mode);
  await ready;
  const text = async (name, given = {}) => {
    const result = await client.callTool({ name, arguments: given });
    assert.ok(!result.isError, `${name}: ${JSON.stringify(result)}`);
    return result.content[0].text;
  };
  try {
    assert.equal(client.getNegotiatedProtocolVersion(), version);

    const { prompts } = await client.listPrompts();
    const withArguments = prompts.find(({ name }) => name === "test_prompt_with_arguments");
    assert.deepEqual(withArguments.arguments.map(({ name, required }) => [name, required]), [["arg1", true], ["arg2", true]]);
    const simple = await client.getPrompt({ name: "test_simple_prompt" });
    assert.equal(simple.messages[0].content.text, "This is a simple prompt for testing.");
    const filled = await client.getPrompt({ name: "test_prompt_with_arguments", arguments: { arg1: "one", arg2: "two" } });
    assert.match(filled.messages[0].content.text, /arg1='one', arg2='two'/);
    await assert.rejects(client.getPrompt({ name: "test_prompt_with_arguments" }), { code: -32602, message: /arg1.*arg2/s });
    passed("prompts");

    const { resources } = await client.listResources();
    const uris = resources.map(({ uri }) => uri);
    assert.ok(uris.includes("test://static-text") && uris.includes("test://static-binary"), JSON.stringify(uris));
    const { resourceTemplates } = await client.listResourceTemplates();
    assert.ok(resourceTemplates.some(({ uriTemplate }) => uriTemplate === "test://template/{id}/data"));
    const read = async (uri) => (await client.readResource({ uri })).contents[0];
    assert.equal((await read("test://static-text")).text, "This is the content of the static text resource.");
    const picture = await read("test://static-binary");
    assert.deepEqual([picture.mimeType, picture.blob.slice(0, 8)], ["image/png", "iVBORw0K"]);
    await assert.rejects(read("test://template/a%2Fb/data"), "an id holds no separator");
    assert.equal(JSON.parse((await read("test://template/7/data")).text).id, "7");
    await assert.rejects(read("test://nothing-here"), { name: "ProtocolError", data: { uri: "test://nothing-here" } });
    passed("resources");

    const completed = async (ref, name, value) => (await client.complete({ ref, argument: { name, value } })).completion.values;
    assert.deepEqual((await completed({ type: "ref/prompt", name: "review" }, "language", "r"))[0], "rust");
    const ids = await completed({ type: "ref/resource", uri: "test://template/{id}/data" }, "id", "12");
    assert.deepEqual(ids.slice(0, 2), ["123", "124"]);
    passed("completions");

    assert.equal(await text("test_elicitation", { message: "Who are you?" }), "User response: ada <ada@example.com>");
    assert.equal(await text("test_elicitation", { message: "Something else?" }), "User response: declined");
    // What the person left alone is filled in with the form's defaults.
    assert.match(await text("test_elicitation_sep1034_defaults"), /"Ada".*30.*95\.5.*Active.*true/s);
    assert.equal(await text("test_input_required_result_multi_round"), "Ada likes green.");
    assert.equal(await text("link_account"), "The person is on the way.");
    assert.equal(asked.at(-1).mode, "url");
    const prompt = await client.getPrompt({ name: "test_input_required_result_prompt" });
    assert.equal(prompt.messages[0].content.text, "Use this context: tests");
    passed("elicitation");

    assert.equal(await text("test_sampling", { prompt: "Hello?" }), "LLM response: an answer to: Hello?");
    assert.match(await text("test_input_required_result_list_roots"), /file:\/\/\/work/);
    assert.equal(await text("test_input_required_result_multiple_inputs"), "an answer to: Greet somebody. (Ada, with 1 roots)");
    passed("sampling and roots");

    // News come on a stream of its own, so the client may get them before or after the answer to what caused them.
    const updated = new Promise((resolve) => client.setNotificationHandler("notifications/resources/updated", resolve));
    const changed = new Promise((resolve) => client.setNotificationHandler("notifications/tools/list_changed", resolve));
    const uri = "test://watched-resource";
    let subscription;
    if (version === "2025-11-25") await client.subscribeResource({ uri });
    else subscription = await client.listen({ toolsListChanged: true, resourceSubscriptions: [uri] });
    await text("counter_increment");
    assert.equal((await updated).params.uri, uri);
    await text("test_trigger_tool_change");
    await changed;
    if (subscription) await subscription.close();
    else await client.unsubscribeResource({ uri });
    passed("subscriptions");
  } finally {
    await client.close();
  }
}
