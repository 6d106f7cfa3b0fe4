"""A row or a queryset of one bank is of no use in its twin, which holds rows with the same keys."""

import contextvars
import copy
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.db import DatabaseError, models, transaction
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects
from django.test.utils import isolate_apps

from apps.kernel.guard import BankRow, ForeignRow
from apps.kernel.scope import NoScope, Scope, ScopeKind, scope_opened
from apps.sites.models import Location, Site, Vehicle
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.registry.models import FoodBank
from tests.making.sites import make_location, make_site, make_vehicle
from tests.statements import statements_of

pytestmark = pytest.mark.usefixtures("no_running_loop")

SITE, OTHER, TRUCK, RACK = (UUID(int=n) for n in range(1, 5))
REFUSED = pytest.raises(ForeignRow, match="b_twin_a used in b_twin_b")


def outside_every_bank(make: Callable[[], Any]) -> Any:
    """Make something as a module does when it is imported."""
    return contextvars.Context().run(make)


def sites() -> QuerySet[Site]:
    return Site.objects.filter(pk__in=[SITE, OTHER])


def furnish(letter: str) -> None:
    site = make_site(pk=SITE, code="ONE", name=f"Warehouse {letter}")
    make_site(pk=OTHER, code="TWO", name=f"Antenna {letter}")
    make_vehicle(site, pk=TRUCK, name=f"Truck {letter}")
    make_location(site, pk=RACK, code="R1", name=f"Rack {letter}")


@dataclass
class Carried:
    """What somebody took along from bank A."""

    site: Site
    truck: Vehicle
    deferred: Site
    queryset: QuerySet[Site]
    read: QuerySet[Site]
    raw: Any
    raw_read: Any


def taken_along() -> Carried:
    read = sites()
    raw_read = Site.objects.raw("SELECT * FROM sites_site")
    assert len(read) == len(raw_read) == 2
    return Carried(
        site=Site.objects.prefetch_related("locations").get(pk=SITE),
        truck=Vehicle.objects.get(pk=TRUCK),
        deferred=Site.objects.only("pk").get(pk=SITE),
        queryset=sites(),
        read=read,
        raw=Site.objects.raw("SELECT * FROM sites_site"),
        raw_read=raw_read,
    )


async def async_names(queryset: QuerySet[Site]) -> list[str]:
    return [site.name async for site in queryset.aiterator()]


def bulk_saved(site: Site) -> None:
    site.name = "Carried"
    Site.objects.bulk_update([site], ["name"])


def as_a_new_row(site: Site) -> None:
    site.pk, site.code, site._state.adding = UUID(int=9), "NEW", True
    site.save()


def pointed_at(truck: Vehicle, site: Site) -> None:
    truck.site = site
    truck.save()


QUERYSETS: dict[str, Callable[[Carried], Any]] = {
    "read": lambda it: list(it.queryset),
    "read again": lambda it: list(it.read),
    "measured again": lambda it: len(it.read),
    "counted again": lambda it: it.read.count(),
    "asked again for a row": lambda it: it.read[0],
    "asked again whether it holds any": lambda it: bool(it.read),
    "asked again whether it holds a row": lambda it: it.read.contains(Site(pk=OTHER, code="TWO")),
    "counted": lambda it: it.queryset.count(),
    "asked whether it exists": lambda it: it.queryset.exists(),
    "summed": lambda it: it.queryset.aggregate(models.Max("name")),
    "sliced": lambda it: it.queryset[:1],
    "narrowed": lambda it: it.queryset.filter(code="ONE"),
    "asked for its first": lambda it: it.queryset.first(),
    "asked for one": lambda it: it.queryset.get(pk=SITE),
    "asked for many by key": lambda it: it.queryset.in_bulk([SITE]),
    "read as values": lambda it: list(it.queryset.values("name")),
    "read as a list of values": lambda it: list(it.queryset.values_list("name", flat=True)),
    "read as days": lambda it: list(it.queryset.datetimes("created_at", "day")),
    "read one by one": lambda it: list(it.queryset.iterator()),
    "read in async code": lambda it: async_to_sync(async_names)(it.queryset),
    "updated": lambda it: it.queryset.update(name="Carried"),
    "locked": lambda it: list(it.queryset.select_for_update()),
    "explained": lambda it: it.queryset.explain(),
    "used to create": lambda it: it.queryset.create(code="NEW", name="New", city="Dijon", department="21"),
    "used to create many": lambda it: it.queryset.bulk_create([]) or it.queryset.db,
    "used to find or create": lambda it: it.queryset.get_or_create(pk=SITE),
    "nested": lambda it: list(Site.objects.filter(pk__in=it.queryset)),
    "nested as values": lambda it: list(Vehicle.objects.filter(site__in=it.queryset.values("pk"))),
    "nested by its query": lambda it: list(Site.objects.filter(Q(pk__in=it.queryset.query))),
    "nested in a condition": lambda it: list(Site.objects.filter(Q(pk__in=it.queryset) | Q(code="X"))),
    "nested in an annotation": lambda it: list(
        Site.objects.annotate(n=Subquery(it.queryset.values("name")[:1]))
    ),
    "nested in a test of existence": lambda it: list(Vehicle.objects.filter(Exists(it.queryset))),
    "nested in an update": lambda it: Site.objects.update(phone=Subquery(it.queryset.values("code")[:1])),
    "joined to the open bank's": lambda it: list(sites().union(it.queryset, all=True)),
    "merged with the open bank's": lambda it: list(sites() | it.queryset),
    "crossed with the open bank's": lambda it: list(sites() & it.queryset),
    "prefetched": lambda it: list(Vehicle.objects.prefetch_related(Prefetch("site", it.queryset))),
    "copied": lambda it: list(copy.copy(it.queryset)),
    "copied deeply": lambda it: list(copy.deepcopy(it.queryset)),
    "run as raw SQL": lambda it: list(it.raw),
    "run as raw SQL again": lambda it: list(it.raw_read),
    "run as raw SQL with more": lambda it: list(it.raw_read.prefetch_related("vehicles")),
    "deleted": lambda it: it.queryset.filter(pk=OTHER).delete(),
}
ROWS: dict[str, Callable[[Carried], Any]] = {
    "saved": lambda it: it.site.save(),
    "saved in part": lambda it: it.site.save(update_fields=["name"]),
    "saved raw, as a fixture is": lambda it: it.site.save_base(raw=True),
    "saved in async code": lambda it: async_to_sync(it.site.asave)(),
    "saved among many": lambda it: bulk_saved(it.site),
    "saved as a new row": lambda it: as_a_new_row(it.site),
    "created among many": lambda it: Vehicle.objects.bulk_create([it.truck], ignore_conflicts=True),
    "read anew": lambda it: it.site.refresh_from_db(),
    "read on where it was left": lambda it: it.deferred.name,
    "checked": lambda it: it.site.validate_unique(),
    "checked in full": lambda it: it.truck.full_clean(),
    "followed to the row it points at": lambda it: it.truck.site,
    "followed to the rows that point at it": lambda it: list(it.site.vehicles.all()),
    "followed to rows fetched with it": lambda it: list(it.site.locations.all()),
    "asked how many point at it": lambda it: it.site.vehicles.count(),
    "given a row": lambda it: it.site.vehicles.create(name="New", capacity_grams=1),
    "given a row by key": lambda it: it.site.vehicles.add(Vehicle.objects.get(pk=TRUCK)),
    "asked for the next": lambda it: Site.objects.exists() and it.site.get_next_by_created_at(),
    "completed": lambda it: prefetch_related_objects([it.site], "vehicles"),
    "completed upwards": lambda it: prefetch_related_objects([it.truck], "site"),
    "used as a filter": lambda it: list(Vehicle.objects.filter(site=it.site)),
    "used as a filter among others": lambda it: list(Vehicle.objects.filter(site__in=[it.site])),
    "used as a value": lambda it: Vehicle.objects.update(site=it.site),
    "used in a new row": lambda it: make_vehicle(it.site),
    "used in a new row that is not saved": lambda it: Vehicle(site=it.site),
    "used to point at": lambda it: pointed_at(Vehicle.objects.get(pk=TRUCK), it.site),
    "pickled and saved": lambda it: pickle.loads(pickle.dumps(it.site)).save(),
    "copied and saved": lambda it: copy.copy(it.site).save(),
    "deleted": lambda it: it.truck.delete(),
}
READINGS: dict[str, Callable[[], Any]] = {
    "of rows": lambda: sites().iterator(),
    "of values": lambda: sites().values().iterator(),
    "of rows with others": lambda: sites().prefetch_related("vehicles").iterator(chunk_size=1),
    "of raw SQL": lambda: Site.objects.raw("SELECT * FROM sites_site").iterator(),
}


@pytest.fixture
def twins(twin_a: FoodBank, twin_b: FoodBank) -> tuple[FoodBank, FoodBank]:
    """Two banks that hold rows with the same keys."""
    for bank, letter in ((twin_a, "A"), (twin_b, "B")):
        with in_tenant(bank, Purpose.TEST):
            furnish(letter)
    return twin_a, twin_b


@pytest.fixture
def carried(twins) -> Carried:
    with in_tenant(twins[0], Purpose.TEST):
        return taken_along()


def names_in(bank: FoodBank) -> list[str]:
    with in_tenant(bank, Purpose.TEST):
        held = (Site.objects.order_by("pk"), Vehicle.objects.all(), Location.objects.all())
        return [name for rows in held for name in rows.values_list("name", flat=True)]


@pytest.mark.pitfall(7)
@pytest.mark.parametrize("act", QUERYSETS.values(), ids=QUERYSETS)
def test_a_queryset_of_one_bank_refuses_in_the_other_to_be(twins, carried, act):
    with in_tenant(twins[1], Purpose.TEST), REFUSED, transaction.atomic():
        act(carried)
    assert names_in(twins[1]) == ["Warehouse B", "Antenna B", "Truck B", "Rack B"]


@pytest.mark.pitfall(7)
@pytest.mark.parametrize("act", ROWS.values(), ids=ROWS)
def test_a_row_of_one_bank_refuses_in_the_other_to_be(twins, carried, act):
    with in_tenant(twins[1], Purpose.TEST), REFUSED, transaction.atomic():
        act(carried)
    assert names_in(twins[1]) == ["Warehouse B", "Antenna B", "Truck B", "Rack B"]


AT_HOME = {f"queryset {name}": act for name, act in QUERYSETS.items()} | {
    f"row {name}": act for name, act in ROWS.items() if name not in {"asked for the next"}
}


@pytest.mark.parametrize("act", AT_HOME.values(), ids=AT_HOME)
def test_in_its_own_bank_nothing_is_refused(twins, act):
    with in_tenant(twins[0], Purpose.TEST):
        act(taken_along())


@contextmanager
def begun(read: Callable[[], Any], bank: FoodBank) -> Iterator[Any]:
    """Read the first row in a bank; an abandoned cursor is closed there."""
    with in_tenant(bank, Purpose.TEST):
        rows = read()
        next(rows)
    yield rows
    with in_tenant(bank, Purpose.TEST):
        rows.close()


@pytest.mark.pitfall(7)
@pytest.mark.parametrize("read", READINGS.values(), ids=READINGS)
def test_reading_begun_in_one_bank_does_not_go_on_in_the_other(twins, read):
    with begun(read, twins[0]) as rows, in_tenant(twins[1], Purpose.TEST), pytest.raises(ForeignRow):
        next(rows)


@pytest.mark.parametrize("read", READINGS.values(), ids=READINGS)
def test_reading_goes_on_when_the_bank_comes_back(twins, read):
    with begun(read, twins[0]) as rows:
        with in_tenant(twins[1], Purpose.TEST):
            Site.objects.count()
        with in_tenant(twins[0], Purpose.TEST):
            assert len(list(rows)) == 1


def test_async_reading_begun_in_one_bank_does_not_go_on_in_the_other(twins):
    async def across() -> None:
        with in_tenant(twins[0], Purpose.TEST):
            rows = sites().aiterator()
            await anext(rows)
        with in_tenant(twins[1], Purpose.TEST):
            await anext(rows)

    with pytest.raises(ForeignRow):
        async_to_sync(across)()


def test_a_pickled_queryset_stays_in_its_bank(twins):
    with in_tenant(twins[0], Purpose.TEST):
        pickled, query = pickle.dumps(sites()), pickle.dumps(sites().query)
    with in_tenant(twins[1], Purpose.TEST):
        with pytest.raises(ForeignRow):
            list(pickle.loads(pickled))
        revived = Site.objects.all()
        revived.query = pickle.loads(query)
        with pytest.raises(ForeignRow):
            list(revived)


def test_a_new_row_that_was_not_saved_stays_in_its_bank(twins):
    with in_tenant(twins[0], Purpose.TEST):
        draft = Site(code="NEW", name="Draft", city="Dijon", department="21")
    with in_tenant(twins[1], Purpose.TEST), pytest.raises(ForeignRow):
        draft.save()


def test_a_row_made_outside_every_bank_is_at_home_where_it_is_first_saved(twins):
    draft = outside_every_bank(lambda: Site(code="NEW", name="Draft", city="Dijon", department="21"))
    with in_tenant(twins[0], Purpose.TEST):
        draft.save()
    with in_tenant(twins[1], Purpose.TEST), pytest.raises(ForeignRow):
        draft.save()


def test_a_row_made_outside_every_bank_carries_no_other_bank_s_row_in(twins, carried):
    truck = outside_every_bank(lambda: Vehicle(site=carried.site, name="New", capacity_grams=1))
    with in_tenant(twins[1], Purpose.TEST):
        with pytest.raises(ForeignRow):
            truck.save()
        with pytest.raises(ForeignRow):
            Vehicle.objects.bulk_create([truck])


@pytest.mark.parametrize(
    "read",
    [
        list,
        len,
        bool,
        lambda everywhere: [everywhere[0], everywhere[1]],
        lambda everywhere: [site.name for site in everywhere.iterator()],
        lambda everywhere: list(everywhere.filter(code="ONE")),
        lambda everywhere: list(Site.objects.filter(pk__in=everywhere)),
        lambda everywhere: list(Vehicle.objects.filter(Exists(everywhere.filter(pk=OuterRef("site"))))),
        lambda everywhere: list(Vehicle.objects.prefetch_related(Prefetch("site", everywhere))),
        async_to_sync(async_names),
    ],
)
def test_a_queryset_made_outside_every_bank_works_in_each(twins, read):
    everywhere = outside_every_bank(sites)
    for bank in (*twins, *twins):
        with in_tenant(bank, Purpose.TEST):
            assert read(everywhere)


def test_a_queryset_made_outside_every_bank_never_shows_one_bank_s_rows_in_the_other(twins):
    everywhere = outside_every_bank(lambda: sites().order_by("pk"))
    shown = []
    for bank in (*twins, *twins):
        with in_tenant(bank, Purpose.TEST):
            shown.append(next(site.name for site in everywhere))
    assert shown == ["Warehouse A", "Warehouse B", "Warehouse A", "Warehouse B"]


def test_a_nested_query_made_outside_every_bank_works_in_each(twins):
    trucks = outside_every_bank(lambda: Vehicle.objects.filter(site__in=sites(), name=F("name")))
    for bank in twins:
        with in_tenant(bank, Purpose.TEST):
            assert trucks.count() == 1


def test_a_platform_page_cannot_use_a_bank_s_rows(carried):
    with in_platform(Purpose.TEST):
        with pytest.raises(ForeignRow, match="used in public"):
            list(carried.queryset)
        with pytest.raises(ForeignRow, match="used in public"):
            carried.site.save()


def test_outside_every_scope_nothing_of_a_bank_is_read(carried):
    with pytest.raises(NoScope):
        outside_every_bank(lambda: list(carried.queryset))


def test_the_owner_in_a_bank_s_schema_counts_as_that_bank(twins, carried):
    with scope_opened(Scope(kind=ScopeKind.OWNER, schema="b_twin_a")):
        assert carried.read[0].name
        assert carried.queryset.query.chain()
    with scope_opened(Scope(kind=ScopeKind.OWNER, schema="b_twin_b")), pytest.raises(ForeignRow):
        carried.queryset.all()


@pytest.mark.pitfall(8)
@isolate_apps("apps.kernel")
def test_the_table_between_two_kinds_of_rows_is_guarded(twins):
    class Label(BankRow):
        class Meta:
            app_label = "kernel"

    class Thing(BankRow):
        labels = models.ManyToManyField(Label)

        class Meta:
            app_label = "kernel"

    with in_tenant(twins[0], Purpose.TEST):
        thing, label = Thing(pk=1), Label(pk=1)
        with pytest.raises(DatabaseError, match="does not exist"), transaction.atomic():
            thing.labels.add(label)
    with in_tenant(twins[1], Purpose.TEST):
        for act in (
            lambda: thing.labels.add(1),
            lambda: thing.labels.remove(1),
            lambda: thing.labels.set([1]),
            thing.labels.clear,
            lambda: Thing(pk=1).labels.add(label),
            lambda: list(thing.labels.all()),
        ):
            with pytest.raises(ForeignRow):
                act()


def test_the_refusal_names_the_kind_of_row_and_the_banks_and_nothing_of_the_row(twins, carried):
    with in_tenant(twins[1], Purpose.TEST), pytest.raises(ForeignRow) as refused:
        carried.site.save()
    assert str(refused.value) == "sites.Site of b_twin_a used in b_twin_b"


def test_the_guard_asks_the_database_nothing(twins):
    with in_tenant(twins[0], Purpose.TEST):
        assert statements_of(lambda: [truck.site for truck in Vehicle.objects.select_related("site")]) == 1
        assert statements_of(lambda: Vehicle.objects.get(pk=TRUCK).site.name) == 2
        assert statements_of(lambda: Site.objects.get(pk=SITE).save()) == 2
        assert statements_of(lambda: list(Site.objects.prefetch_related("vehicles"))) == 2
