"""Reading the environment: each value may come from a file named by ``<NAME>_FILE``; empty is not set."""

import os
from pathlib import Path


class MissingSetting(RuntimeError):
    """A setting that has no safe default is not in the environment."""


def value(name: str, default: str | None = None, *, why: str = "") -> str:
    """Return a setting from the environment, or from the file that ``<name>_FILE`` names.

    An empty one is one that was not set: what starts containers hands over names that nobody gave a value.

    Raises:
        MissingSetting: neither is given and there is no default; says why it is needed, when that is told.
    """
    path = os.environ.get(f"{name}_FILE")
    found = Path(path).read_text(encoding="utf-8").strip() if path else os.environ.get(name)
    if found:
        return found
    if default is None:
        reason = f": {why}" if why else ""
        raise MissingSetting(f"set {name} (or {name}_FILE) in the environment{reason}")
    return default


def flag(name: str, *, default: bool = False) -> bool:
    """Return a yes/no setting."""
    return value(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated setting as a list."""
    return [word.strip() for word in value(name, default).split(",") if word.strip()]
