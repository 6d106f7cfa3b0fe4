"""Fixture: no event loop in this thread, whatever the browser's driver keeps there."""

import asyncio
from collections.abc import Iterator

import pytest


@pytest.fixture
def no_running_loop() -> Iterator[None]:
    """Hide the loop that the browser's driver leaves running, so that a test may run one of its own."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)
