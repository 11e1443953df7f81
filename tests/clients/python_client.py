"""The official Python client against our server: it lists the tools and calls `greet`, in both protocol eras and in the
mode that finds the era out by itself. Usage: `python_client.py URL` with a token in `$TOKEN`, or for stdio
`python_client.py COMMAND [ARGUMENT...]`."""

import asyncio
import os
import sys

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

MODES = [("2025-11-25", "legacy", "2025-11-25"), ("2026-07-28", "2026-07-28", "2026-07-28"), ("auto", "auto", "2026-07-28")]


def expect(holds: bool, expected: str, got: object) -> None:
    if not holds:
        raise SystemExit(f"expected {expected}, got {got!r}")


async def check(label: str, mode: str, version: str, target: list[str]) -> None:
    http = target[0].startswith("http://")
    if http:
        session = httpx2.AsyncClient(headers={"authorization": f"Bearer {os.environ['TOKEN']}"}, timeout=30)
        server = streamable_http_client(target[0], http_client=session)
    else:
        server = StdioServerParameters(command=target[0], args=target[1:], env=dict(os.environ))

    def passed(what: str) -> None:
        print(f"ok python {label} {'http' if http else 'stdio'}: {what}", flush=True)

    async with asyncio.timeout(60), Client(server, mode=mode) as client:
        expect(client.protocol_version == version, f"protocol version {version}", client.protocol_version)
        passed("connect")

        names = [tool.name for tool in (await client.list_tools()).tools]
        expect("greet" in names, "`greet` among the tools", names)
        passed("tools/list")

        result = await client.call_tool("greet", {"name": "Ada"})
        expect(not result.is_error, "a greeting", result)
        expected = "Ada! Your user ID is usr_" if http else "Ada"
        expect(expected in result.content[0].text, f"a text with `{expected}`", result.content)
        passed("greet")


async def main() -> None:
    for label, mode, version in MODES:
        await check(label, mode, version, sys.argv[1:])


asyncio.run(main())
