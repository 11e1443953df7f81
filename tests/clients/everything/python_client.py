"""The official Python client against `everything`: prompts, resources, completions, questions of the server, and news of changes, in both
protocol eras. Usage: `python_client.py URL`, or for stdio `python_client.py COMMAND [ARGUMENT...]`."""

import asyncio
import os
import sys
import warnings

from mcp import Client, StdioServerParameters, types
from mcp.shared.exceptions import MCPDeprecationWarning, MCPError

# Of what 2026-07-28 took away, in a session of 2025-11-25.
warnings.simplefilter("ignore", MCPDeprecationWarning)

PEOPLE = {
    "Who are you?": {"username": "ada", "email": "ada@example.com"},
    "Is this you?": {"name": "Ada"},
    "What is your name?": {"name": "Ada"},
    "What context should the prompt use?": {"context": "tests"},
    "Step 1: What is your name?": {"name": "Ada"},
    "Step 2: What is your favourite colour?": {"color": "green"},
}
WATCHED = "test://watched-resource"


def expect(holds: bool, expected: str, got: object) -> None:
    if not holds:
        raise SystemExit(f"expected {expected}, got {got!r}")


async def elicited(context, params):
    content = PEOPLE.get(params.message)
    if getattr(params, "mode", "form") == "url":
        return types.ElicitResult(action="accept")
    return types.ElicitResult(action="accept", content=content) if content else types.ElicitResult(action="decline")


async def sampled(context, params):
    content = params.messages[-1].content
    text = (content[0] if isinstance(content, list) else content).text
    return types.CreateMessageResult(role="assistant", model="checks", content=types.TextContent(type="text", text=f"an answer to: {text}"))


async def roots(context):
    return types.ListRootsResult(roots=[types.Root(uri="file:///work", name="work")])


async def check(version: str, mode: str, target: list[str]) -> None:
    http = target[0].startswith("http://")
    server = target[0] if http else StdioServerParameters(command=target[0], args=target[1:], env=dict(os.environ))
    news: asyncio.Queue = asyncio.Queue()

    async def heard(message) -> None:
        await news.put(message)

    def passed(what: str) -> None:
        print(f"ok python {version} {'http' if http else 'stdio'}: {what}", flush=True)

    callbacks = {"elicitation_callback": elicited, "sampling_callback": sampled, "list_roots_callback": roots, "message_handler": heard}
    async with asyncio.timeout(60), Client(server, mode=mode, **callbacks) as client:
        expect(client.protocol_version == version, f"protocol version {version}", client.protocol_version)

        async def text(name: str, arguments: dict | None = None) -> str:
            result = await client.call_tool(name, arguments or {})
            expect(not result.is_error, f"a result of {name}", result)
            return result.content[0].text

        names = [prompt.name for prompt in (await client.list_prompts()).prompts]
        expect("test_simple_prompt" in names, "`test_simple_prompt` among the prompts", names)
        prompt = await client.get_prompt("test_prompt_with_arguments", {"arg1": "one", "arg2": "two"})
        expect("arg1='one', arg2='two'" in prompt.messages[0].content.text, "a prompt of its arguments", prompt)
        passed("prompts")

        uris = [str(resource.uri) for resource in (await client.list_resources()).resources]
        expect("test://static-text" in uris, "`test://static-text` among the resources", uris)
        templates = [template.uri_template for template in (await client.list_resource_templates()).resource_templates]
        expect("test://template/{id}/data" in templates, "the template", templates)
        contents = (await client.read_resource("test://template/7/data")).contents
        expect('"id":"7"' in contents[0].text, "the data of 7", contents)
        try:
            expect(False, "an error", await client.read_resource("test://nothing-here"))
        except MCPError as error:
            expect(error.error.code == (-32002 if mode == "legacy" else -32602), "the error of an unknown resource", error.error)
        passed("resources")

        reference = types.PromptReference(type="ref/prompt", name="review")
        values = (await client.complete(reference, {"name": "language", "value": "r"})).completion.values
        expect(values[0] == "rust", "`rust` first", values)
        passed("completions")

        said = await text("test_elicitation", {"message": "Who are you?"})
        expect(said == "User response: ada <ada@example.com>", "what the person filled in", said)
        said = await text("test_elicitation", {"message": "Something else?"})
        expect(said == "User response: declined", "that the person said no", said)
        said = await text("test_input_required_result_multi_round")
        expect(said == "Ada likes green.", "the answers of two rounds", said)
        said = (await client.get_prompt("test_input_required_result_prompt")).messages[0].content.text
        expect(said == "Use this context: tests", "a prompt that asked", said)
        passed("elicitation")

        said = await text("test_sampling", {"prompt": "Hello?"})
        expect(said == "LLM response: an answer to: Hello?", "what the model said", said)
        said = await text("test_input_required_result_list_roots")
        expect("file:///work" in said, "the root", said)
        said = await text("test_input_required_result_multiple_inputs")
        expect(said == "an answer to: Greet somebody. (Ada, with 1 roots)", "three answers", said)
        passed("sampling and roots")

        if mode == "legacy":
            await client.subscribe_resource(WATCHED)
            await text("counter_increment")
            while not isinstance(await news.get(), types.ResourceUpdatedNotification):
                pass
            await client.unsubscribe_resource(WATCHED)
        else:
            async with client.listen(tools_list_changed=True, resource_subscriptions=[WATCHED]) as subscription:
                await text("counter_increment")
                event = await anext(aiter(subscription))
                expect(WATCHED in repr(event), f"news of {WATCHED}", event)
        passed("subscriptions")


async def main() -> None:
    for version, mode in [("2025-11-25", "legacy"), ("2026-07-28", "2026-07-28")]:
        await check(version, mode, sys.argv[1:])


asyncio.run(main())
