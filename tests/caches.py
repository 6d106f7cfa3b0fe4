"""Fixtures: an empty cache and an empty store of files for each test, and a real shared cache."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.files.storage import storages

from collecto.broker import EmbeddedBroker
from collecto.settings.cache import cache_at


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Nothing that a test put into the cache is seen by the next one."""
    yield
    caches["default"].clear()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    """A real Valkey server for the run."""
    with EmbeddedBroker(tmp_path_factory.mktemp("broker")) as server:
        yield server


@pytest.fixture
def shared_cache(broker: EmbeddedBroker, settings: pytest.FixtureRequest) -> Iterator[None]:
    """The cache of production, in a database of that server."""
    settings.CACHES = {"default": cache_at(broker.url.removesuffix("/0") + "/1")}  # type: ignore[attr-defined]
    yield
    caches["default"].clear()
    caches["default"].close()


@pytest.fixture
def kept_on_disk(tmp_path: Path, settings: pytest.FixtureRequest) -> Path:
    """Keep the files of the banks on a disk, in a folder of the test, which is returned."""
    inner = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files")},
    }
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "default": {"BACKEND": "tenants.isolation.files.BankStorage", "OPTIONS": {"inner": inner}},
    }
    assert storages["default"]
    return tmp_path / "files"
