"""Ask the asynchronous server of an installation for the same broken page in two banks, all at once."""

import asyncio
import json
import sys

import django
from asgiref.testing import ApplicationCommunicator

HOSTS = ("twin-a.localhost", "twin-b.localhost") * 3


async def ask(host: str) -> tuple[str, str]:
    """Return the bank that was asked, and the id of the request."""
    from django.core.handlers.asgi import ASGIHandler

    headers = [(b"host", host.encode()), (b"x-forwarded-proto", b"https")]
    asked = {
        "type": "http",
        "method": "GET",
        "path": "/fail/slowly/",
        "query_string": b"",
        "headers": headers,
    }
    link = ApplicationCommunicator(ASGIHandler(), asked | {"http_version": "1.1"})
    await link.send_input({"type": "http.request", "body": b""})
    start = await link.receive_output(20)
    await link.wait(20)
    given = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return host.partition(".")[0], given["x-request-id"]


async def ask_all() -> list[tuple[str, str]]:
    return await asyncio.gather(*map(ask, HOSTS))


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(asyncio.run(ask_all())))
