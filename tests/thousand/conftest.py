"""These tests take many minutes: they are collected only where they are asked for by name."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the module alone unless ``-m thousand`` is given."""
    is_asked_for = "thousand" in str(config.getoption("markexpr"))
    return None if is_asked_for or collection_path.is_dir() else True
