"""The Python client signs in, asks who it is, loses its token, and asks again. Usage: `python_client.py URL ERA [DOCUMENT]`, where ERA
is `2025-11-25`, `2026-07-28` or `auto`, and DOCUMENT the address of a client ID metadata document. What it does goes to `$WIRE`, in the
lines of `wire.mjs`."""

import asyncio
import base64
import json
import os
import sys
import time
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

REDIRECT = "http://127.0.0.1:8977/callback"
MODES = {"2025-11-25": "legacy", "2026-07-28": "2026-07-28", "auto": "auto"}


def note(line: str) -> None:
    with open(os.environ["WIRE"], "a", encoding="utf-8") as wire:
        wire.write(f"{line}\n")


async def answered(response: httpx2.Response) -> None:
    note(f"{response.request.method} {response.request.url} {response.status_code}")


class Memory:
    """What a client remembers of its sign-in."""

    tokens = None
    client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


class Browser:
    """Goes where the user is sent, and takes the answer that the emulator redirects to."""

    async def open(self, address: str) -> None:
        note(f"BROWSER {address}")
        async with httpx2.AsyncClient() as client:
            self.location = (await client.get(address)).headers["location"]

    async def answer(self) -> AuthorizationCodeResult:
        if not self.location.startswith(f"{REDIRECT}?"):
            raise SystemExit(f"expected to come back to {REDIRECT}, got {self.location}")
        answer = {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}
        return AuthorizationCodeResult(code=answer["code"], state=answer.get("state"), iss=answer.get("iss"))


async def whoami(client: Client) -> None:
    result = await client.call_tool("whoami", {})
    if result.is_error:
        raise SystemExit(f"expected to be told who this is, got {result!r}")
    note(f"CALLED {result.structured_content['userId']}")


async def main(url: str, era: str, document: str | None = None) -> None:
    metadata = OAuthClientMetadata(
        client_name="Python client",
        redirect_uris=[REDIRECT],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        token_endpoint_auth_method="none",
    )
    memory, browser = Memory(), Browser()
    provider = OAuthClientProvider(url, metadata, memory, browser.open, browser.answer, client_metadata_url=document)
    async with (
        asyncio.timeout(60),
        httpx2.AsyncClient(auth=provider, timeout=20, event_hooks={"response": [answered]}) as http,
        Client(streamable_http_client(url, http_client=http), mode=MODES[era]) as client,
    ):
        expected = "2026-07-28" if era == "auto" else era
        if client.protocol_version != expected:
            raise SystemExit(f"expected version {expected}, got {client.protocol_version}")
        await whoami(client)
        payload = memory.tokens.access_token.split(".")[1]
        note(f"ISSUER {json.loads(base64.urlsafe_b64decode(payload + '=='))['iss']}")

        # This client goes by the clock: to it, a token is lost when its time is over.
        provider.context.token_expiry_time = time.time() - 1
        note("SPOILED")
        await whoami(client)


asyncio.run(main(*sys.argv[1:]))
