"""A bank goes out to a file and comes back the same: rows, checksums, books, figures, files, people."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.storage import storages
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader

from apps.kernel.abilities import Role
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.kernel.models import SearchEntry, StoredFile
from apps.stock.models import Lot
from apps.stock.selectors import ledger_verify
from tenants.accounts.inviting import word_of
from tenants.accounts.models import ApiToken, Invitation, Membership
from tenants.crossing import Purpose, in_owner, in_platform, in_tenant
from tenants.federation.models import Delta
from tenants.isolation.files import delete_file, files_of, open_file, restore_file
from tenants.isolation.owning import owning
from tenants.isolation.schemas import drop_schema, schema_exists
from tenants.registry import restoring
from tenants.registry.bundle import BundleBroken, BundleReader, Manifest
from tenants.registry.erasure import bank_erase
from tenants.registry.exporting import bank_export
from tenants.registry.models import FoodBank
from tenants.registry.restoring import LedgerDiffers, bank_restore
from tenants.registry.states import BankStatus
from tenants.registry.versions import build_as_of
from tests.making.banks import GRAMS, PAPER, events_of, fill, moved, remove, stock_grams
from tests.making.network import make_act_by_hand
from tests.making.people import acting, make_invitation, make_person
from tests.making.stock import make_lot
from tests.making.surplus import exchange
from tests.people import actor_as
from tests.spaces import OPERATOR

pytestmark = pytest.mark.django_db(transaction=True)

DIGEST_OF_PAPER = sha256(PAPER).hexdigest()


@pytest.fixture
def bank(fresh_bank: Callable[..., FoodBank]) -> FoodBank:
    bank = fresh_bank()
    fill(bank, papers=2)
    return bank


@pytest.fixture
def bundle(bank: FoodBank, tmp_path: Path) -> Path:
    bank_export(OPERATOR, bank=bank, target=tmp_path / "bank.zip")
    return tmp_path / "bank.zip"


@pytest.fixture
def copies() -> Iterator[list[FoodBank]]:
    """Banks restored under a number of their own; they are dropped afterwards."""
    made: list[FoodBank] = []
    yield made
    for copy in made:
        remove(copy.slug)


def manifest_of(bundle: Path) -> Manifest:
    with BundleReader(bundle) as reader:
        return reader.manifest


def digests(manifest: Manifest) -> dict[str, tuple[int, str]]:
    return {table.name: (table.rows, table.digest) for table in manifest.tables}


def shared(manifest: Manifest) -> dict[str, int]:
    return {table.name: table.rows for table in manifest.public if table.rows}


def test_an_export_says_what_it_holds(bundle: Path, bank: FoodBank):
    manifest = manifest_of(bundle)
    assert manifest.bank["id"] == str(bank.pk)
    assert digests(manifest)["stock_lot"][0] == 2
    assert len(manifest.migrations) > 10
    assert [hat["email"] for hat in manifest.people] == [f"{bank.slug}@example.org"]
    assert [file.digest for file in manifest.files] == [DIGEST_OF_PAPER] * 2
    assert shared(manifest)["federation_delta"] == 2


def test_an_export_holds_both_sides_of_the_surplus_of_a_bank_and_of_nobody_else(
    bank: FoodBank, fresh_bank: Callable[..., FoodBank], tmp_path: Path
):
    other, third = fresh_bank(), fresh_bank()
    exchange(bank, other)
    exchange(other, third)
    held = shared(bank_export(OPERATOR, bank=bank, target=tmp_path / "bank.zip"))
    found = {name: rows for name, rows in held.items() if name.startswith("network_surplus")}
    assert found == {
        "network_surplus": 2,
        "network_surplusline": 2,
        "network_surplusrequest": 2,
        "network_surpluswish": 2,
    }


def test_an_export_says_what_the_federation_did_by_hand_and_not_who(bank: FoodBank, tmp_path: Path):
    make_act_by_hand(bank, by="Camille of the desk")
    held = shared(bank_export(OPERATOR, bank=bank, target=tmp_path / "bank.zip"))
    assert held["network_routingact"] == 1
    assert b"Camille" not in part(tmp_path / "bank.zip", "public/network_routingact.csv")


def test_what_opens_a_door_does_not_leave(bundle: Path):
    assert "accounts_apitoken" not in {table.name for table in manifest_of(bundle).public}
    with in_platform(Purpose.TEST):
        digest = ApiToken.objects.get().digest
    with ZipFile(bundle) as archive:
        assert all(digest.encode() not in archive.read(name) for name in archive.namelist())


def test_two_exports_of_a_resting_bank_hold_the_same(bank: FoodBank, bundle: Path, tmp_path: Path):
    again = bank_export(OPERATOR, bank=bank, target=tmp_path / "again.zip")
    assert digests(again) == digests(manifest_of(bundle))


@pytest.mark.pitfall(29)
def test_a_bank_comes_back_the_same_after_its_space_is_lost(bank: FoodBank, bundle: Path, tmp_path: Path):
    moved(bank, BankStatus.SUSPENDED)
    drop_schema(bank.schema_name)
    restored = bank_restore(OPERATOR, source=bundle)
    assert (restored.pk, restored.status) == (bank.pk, BankStatus.SUSPENDED)
    again = bank_export(OPERATOR, bank=restored, target=tmp_path / "again.zip")
    before = manifest_of(bundle)
    assert digests(again) == digests(before)
    assert again.sequences == before.sequences
    assert again.people == before.people
    assert shared(again)["federation_delta"] == shared(before)["federation_delta"]
    with in_tenant(restored, Purpose.PROVISIONING):
        assert ledger_verify() == []


@pytest.fixture
def peopled(bank: FoodBank, tmp_path: Path) -> Path:
    """The export of a bank where a charity's person invites, and somebody has not answered yet."""
    charity = uuid4()
    with in_platform(Purpose.TEST):
        speaker = make_person("presidente@example.org", bank, Role.PARTNER, partner_id=charity)
        held = Membership.objects.filter(user=speaker, bank=bank)
        held.update(may_invite=True, seen_on=dt.date(2026, 3, 2))
        chief = make_person("chief@example.org", bank, Role.MANAGER)
        invitation = make_invitation(acting(chief, Role.MANAGER), bank)
        word_of(invitation)
        invitation.save(update_fields=["digest"])
    bank_export(OPERATOR, bank=bank, target=tmp_path / "peopled.zip")
    return tmp_path / "peopled.zip"


def test_what_people_may_do_and_who_is_invited_come_back(bank: FoodBank, peopled: Path):
    moved(bank, BankStatus.SUSPENDED)
    drop_schema(bank.schema_name)
    with in_owner(Purpose.TEST):
        Membership.objects.filter(bank=bank).delete()
        Invitation.objects.filter(bank=bank).delete()
    bank_restore(OPERATOR, source=peopled)
    with in_platform(Purpose.TEST):
        speaker = Membership.objects.get(bank=bank, role=Role.PARTNER)
        invitation = Invitation.objects.get(bank=bank)
    assert (speaker.may_invite, speaker.seen_on) == (True, dt.date(2026, 3, 2))
    assert (invitation.email, invitation.roles) == ("zoe@example.org", ["volunteer"])
    assert (invitation.digest, invitation.sent_at) == ("", None)


def test_restored_over_itself_nobody_is_invited_twice(bank: FoodBank, peopled: Path):
    moved(bank, BankStatus.SUSPENDED)
    bank_restore(OPERATOR, source=peopled, replace=True)
    with in_platform(Purpose.TEST):
        assert Invitation.objects.filter(bank=bank).count() == 1


def test_a_copy_invites_nobody(peopled: Path, copies):
    copy = bank_restore(OPERATOR, source=peopled, slug="copy-aside")
    copies.append(copy)
    with in_platform(Purpose.TEST):
        assert not Invitation.objects.filter(bank=copy).exists()
        assert Membership.objects.get(bank=copy, role=Role.PARTNER).may_invite


def test_the_link_of_a_letter_does_not_leave(bank: FoodBank, peopled: Path):
    with in_platform(Purpose.TEST):
        digest = Invitation.objects.get(bank=bank).digest
    assert digest
    with ZipFile(peopled) as archive:
        assert all(digest.encode() not in archive.read(name) for name in archive.namelist())


def test_an_export_from_before_these_fields_is_still_read(bank: FoodBank, peopled: Path):
    with ZipFile(peopled) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    del manifest["invitations"]
    for hat in manifest["people"]:
        del hat["may_invite"], hat["seen_on"]
    older = changed(peopled, "manifest.json", json.dumps(manifest).encode())
    moved(bank, BankStatus.SUSPENDED)
    assert bank_restore(OPERATOR, source=older, replace=True).pk == bank.pk


def test_a_restored_bank_works_on_and_counts_each_movement_once(bank: FoodBank, bundle: Path):
    moved(bank, BankStatus.SUSPENDED)
    restored = bank_restore(OPERATOR, source=bundle, replace=True)
    moved(restored, BankStatus.ACTIVE)
    with in_tenant(restored, Purpose.TEST):
        make_lot(1_000)
        assert ledger_verify() == []
    with in_platform(Purpose.TEST):
        counted = sum(Delta.objects.filter(bank_id=bank.pk).values_list("grams", flat=True))
    assert counted == 2 * GRAMS + 1_000 == stock_grams(restored)


def test_a_bank_at_work_is_not_overwritten(bank: FoodBank, bundle: Path):
    with pytest.raises(DomainError, match="suspend it first"):
        bank_restore(OPERATOR, source=bundle, replace=True)
    assert stock_grams(bank) == 2 * GRAMS


def test_a_space_that_is_not_empty_is_replaced_only_when_asked(bank: FoodBank, bundle: Path):
    moved(bank, BankStatus.SUSPENDED)
    with pytest.raises(DomainError, match="not empty"):
        bank_restore(OPERATOR, source=bundle)
    bank_restore(OPERATOR, source=bundle, replace=True)
    assert events_of(bank)[-4:] == ["provisioning", "restored", "ready", "suspended"]


@pytest.mark.pitfall(29)
def test_a_copy_beside_the_live_bank_writes_into_itself_alone(bank: FoodBank, bundle: Path, copies):
    copy = bank_restore(OPERATOR, source=bundle, slug="copy-aside")
    copies.append(copy)
    assert copy.pk != bank.pk
    assert copy.schema_name != bank.schema_name
    moved(copy, BankStatus.ACTIVE)
    with in_tenant(copy, Purpose.TEST):
        make_lot(777)
    with in_tenant(bank, Purpose.TEST):
        assert Lot.objects.count() == 2
        assert ledger_verify() == []
    with in_platform(Purpose.TEST):
        assert set(Delta.objects.filter(grams=777).values_list("bank_id", flat=True)) == {copy.pk}
        assert not Delta.objects.filter(bank_id=copy.pk, grams=GRAMS).exists()


def test_a_copy_has_its_own_files_and_people(bank: FoodBank, bundle: Path, copies):
    copy = bank_restore(OPERATOR, source=bundle, slug="copy-aside")
    copies.append(copy)
    with in_platform(Purpose.TEST):
        kept = []
        for name in files_of(copy.pk):
            with open_file(copy.pk, name) as paper:
                kept.append(paper.read())
        assert kept == [PAPER] * 2
        assert Membership.objects.filter(bank=copy, role=Role.MANAGER).count() == 1


def test_a_copy_takes_no_name_that_is_taken(bundle: Path):
    with pytest.raises(Conflict, match="taken"):
        bank_restore(OPERATOR, source=bundle, slug="twin-a")


def changed(bundle: Path, name: str, data: bytes) -> Path:
    """Write a bundle again with one part changed."""
    other = bundle.with_name("changed.zip")
    with ZipFile(bundle) as source, ZipFile(other, "w", ZIP_DEFLATED) as target:
        for part in source.namelist():
            target.writestr(part, data if part == name else source.read(part))
    return other


def test_a_changed_row_is_found_and_nothing_is_left(bank: FoodBank, bundle: Path):
    with ZipFile(bundle) as archive:
        rows = archive.read("tables/stock_movement.csv")
    tampered = changed(bundle, "tables/stock_movement.csv", rows.replace(str(GRAMS).encode(), b"12346"))
    with pytest.raises(BundleBroken, match="changed or cut"):
        bank_restore(OPERATOR, source=tampered, slug="copy-aside")
    with in_platform(Purpose.TEST):
        assert not FoodBank.objects.filter(slug="copy-aside").exists()
    with in_owner(Purpose.TEST):
        assert not schema_exists("b_copy_aside")


def forged(bundle: Path, name: str, data: bytes) -> Path:
    """Write a bundle again with one part changed, and a manifest that agrees with it."""
    with ZipFile(bundle) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    kind, _slash, table = name.removesuffix(".csv").partition("/")
    said = next(each for each in manifest[kind] if each["name"] == table)
    said["digest"], said["rows"] = sha256(data).hexdigest(), data.count(b"\n") - 1
    forged_part = changed(bundle, name, data).rename(bundle.with_name("forged.zip"))
    return changed(forged_part, "manifest.json", json.dumps(manifest).encode())


def part(bundle: Path, name: str) -> bytes:
    with ZipFile(bundle) as archive:
        return archive.read(name)


def test_books_that_do_not_add_up_are_not_restored(bank: FoodBank, bundle: Path):
    rows = part(bundle, "tables/stock_movement.csv").replace(str(GRAMS).encode(), b"12346")
    unsound = forged(bundle, "tables/stock_movement.csv", rows)
    moved(bank, BankStatus.SUSPENDED)
    with pytest.raises(LedgerDiffers):
        bank_restore(OPERATOR, source=unsound, replace=True)
    with in_platform(Purpose.TEST):
        bank.refresh_from_db()
    assert bank.status == BankStatus.SUSPENDED
    assert stock_grams(bank) == 2 * GRAMS


def test_books_that_do_not_add_up_make_no_bank_to_open(bundle: Path):
    rows = part(bundle, "tables/stock_movement.csv").replace(str(GRAMS).encode(), b"12346")
    with pytest.raises(LedgerDiffers):
        bank_restore(OPERATOR, source=forged(bundle, "tables/stock_movement.csv", rows), slug="copy-aside")
    with in_platform(Purpose.TEST):
        assert not FoodBank.objects.filter(slug="copy-aside").exists()


def test_the_files_of_an_erased_bank_do_not_come_back(bank: FoodBank, bundle: Path):
    moved(bank, BankStatus.SUSPENDED, BankStatus.ARCHIVED)
    bank_erase(OPERATOR, bank=bank, now=True, reason="left")
    with pytest.raises(DomainError, match="erased"):
        bank_restore(OPERATOR, source=bundle)
    with in_platform(Purpose.TEST):
        assert list(files_of(bank.pk)) == []


def test_a_restore_that_fails_removes_the_files_it_brought_and_no_other(
    bank: FoodBank, bundle: Path, monkeypatch
):
    moved(bank, BankStatus.SUSPENDED)
    with in_platform(Purpose.TEST):
        stays, lost = files_of(bank.pk)
        delete_file(bank.pk, lost)

    def kept_and_refused(bank_id: UUID, name: str, content: Any) -> None:
        restore_file(bank_id, name, content)
        if name == lost:
            raise OSError("the disk is full")

    monkeypatch.setattr(restoring, "restore_file", kept_and_refused)
    with pytest.raises(OSError, match="disk is full"):
        bank_restore(OPERATOR, source=bundle, replace=True)
    with in_platform(Purpose.TEST):
        assert list(files_of(bank.pk)) == [stays]


def test_a_damaged_file_is_put_right(bank: FoodBank, bundle: Path):
    moved(bank, BankStatus.SUSPENDED)
    with in_platform(Purpose.TEST):
        name = next(iter(files_of(bank.pk)))
        store: Any = storages["default"]
        Path(store.inner.path(name)).write_bytes(b"damaged")
    bank_restore(OPERATOR, source=bundle, replace=True)
    with in_platform(Purpose.TEST), open_file(bank.pk, name) as paper:
        assert paper.read() == PAPER


def test_a_file_cut_short_is_no_export(bundle: Path):
    bundle.write_bytes(bundle.read_bytes()[:-200])
    with pytest.raises(BundleBroken, match="not a whole export"):
        bank_restore(OPERATOR, source=bundle, slug="copy-aside")


def test_an_export_of_a_later_version_says_so(bundle: Path):
    with ZipFile(bundle) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    later = {**manifest, "blueprint": "0" * 32, "migrations": [["stock", "0999_of_tomorrow"]]}
    with pytest.raises(BundleBroken, match="0999_of_tomorrow"):
        bank_restore(
            OPERATOR, source=changed(bundle, "manifest.json", json.dumps(later).encode()), slug="copy-aside"
        )


NEWER = ("kernel", "0002_storedfile")
WRITTEN_THEN = (
    "INSERT INTO sites_site (id, created_at, updated_at, code, name, kind, address, postcode, city,"
    " department, phone) SELECT gen_random_uuid(), now(), now(), 'OLD', 'Entrepôt', 'warehouse', '', '',"
    " 'Dijon', '21', ''"
)


def as_of_before(bank: FoodBank, newer: tuple[str, str]) -> None:
    """Build the space of a bank again as it was before a migration and all that stand on it."""
    above = set(MigrationLoader(None).graph.backwards_plan(newer))
    with in_owner(Purpose.TEST), transaction.atomic(using="owner"):
        history = f"SELECT app, name FROM {bank.schema_name}.django_migrations"
        with connections["owner"].cursor() as cursor:
            cursor.execute(history)
            then = set(cursor.fetchall()) - above
        drop_schema(bank.schema_name)
        build_as_of(bank.schema_name, then)


@pytest.mark.slow
def test_an_export_of_an_older_version_is_brought_to_the_present(fresh_bank, tmp_path: Path, copies):
    bank = fresh_bank()
    as_of_before(bank, NEWER)
    with in_owner(Purpose.TEST), owning(bank.schema_name) as connection, connection.cursor() as cursor:
        cursor.execute(WRITTEN_THEN)
    older = bank_export(OPERATOR, bank=bank, target=tmp_path / "older.zip")
    assert "kernel_storedfile" not in digests(older)
    copy = bank_restore(OPERATOR, source=tmp_path / "older.zip", slug="copy-aside")
    copies.append(copy)
    moved(copy, BankStatus.ACTIVE)
    with in_tenant(copy, Purpose.TEST):
        assert StoredFile.objects.count() == 0
        assert [entry.label for entry in SearchEntry.objects.all()] == ["Entrepôt"]
        make_lot(500)
        assert ledger_verify() == []


def test_a_bank_of_an_older_version_is_not_opened_to_its_people(fresh_bank):
    bank = fresh_bank()
    moved(bank, BankStatus.SUSPENDED)
    as_of_before(bank, NEWER)
    with pytest.raises(DomainError, match="older version"):
        moved(bank, BankStatus.ACTIVE)


def test_nobody_of_a_bank_exports_or_restores_it(bank: FoodBank, bundle: Path, tmp_path: Path):
    manager = actor_as(Role.MANAGER)
    with pytest.raises(Forbidden):
        bank_export(manager, bank=bank, target=tmp_path / "mine.zip")
    with pytest.raises(Forbidden):
        bank_restore(manager, source=bundle)
