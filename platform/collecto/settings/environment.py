"""Reading the environment: every value may also come from a file named by ``<NAME>_FILE``."""

import os
from pathlib import Path


class MissingSetting(RuntimeError):
    """A setting that has no safe default is not in the environment."""


def value(name: str, default: str | None = None) -> str:
    """Return a setting from the environment, or from the file that ``<name>_FILE`` names.

    Raises:
        MissingSetting: neither is given and there is no default.
    """
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    found = os.environ.get(name, default)
    if found is None:
        raise MissingSetting(f"set {name} (or {name}_FILE) in the environment")
    return found


def flag(name: str, *, default: bool = False) -> bool:
    """Return a yes/no setting."""
    return value(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated setting as a list."""
    return [word.strip() for word in value(name, default).split(",") if word.strip()]
