"""Fixtures: an empty cache and an empty store of files for each test, and a real shared cache."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.utils import translation

from collecto.broker import EmbeddedBroker
from collecto.settings.cache import cache_at
from collecto.settings.storage import bytes_in


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Nothing that a test put into the cache, nor its last visitor's language, reaches the next."""
    yield
    translation.deactivate()
    caches["default"].clear()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    """A real Valkey server for the run."""
    with EmbeddedBroker(tmp_path_factory.mktemp("broker")) as server:
        yield server


@pytest.fixture
def shared_cache(broker: EmbeddedBroker, settings: Any) -> Iterator[None]:
    """The cache of production, in a database of that server."""
    settings.CACHES = {"default": cache_at(broker.beside(1))}
    yield
    caches["default"].clear()
    caches["default"].close()


@pytest.fixture(scope="session", autouse=True)
def _swept() -> Iterator[None]:
    """Leave no file of a test behind the run."""
    yield
    shutil.rmtree(settings.STORAGES["default"]["OPTIONS"]["inner"]["OPTIONS"]["location"], ignore_errors=True)


def _kept_in(keeper: dict[str, Any]) -> dict[str, Any]:
    default = {"BACKEND": "tenants.isolation.files.BankStorage", "OPTIONS": {"inner": keeper}}
    return {**settings.STORAGES, "default": default}


@pytest.fixture
def kept_on_disk(tmp_path: Path, settings: Any) -> Path:
    """Keep the files of the banks on a disk, in a folder of the test, which is returned."""
    settings.STORAGES = _kept_in(bytes_in(tmp_path / "files"))
    return tmp_path / "files"


@pytest.fixture
def kept_in_memory(settings: Any) -> None:
    """Keep the files of the banks in memory, as an object store would: without folders nor a disk."""
    settings.STORAGES = _kept_in({"BACKEND": "django.core.files.storage.InMemoryStorage"})
