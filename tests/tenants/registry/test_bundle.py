"""A file that says it is an export is believed in nothing: whoever wrote it may have written anything."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.db import connections

from apps.kernel.abilities import Role
from tenants.accounts.models import Membership
from tenants.crossing import Purpose, in_owner, in_platform
from tenants.federation.models import Delta
from tenants.outbox.models import OutboxMessage
from tenants.registry import bundle as bundles
from tenants.registry.bundle import BundleBroken
from tenants.registry.exporting import bank_export
from tenants.registry.models import FoodBank
from tenants.registry.restoring import bank_restore
from tenants.registry.states import BankStatus
from tests.making.banks import fill, moved
from tests.spaces import OPERATOR

pytestmark = pytest.mark.django_db(transaction=True)

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def bank(fresh_bank: Callable[..., FoodBank]) -> FoodBank:
    bank = fresh_bank()
    fill(bank)
    return moved(bank, BankStatus.SUSPENDED)


@pytest.fixture
def bundle(bank: FoodBank, tmp_path: Path) -> Path:
    with in_owner(Purpose.TEST), connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_outboxmessage (bank_id, fact, handler, payload) VALUES (%s, 'f', 'h', '{}')",
            [bank.pk],
        )
        cursor.execute("UPDATE outbox_outboxmessage SET done_at = now()")
    bank_export(OPERATOR, bank=bank, target=tmp_path / "bank.zip")
    return tmp_path / "bank.zip"


def rewritten(bundle: Path, change: Change, parts: dict[str, bytes] | None = None) -> Path:
    """Write a bundle again with another manifest and other parts, whose digests agree."""
    other = bundle.with_name("rewritten.zip")
    with ZipFile(bundle) as source, ZipFile(other, "w", ZIP_DEFLATED) as target:
        manifest = json.loads(source.read("manifest.json"))
        contents = {name: source.read(name) for name in source.namelist() if name != "manifest.json"}
        for name, data in (parts or {}).items():
            contents[name] = data
            said = next(t for t in manifest["public"] if name == f"public/{t['name']}.csv")
            said.update(digest=sha256(data).hexdigest(), rows=data.count(b"\n") - 1)
        change(manifest)
        for name, data in contents.items():
            target.writestr(name, data)
        target.writestr("manifest.json", json.dumps(manifest))
    return other


def part(bundle: Path, name: str) -> bytes:
    with ZipFile(bundle) as archive:
        return archive.read(name)


def nothing(_manifest: dict[str, Any]) -> None:
    """Leave the manifest as it is."""


@pytest.mark.parametrize("table", ["federation_delta", "outbox_outboxmessage"])
def test_rows_of_another_bank_are_not_brought_in(bank, bundle, table: str):
    with in_platform(Purpose.TEST):
        twin = FoodBank.objects.get(slug="twin-a")
    name = f"public/{table}.csv"
    rows = part(bundle, name).replace(str(bank.pk).encode(), str(twin.pk).encode())
    with pytest.raises(BundleBroken, match="rows of another bank"):
        bank_restore(OPERATOR, source=rewritten(bundle, nothing, {name: rows}), replace=True)
    with in_platform(Purpose.TEST):
        assert not Delta.objects.filter(bank_id=twin.pk).exists()


def test_work_that_nobody_wired_is_not_brought_in(bank, bundle):
    with in_owner(Purpose.TEST), connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE outbox_outboxmessage SET done_at = NULL WHERE fact = 'f'")
    bank_export(OPERATOR, bank=bank, target=bundle)
    with pytest.raises(BundleBroken, match="does not know: f → h"):
        bank_restore(OPERATOR, source=bundle, replace=True)
    with in_platform(Purpose.TEST):
        assert OutboxMessage.objects.filter(fact="f").count() == 1


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.FEDERATION, "emperor"])
def test_no_hat_above_a_bank_is_given(bank, bundle, role: str):
    with pytest.raises(BundleBroken, match="no bank gives"):
        bank_restore(
            OPERATOR,
            source=rewritten(bundle, lambda manifest: manifest["people"][0].update(role=role)),
            replace=True,
        )
    with in_platform(Purpose.TEST):
        assert not Membership.objects.filter(bank=bank, role=role).exists()


def test_an_export_of_another_bank_does_not_replace_this_one(bank, bundle):
    with pytest.raises(BundleBroken, match=f"number is that of “{bank.slug}”"):
        bank_restore(
            OPERATOR,
            source=rewritten(bundle, lambda manifest: manifest["bank"].update(slug="elsewhere")),
            replace=True,
        )


def test_an_export_of_a_bank_renamed_since_still_is_its_own(bank, bundle):
    host = f"{bank.slug}-new"
    with in_owner(Purpose.TEST), connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE registry_foodbank SET slug = %s WHERE id = %s", [host, bank.pk])
    assert bank_restore(OPERATOR, source=bundle, replace=True).slug == host


MALFORMED: dict[str, Change] = {
    "a manifest without its bank": lambda m: m.pop("bank"),
    "a bank without a name": lambda m: m["bank"].pop("name"),
    "a number that is none": lambda m: m["bank"].update(id="42"),
    "the federation": lambda m: m["bank"].update(kind="federation"),
    "a bank with a parent": lambda m: m["bank"].update(parent="twin-a"),
    "tables that are a text": lambda m: m.update(tables="all"),
    "a table that is not there": lambda m: m["tables"][0].update(name="stock_lot; drop"),
    "a table told twice": lambda m: m["tables"].append(m["tables"][0]),
    "a column that no table has": lambda m: m["tables"][0].update(columns=["id", "secret"]),
    "a file outside of the bank": lambda m: m["files"][0].update(name="../../escape"),
    "a file of another size": lambda m: m["files"][0].update(size=1),
    "a sequence of somebody else": lambda m: m.update(sequences={"pg_class": [1, True]}),
    "a person without an address": lambda m: m["people"][0].update(email="nobody"),
    "a day that is none": lambda m: m["people"][0].update(created_at="yesterday"),
    "an invitation without a role": lambda m: m["invitations"].append({"email": "zoe@example.org"}),
    "no figures": lambda m: m.update(public=[]),
    "migrations that cannot be": lambda m: m.update(blueprint="0" * 32, migrations=m["migrations"][5:6]),
    "another format": lambda m: m.update(format=99),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_malformed_is_said_in_a_sentence(bank, bundle, change: Change):
    with pytest.raises(BundleBroken):
        bank_restore(OPERATOR, source=rewritten(bundle, change), replace=True)


@pytest.mark.parametrize(
    ("limit", "value"), [("MANIFEST_BYTES", 100), ("LARGEST_BYTES", 1_000), ("MOST_PARTS", 3)]
)
def test_a_file_that_holds_more_than_a_bank_can_is_not_read(bundle, monkeypatch, limit: str, value: int):
    monkeypatch.setattr(bundles, limit, value)
    with pytest.raises(BundleBroken, match="more than an export of a bank can"):
        bank_restore(OPERATOR, source=bundle, replace=True)


def test_a_file_that_swells_out_of_nothing_is_not_read(tmp_path: Path):
    with ZipFile(tmp_path / "bomb.zip", "w", ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", "{}")
        archive.writestr("files/zeros", bytes(bundles.MOST_FROM_LITTLE_BYTES + 1))
    with pytest.raises(BundleBroken, match="more than an export of a bank can"):
        bank_restore(OPERATOR, source=tmp_path / "bomb.zip")
