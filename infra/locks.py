"""Requirement locks: compiled from ``pyproject.toml`` with hashes, and checked to be in step with it.

The check needs no network: every requirement of the project has a pin that satisfies it, every pin has
hashes, every pin is needed, and no line names where packages are fetched from.
"""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import uv
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"base": (), "build": ("build",), "dev": ("dev",)}
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: *; *([^\\]+?))? *\\?$")


def compile_locks() -> None:
    """Compile every lock anew, keeping pins that still fit."""
    for name, extras in LOCKS.items():
        command = [
            uv.find_uv_bin(),
            "pip",
            "compile",
            "pyproject.toml",
            "--universal",
            "--python-version",
            "3.11",
        ]
        command += ["--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "--quiet"]
        command += [f"--extra={extra}" for extra in extras] + ["-o", f"requirements/{name}.txt"]
        source = "\n".join(_project()["optional-dependencies"]["build"]) if name == "build" else None
        if source:
            command = ["-" if part == "pyproject.toml" else part for part in command if "--extra" not in part]
        subprocess.run(command, cwd=ROOT, check=True, input=source, text=True)


def problems() -> list[str]:
    """Return what is wrong with the locks, one sentence each."""
    project = _project()
    wanted = {
        "base": project["dependencies"],
        "build": project["optional-dependencies"]["build"],
        "dev": project["dependencies"] + project["optional-dependencies"]["dev"],
    }
    return [problem for name, specs in wanted.items() for problem in _problems_of(name, specs)]


def _problems_of(name: str, specs: list[str]) -> list[str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    found = [
        f"{name}: a line names a host" for line in text.splitlines() if "://" in line or "--index" in line
    ]
    pins = _pins(text)
    found += [f"{name}: {pin} has no hash" for pin, (_version, hashed) in pins.items() if not hashed]
    for requirement in map(Requirement, specs):
        pin = pins.get(canonicalize_name(requirement.name))
        if pin is None or not requirement.specifier.contains(pin[0], prereleases=True):
            found.append(f"{name}: no pin satisfies {requirement}")
    needed = _closure(specs)
    here = {pin for pin in pins if _is_installed(pin)}
    found += [f"{name}: {pin} is pinned and nothing needs it" for pin in sorted(here - needed)]
    return found + [f"{name}: {pin} is needed and not pinned" for pin in sorted(needed - set(pins))]


def _pins(text: str) -> dict[str, tuple[str, bool]]:
    """Return each pinned name with its version and whether hashes follow."""
    pins: dict[str, tuple[str, bool]] = {}
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if match := _PIN.match(line):
            following = lines[number + 1] if number + 1 < len(lines) else ""
            pins[canonicalize_name(match[1])] = (match[2], "--hash=sha256:" in following)
    return pins


def _closure(specs: list[str]) -> set[str]:
    """Return every name that the requirements need on this machine, from installed metadata."""
    seen: set[tuple[str, str]] = set()
    waiting = [(requirement, "") for requirement in map(Requirement, specs)]
    while waiting:
        requirement, _extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras}:
            if (name, extra) in seen or not _is_installed(name):
                continue
            seen.add((name, extra))
            environment: dict[str, Any] = {**default_environment(), "extra": extra}
            for line in metadata.requires(name) or []:
                inner = Requirement(line)
                if inner.marker is None or inner.marker.evaluate(environment):
                    waiting.append((inner, extra))
    return {name for name, _extra in seen}


def _is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


if __name__ == "__main__":
    if sys.argv[1:] == ["compile"]:
        compile_locks()
    else:
        wrong = problems()
        print("\n".join(wrong) or "locks are in step")
        sys.exit(bool(wrong))
