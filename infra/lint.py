"""Everything ``make lint`` checks, one line per check; the output of a failing one is shown in full."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
TYPING = {"DJANGO_SETTINGS_MODULE": "collecto.settings.typing"}
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "collecto.settings.production",
    "SECRET_KEY": "a-long-enough-secret-that-is-only-used-by-the-deployment-check-0123456789",
    "DATABASE_URL": "postgres://lint@localhost/lint",
    "CACHE_URL": "redis://localhost:6379/1",
    "FILES_ROOT": "/files",
    "EMAIL_HOST": "mail.example",
    "COLLECTO_BASE_DOMAIN": "collecto.example",
}
DJANGO = ["python", "infra/django_checks.py"]
CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("style", ["ruff", "check", "."], {}),
    ("format", ["ruff", "format", "--check", "."], {}),
    ("layers", ["lint-imports"], {}),
    ("types", ["mypy", "platform/collecto", "tenants", "apps", "api", "tests", "infra"], {}),
    ("templates", ["djlint", ".", "--lint", "--quiet"], {}),
    ("locks", ["python", "infra/locks.py"], {}),
    ("translations", ["collecto", "messages", "check"], {}),
    ("project", [*DJANGO, "check"], TYPING),
    ("migrations", [*DJANGO, "makemigrations", "--check", "--dry-run"], TYPING),
    (
        "deployment",
        [*DJANGO, "check", "--deploy", "--fail-level", "WARNING"],
        PRODUCTION,
    ),
    ("API schema", ["collecto", "openapi", "--check"], TYPING),
]


def main() -> int:
    """Run every check and return how many failed."""
    wanted = set(sys.argv[1:])
    failed = 0
    for name, command, environment in CHECKS:
        if wanted and name not in wanted:
            continue
        started = time.monotonic()
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        mark = "ok   " if done.returncode == 0 else "WRONG"
        print(f"{mark} {name} ({time.monotonic() - started:.1f} s)", flush=True)
        if done.returncode:
            failed += 1
            print(done.stdout, done.stderr, sep="\n", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
