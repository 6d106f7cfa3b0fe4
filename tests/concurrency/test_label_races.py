"""Several people print labels at the same instant."""

from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

import pytest

from apps.sites.models import Letterhead
from apps.stock.models import Lot, Pallet
from apps.stock.services import NewPallets, labels_print
from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank
from tests.making.stock import KEEPER, make_lot
from tests.making.threads import together


@pytest.fixture(params=["", "3760001"], ids=["own numbers", "SSCC"])
def bank(request: pytest.FixtureRequest, fresh_bank: Callable[..., FoodBank]):
    opened = fresh_bank()
    with in_tenant(opened, Purpose.TEST):
        Letterhead.objects.update(gs1_prefix=request.param)
        yield opened


def labels(*lots: Lot, op_key: UUID | None = None) -> list[Pallet]:
    new = [NewPallets(lot=lot, count=2) for lot in lots]
    return labels_print(KEEPER, op_key=op_key or uuid4(), new=new)


def serials() -> list[int]:
    """Return the serial numbers that were given, in order."""
    numbers = Pallet.objects.values_list("number", "is_sscc")
    return sorted(int(number[8:17] if is_sscc else number[-5:]) for number, is_sscc in numbers)


def test_numbers_are_given_once_and_leave_no_gap(bank: FoodBank) -> None:
    lots = [make_lot(1_000) for _ in range(4)]
    acts = [partial(labels, lots[n], lots[(n + 1) % 4]) for n in range(4)]
    assert [len(made) for made in together(bank, acts)] == [4] * 4
    assert serials() == list(range(1, 17))


def test_one_act_sent_five_times_at_once_numbers_once(bank: FoodBank) -> None:
    lot, key = make_lot(1_000), uuid4()
    results = together(bank, [partial(labels, lot, op_key=key)] * 5)
    assert len({tuple(sorted(pallet.pk for pallet in made)) for made in results}) == 1
    assert serials() == [1, 2]


def test_a_label_printed_again_by_several_people_counts_each_of_them(bank: FoodBank) -> None:
    pallets = labels(make_lot(1_000))
    acts = [partial(labels_print, KEEPER, op_key=uuid4(), again=pallets) for _ in range(3)]
    together(bank, acts)
    assert set(Pallet.objects.values_list("print_count", flat=True)) == {4}
