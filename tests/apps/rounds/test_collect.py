"""What a stop brings, or does not bring."""

from decimal import Decimal

import pytest

from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.kernel.facts import Fact
from apps.rounds.facts import GoodsCollected, StopMissed
from apps.rounds.models import Stop
from apps.rounds.services import PickedUp, stop_collect, stop_miss
from apps.rounds.states import MissReason, RefusalReason, StopStatus
from tests.making.offers import make_offer_line
from tests.making.rounds import make_round, make_stop, make_stop_on_the_road, weights_as_planned
from tests.making.sites import make_site
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def found(stop: Stop, collected: int, refused: int = 0, **more: object) -> PickedUp:
    line = stop.lines.all()[0]
    return PickedUp(line_id=line.pk, collected_grams=collected, refused_grams=refused, **more)  # type: ignore[arg-type]


def test_weights_refusals_and_temperatures_are_kept(volunteer: Actor):
    stop = make_stop_on_the_road(make_offer_line(grams=50_000))

    stop_collect(
        volunteer,
        stop=stop,
        weights=[found(stop, 42_000, 5_000, refusal_reason="damaged", temperature_c=Decimal("3.5"))],
        comment="Crates broken",
    )

    stop.refresh_from_db()
    line = stop.lines.get()
    assert (stop.status, stop.done_by, stop.comment) == ("collected", volunteer.label, "Crates broken")
    assert (line.collected_grams, line.refused_grams, line.refusal_reason) == (42_000, 5_000, "damaged")
    assert line.temperature_c == Decimal("3.5")


def test_receiving_hears_what_comes_and_where(volunteer: Actor, told: list[Fact]):
    site = make_site()
    stop = make_stop_on_the_road(make_offer_line(grams=50_000), site=site)
    stop_collect(volunteer, stop=stop, weights=weights_as_planned(stop))
    assert told == [GoodsCollected(stop_id=stop.pk, site_id=site.pk, collected_grams=50_000, refused_grams=0)]


def test_a_line_left_out_gave_nothing(volunteer: Actor):
    stop = make_stop_on_the_road(make_offer_line(), make_offer_line())
    stop_collect(volunteer, stop=stop, weights=[found(stop, 1_000)])
    assert [line.collected_grams for line in stop.lines.all()] == [1_000, 0]


def test_a_stop_is_recorded_once(volunteer: Actor, told: list[Fact]):
    stop = make_stop_on_the_road()
    stop_collect(volunteer, stop=stop, weights=weights_as_planned(stop))
    with pytest.raises(Conflict, match="already recorded: Collected"):
        stop_collect(volunteer, stop=stop, weights=weights_as_planned(stop))
    assert len(told) == 1


def test_a_stop_whose_round_has_not_left_gives_nothing(volunteer: Actor):
    stop = make_stop()
    make_round(stop)
    stop.refresh_from_db()
    with pytest.raises(Conflict) as refused:
        stop_collect(volunteer, stop=stop, weights=weights_as_planned(stop))
    assert refused.value.code == "round_not_started"


def test_no_weight_at_all_points_to_nothing_to_take(volunteer: Actor):
    stop = make_stop_on_the_road()
    with pytest.raises(DomainError, match="Nothing to take"):
        stop_collect(volunteer, stop=stop, weights=[found(stop, 0)])


def test_everything_left_with_the_donor_is_a_stop_done(volunteer: Actor, told: list[Fact]):
    stop = make_stop_on_the_road(make_offer_line(grams=5_000))
    refused = found(stop, 0, 5_000, refusal_reason=RefusalReason.DATE_PASSED)
    assert stop_collect(volunteer, stop=stop, weights=[refused]).status == StopStatus.COLLECTED
    assert isinstance(told[0], GoodsCollected)
    assert (told[0].collected_grams, told[0].refused_grams) == (0, 5_000)


def test_goods_left_need_a_reason(volunteer: Actor):
    stop = make_stop_on_the_road(make_offer_line(label="Milk"))
    line = stop.lines.get()
    with pytest.raises(DomainError, match="Milk: say why 5\xa0kg are left") as refused:
        stop_collect(volunteer, stop=stop, weights=[found(stop, 1_000, 5_000)])
    assert refused.value.field == f"line-{line.pk}-refusal_reason"


def test_three_times_the_weight_announced_is_asked_again(volunteer: Actor):
    stop = make_stop_on_the_road(make_offer_line(grams=10_000))
    with pytest.raises(DomainError, match="100\xa0kg for 10\xa0kg announced"):
        stop_collect(volunteer, stop=stop, weights=[found(stop, 100_000)])
    collected = stop_collect(volunteer, stop=stop, weights=[found(stop, 100_000)], confirmed=True)
    assert collected.status == StopStatus.COLLECTED


def test_an_impossible_temperature_is_a_slip(volunteer: Actor):
    stop = make_stop_on_the_road()
    with pytest.raises(DomainError) as refused:
        stop_collect(volunteer, stop=stop, weights=[found(stop, 1_000, temperature_c=Decimal(-180))])
    assert refused.value.code == "temperature_unlikely"


def test_a_line_of_another_stop_is_refused(volunteer: Actor):
    stop, other = make_stop_on_the_road(), make_stop_on_the_road()
    with pytest.raises(DomainError) as refused:
        stop_collect(volunteer, stop=stop, weights=[found(other, 1_000)])
    assert refused.value.code == "line_unknown"


def test_a_missed_stop_says_why(volunteer: Actor, told: list[Fact]):
    stop = make_stop_on_the_road()
    missed = stop_miss(volunteer, stop=stop, reason=MissReason.CLOSED, comment="Bank holiday")
    assert (missed.status, missed.miss_reason) == (StopStatus.MISSED, "closed")
    assert told == [StopMissed(stop_id=stop.pk, offer_id=stop.offer_id, reason="closed")]


def test_a_missed_stop_needs_a_reason(volunteer: Actor):
    with pytest.raises(DomainError) as refused:
        stop_miss(volunteer, stop=make_stop_on_the_road(), reason="")
    assert refused.value.field == "reason"


def test_a_driver_records_the_stops_of_their_own_round_only():
    driver = actor_as(Role.DRIVER)
    own = make_stop_on_the_road(driver_id=driver.id)
    other = make_stop_on_the_road(driver_id=actor_as(Role.DRIVER).id)

    assert stop_collect(driver, stop=own, weights=weights_as_planned(own)).status == "collected"
    with pytest.raises(Forbidden):
        stop_collect(driver, stop=other, weights=weights_as_planned(other))
    with pytest.raises(Forbidden):
        stop_miss(driver, stop=other, reason=MissReason.LATE)


@pytest.mark.parametrize("role", [Role.ORDERS, Role.STOCK, Role.PARTNER])
def test_others_do_not_record_stops(role: Role):
    stop = make_stop_on_the_road()
    with pytest.raises(Forbidden):
        stop_collect(actor_as(role), stop=stop, weights=weights_as_planned(stop))
