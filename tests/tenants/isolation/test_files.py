"""Files of a bank: under its own prefix, under names of ours, out of reach of the others."""

import datetime as dt
from uuid import UUID

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from apps.kernel.abilities import software
from apps.kernel.files import FileRefused, file_store, files_sweep, opened, sniffed
from apps.kernel.models import StoredFile
from apps.kernel.scope import NoScope
from apps.kernel.tasks import sweep
from tenants.crossing import Purpose, in_owner, in_platform, in_tenant
from tenants.isolation.files import (
    ForeignFile,
    delete_files_of,
    files_of,
    open_file,
    restore_file,
)
from tests.making.papers import HTML, JPEG, PDF, PNG, make_paper
from tests.making.partners import make_agreement

pytestmark = pytest.mark.pitfall(18)

SOFTWARE = software("test")


@pytest.fixture(params=["memory", "disk"], autouse=True)
def either_store(request):
    """Both stores that the product can run on here: in memory and on a disk."""
    request.getfixturevalue({"memory": "kept_in_memory", "disk": "kept_on_disk"}[request.param])


def kept(bank, content: bytes = b"canary") -> str:
    """Keep a file in a bank; return its name."""
    with in_tenant(bank, Purpose.TEST):
        return storages["default"].save("../../evil.sh", ContentFile(content))


def bytes_of(file: "File[bytes]") -> bytes:
    """Read a file and close it."""
    with file:
        return bytes(file.read())


def test_a_file_goes_under_the_prefix_of_the_open_bank_with_a_random_name(twin_a, twin_b):
    names = [kept(twin_a), kept(twin_a), kept(twin_b)]
    assert [name.rsplit("/", 1)[0] for name in names] == [
        f"banks/{twin_a.pk}",
        f"banks/{twin_a.pk}",
        f"banks/{twin_b.pk}",
    ]
    assert len({name.rsplit("/", 1)[1] for name in names}) == 3
    assert not any("evil" in name for name in names)


def test_original_names_never_reach_the_disk(bank, kept_on_disk):
    make_paper(name="../../etc/Monique Roux.pdf")
    on_disk = [path for path in kept_on_disk.rglob("*") if path.is_file()]
    assert [path.parent for path in on_disk] == [kept_on_disk / "banks" / str(bank.pk)]
    assert "Roux" not in str(on_disk)
    assert on_disk[0].read_bytes() == PDF


@pytest.mark.parametrize("use", ["open", "delete", "exists", "size", "get_modified_time"])
def test_another_bank_s_name_is_refused(twin_a, twin_b, use):
    name = kept(twin_a)
    with in_tenant(twin_b, Purpose.TEST), pytest.raises(ForeignFile):
        getattr(storages["default"], use)(name)
    with in_tenant(twin_a, Purpose.TEST):
        assert bytes_of(storages["default"].open(name)) == b"canary"


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "banks/{a}/../{b}/{file}",
        "banks/{b}/../{a}/{file}",
        "banks//{b}/{file}",
        "./banks/{b}/{file}",
        "banks/{b}/{file}\n",
        "banks/{b}/{file}/x",
        "banks/{b}",
        "",
    ],
)
def test_a_name_that_we_did_not_give_is_refused(twin_a, twin_b, name):
    file = kept(twin_a).rsplit("/", 1)[1]
    with in_tenant(twin_b, Purpose.TEST), pytest.raises(ForeignFile):
        storages["default"].open(name.format(a=twin_a.pk, b=twin_b.pk, file=file))


@pytest.mark.parametrize("space", [None, in_platform, in_owner])
def test_outside_a_bank_nothing_is_kept_nor_read(twin_a, space):
    name = kept(twin_a)

    def use() -> None:
        for act in (lambda: storages["default"].save("", ContentFile(b"x")), lambda: owned_open(name)):
            with pytest.raises(NoScope):
                act()

    def owned_open(name: str) -> None:
        storages["default"].open(name)

    if space is None:
        use()
    else:
        with space(Purpose.TEST):
            use()


def test_a_file_has_no_address_and_no_path(bank):
    with pytest.raises(PermissionError):
        storages["default"].url(make_paper().storage_name)
    with pytest.raises(NotImplementedError):
        storages["default"].path(make_paper().storage_name)


def test_a_file_that_is_kept_never_changes(bank):
    with pytest.raises(PermissionError):
        storages["default"].open(make_paper().storage_name, "wb")


def test_all_files_of_a_bank_are_listed_read_and_removed_from_outside(twin_a, twin_b):
    own, other = [kept(twin_a, b"one"), kept(twin_a, b"two")], kept(twin_b)
    with in_owner(Purpose.TEST):
        assert list(files_of(twin_a.pk)) == sorted(own)
        assert bytes_of(open_file(twin_a.pk, own[0])) == b"one"
        with pytest.raises(ForeignFile):
            open_file(twin_a.pk, other)
        assert delete_files_of(twin_a.pk) == 2
        assert delete_files_of(twin_a.pk) == 0
        assert list(files_of(twin_b.pk)) == [other]


def test_an_export_is_put_back_under_the_names_that_the_rows_know(twin_a):
    name = kept(twin_a, b"one")
    with in_owner(Purpose.TEST):
        delete_files_of(twin_a.pk)
        restore_file(twin_a.pk, name, ContentFile(b"one"))
        restore_file(twin_a.pk, name, ContentFile(b"one"))
    with in_tenant(twin_a, Purpose.TEST):
        assert bytes_of(storages["default"].open(name)) == b"one"


def test_a_damaged_file_is_put_right_from_the_export(twin_a):
    name = kept(twin_a, b"damaged")
    with in_owner(Purpose.TEST):
        restore_file(twin_a.pk, name, ContentFile(b"whole"))
        assert bytes_of(open_file(twin_a.pk, name)) == b"whole"


def test_a_bank_lists_and_removes_no_other_bank_s_files(twin_a, twin_b):
    kept(twin_a)
    with in_tenant(twin_b, Purpose.TEST):
        for act in (files_of, delete_files_of):
            with pytest.raises(PermissionError):
                act(twin_a.pk)


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg"), (HTML, None)]
)
def test_the_type_is_read_from_the_bytes(content, kind):
    assert sniffed(content[:16]) == kind


def test_what_we_know_of_a_file_comes_from_its_bytes(bank):
    paper = make_paper(content=PNG, name="report.html\u202e")
    assert (paper.content_type, paper.size_bytes, paper.name) == ("image/png", len(PNG), "report.png")
    assert bytes_of(opened(paper)) == PNG


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "file_empty"), (HTML, "file_type"), (PDF + b" " * 1024, "file_too_large")]
)
def test_other_files_are_refused_and_nothing_is_kept(bank, settings, content, code):
    settings.FILE_BYTES_MOST = 1024 + len(PDF) - 1
    with pytest.raises(FileRefused) as refused:
        make_paper(content=content)
    assert refused.value.code == code
    assert list(files_of(bank.pk)) == []


def test_a_file_without_its_row_does_not_stay(bank, monkeypatch):
    def fails(self: StoredFile, **_options: object) -> None:
        raise IntegrityError("the row cannot be written")

    monkeypatch.setattr(StoredFile, "save", fails)
    record = make_agreement()
    with pytest.raises(Exception, match="recorded the same"):
        file_store(SOFTWARE, record=record, content=ContentFile(PDF), name="x.pdf")
    assert list(files_of(bank.pk)) == []


def test_the_same_form_sent_twice_keeps_one_file(bank):
    record, key = make_agreement(), UUID("0190a0b0-0000-7000-8000-00000000000a")
    files = [
        file_store(SOFTWARE, record=record, content=ContentFile(PDF), name="x.pdf", op_key=key)
        for _ in range(2)
    ]
    assert files[0] == files[1]
    assert len(list(files_of(bank.pk))) == 1


def test_the_sweep_removes_what_a_rolled_back_transaction_left(bank):
    paper = make_paper()
    with transaction.atomic():
        lost = make_paper().storage_name
        transaction.set_rollback(True)
    now = dt.datetime.now(dt.UTC)
    assert files_sweep(before=now - dt.timedelta(hours=1)) == 0
    assert files_sweep(before=now + dt.timedelta(hours=1)) == 1
    assert not storages["default"].exists(lost)
    assert sweep() == 0
    assert bytes_of(opened(paper)) == PDF
