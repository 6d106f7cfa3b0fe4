"""``collecto bank``: every act on a bank, from the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collecto.commands import main
from collecto.commands.banks import console
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.making.banks import events_of, fill, remove

pytestmark = pytest.mark.django_db(transaction=True)

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``collecto bank …`` here; what it says is in ``output``."""
    monkeypatch.setattr(console, "_width", 200, raising=False)

    def said(*arguments: str, code: int = 0) -> Result:
        with console.capture() as captured:
            result = CliRunner().invoke(main, ["bank", *arguments])
        assert result.exit_code == code, f"{captured.get()}{result.output}{result.exception!r}"
        result.stdout_bytes = captured.get().encode()
        return result

    return said


def state_of(slug: str) -> str:
    with in_platform(Purpose.TEST):
        return str(FoodBank.objects.values_list("status", flat=True).get(slug=slug))


@pytest.fixture
def bank(fresh_bank: Callable[..., FoodBank]) -> FoodBank:
    bank = fresh_bank()
    fill(bank)
    return bank


def test_a_bank_lives_its_whole_life_at_the_command_line(run: Run, bank: FoodBank, tmp_path: Path):
    slug, file = bank.slug, str(tmp_path / "bank.zip")
    run("suspend", slug, "--reason", "unpaid")
    assert state_of(slug) == "suspended"
    run("resume", slug)
    run("rename", slug, "c-renamed")
    assert "rows" in run("export", "c-renamed", file).stdout
    run("archive", "c-renamed", "--reason", "left")
    assert state_of("c-renamed") == "archived"
    said = run("erase", "c-renamed", "--now", "--reason", "left", "--yes", "c-renamed").stdout
    assert json.loads(said[said.index("{") :])["statement"]["bank"] == str(bank.pk)
    assert events_of(bank)[-1] == "erased"
    assert str(bank.pk) in run("proof", str(bank.pk)).stdout


def test_a_bank_is_opened_listed_and_shown(run: Run):
    try:
        run("open", "c-opened", "--name", "Banque ouverte", "--department", "25")
        assert "c-opened" in run("list").stdout
        assert "registered" in run("show", "c-opened").stdout
    finally:
        remove("c-opened")


def test_a_copy_is_restored_under_another_name(run: Run, bank: FoodBank, tmp_path: Path):
    file = str(tmp_path / "bank.zip")
    run("export", bank.slug, file)
    try:
        assert "suspended" in run("restore", file, "--as", "c-copy").stdout
    finally:
        remove("c-copy")


def test_erasing_asks_for_the_name(run: Run, bank: FoodBank):
    run("erase", bank.slug, "--now", "--reason", "left", "--yes", "another", code=1)
    assert state_of(bank.slug) == "active"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("resume", "nobody"), "No bank has the sub-domain"),
        (("open", "www", "--name", "W"), "reserved"),
        (("rename", "twin-a", "twin-b"), "taken"),
        (("erase", "twin-a", "--now", "--reason", "x", "--yes", "twin-a"), "Only an archived bank"),
    ],
)
def test_a_refusal_is_one_line_and_a_failing_exit(run: Run, arguments: tuple[str, ...], words: str):
    assert words in run(*arguments, code=1).stdout
