"""An installation starts with what it needs, and says what is missing; what was left empty is not set."""

import json
import os
import re
import subprocess
import sys

import pytest

from collecto.settings.environment import MissingSetting, flag, value, words
from tests.architecture.sources import ROOT

NEEDED = {
    "SECRET_KEY": "x",
    "DATABASE_URL": "postgres://x@localhost/x",
    "CACHE_URL": "redis://localhost/1",
    "FILES_ROOT": "/files",
    "EMAIL_HOST": "mail.example",
    "COLLECTO_BASE_DOMAIN": "collecto.example",
}
READ = ("EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_TIMEOUT", "DEFAULT_FROM_EMAIL", "JOB_DAYS")
ASKED = f"""
import json
from django.conf import settings
print(json.dumps({{name: getattr(settings, name) for name in {READ}}}))
"""


def started(**given: str) -> "subprocess.CompletedProcess[str]":
    """Read the settings of a production in a process of its own."""
    of_ours = {name: said for name, said in os.environ.items() if not name.startswith(("EMAIL", "DEFAULT"))}
    environment = {**of_ours, **NEEDED, **given, "DJANGO_SETTINGS_MODULE": "collecto.settings.production"}
    command = [sys.executable, "-c", ASKED]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def handed_over() -> set[str]:
    """Return the names that the installation on one machine hands over when they have a value."""
    text = (ROOT / "infra/compose.yaml").read_text(encoding="utf-8")
    return set(re.findall(r"^    ([A-Z_]+): \$\{\1:-\}$", text, re.MULTILINE))


def test_a_production_sends_its_letters_to_the_mail_server():
    said = json.loads(started().stdout)
    assert said["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (said["EMAIL_HOST"], said["EMAIL_PORT"], said["EMAIL_TIMEOUT"]) == ("mail.example", 25, 10)
    assert said["DEFAULT_FROM_EMAIL"] == "COLLECTO <noreply@collecto.example>"


def test_without_a_mail_server_a_production_does_not_start_and_says_why():
    done = started(EMAIL_HOST="")
    assert done.returncode
    assert "set EMAIL_HOST (or EMAIL_HOST_FILE) in the environment: without a mail server" in done.stderr


def test_another_way_of_mail_needs_no_mail_server():
    said = json.loads(started(EMAIL_HOST="", EMAIL_BACKEND="anymail.backends.brevo.EmailBackend").stdout)
    assert said["EMAIL_BACKEND"] == "anymail.backends.brevo.EmailBackend"


def test_what_the_installation_on_one_machine_hands_over_empty_changes_nothing():
    names = handed_over()
    assert {"EMAIL_HOST", "EMAIL_HOST_PASSWORD", "PROCONNECT_ISSUER", "JOB_DAYS", "FILES_OPTIONS"} <= names
    assert started(**dict.fromkeys(names - {"EMAIL_HOST"}, "")).stdout == started().stdout


def test_an_empty_setting_is_one_not_set(monkeypatch, tmp_path):
    for name in ("LEFT_EMPTY", "KEPT_FILE"):
        monkeypatch.setenv(name, "")
    assert (value("LEFT_EMPTY", "default"), words("LEFT_EMPTY", "a,b")) == ("default", ["a", "b"])
    assert flag("LEFT_EMPTY", default=True)
    with pytest.raises(MissingSetting, match="set LEFT_EMPTY"):
        value("LEFT_EMPTY")
    (tmp_path / "kept").write_text("\n")
    monkeypatch.setenv("KEPT_FILE", str(tmp_path / "kept"))
    with pytest.raises(MissingSetting, match="KEPT_FILE"):
        value("KEPT")
