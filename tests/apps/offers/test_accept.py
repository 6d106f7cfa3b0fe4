"""Accepting an offer, whole or in part."""

import datetime as dt
from uuid import uuid4

import pytest

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.kernel.facts import Fact
from apps.kernel.history import history_of
from apps.offers.facts import OfferAccepted
from apps.offers.models import Offer
from apps.offers.services import offer_accept
from apps.offers.states import OfferStatus
from tests.making.offers import make_chilled_line, make_offer, make_offer_line
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def grams_of(offer: Offer) -> list[int]:
    return [line.accepted_grams for line in offer.lines.all()]


def test_accepting_takes_every_line_whole(manager: Actor):
    offer = make_offer(make_offer_line(grams=80_000), make_offer_line(grams=20_000))

    offer_accept(manager, offer=offer)

    offer.refresh_from_db()
    assert offer.status == OfferStatus.ACCEPTED
    assert offer.answered_by == manager.label
    assert grams_of(offer) == [80_000, 20_000]


def test_accepting_in_part_keeps_the_grams_of_each_line(manager: Actor):
    offer = make_offer(make_offer_line(grams=80_000), make_offer_line(grams=20_000))
    first = offer.lines.all()[0]

    offer_accept(manager, offer=offer, accepted={first.pk: 50_000}, comment="No room for more")

    offer.refresh_from_db()
    assert (offer.status, offer.comment) == (OfferStatus.PARTLY_ACCEPTED, "No room for more")
    assert grams_of(offer) == [50_000, 0]


def test_an_answer_leaves_what_the_donor_wrote_for_the_driver(manager: Actor):
    offer = make_offer(comment="Ring at the back door")
    offer_accept(manager, offer=offer, comment="Called back")
    offer.refresh_from_db()
    assert offer.comment == "Ring at the back door"


def test_the_network_hears_what_is_taken_and_what_is_left(manager: Actor, told: list[Fact]):
    step = uuid4()
    offer = make_offer(make_offer_line(grams=80_000), network_step_id=step)

    offer_accept(manager, offer=offer, accepted={offer.lines.get().pk: 30_000})

    assert told == [
        OfferAccepted(offer_id=offer.pk, network_step_id=step, accepted_grams=30_000, declined_grams=50_000)
    ]


def test_every_gram_of_every_line_is_a_full_acceptance(manager: Actor):
    offer = make_offer(make_offer_line(grams=10_000))
    assert offer_accept(manager, offer=offer, accepted={offer.lines.get().pk: 10_000}).status == "accepted"


def test_an_offer_is_answered_once(manager: Actor, told: list[Fact]):
    offer = make_offer()
    offer_accept(manager, offer=offer)

    with pytest.raises(Conflict, match="no longer waits for an answer: Accepted"):
        offer_accept(manager, offer=offer)
    assert len(told) == 1


def test_more_than_offered_is_refused_at_its_line(manager: Actor):
    offer = make_offer(make_offer_line(label="Rice", grams=10_000))
    line = offer.lines.get()

    with pytest.raises(DomainError) as refused:
        offer_accept(manager, offer=offer, accepted={line.pk: 12_500})

    assert refused.value.message == "Rice: 12.5\xa0kg accepted, only 10\xa0kg offered."
    assert (refused.value.code, refused.value.field) == ("accepted_too_much", f"line-{line.pk}")
    assert Offer.objects.get().status == OfferStatus.PROPOSED


def test_nothing_at_all_is_no_acceptance(manager: Actor):
    offer = make_offer()
    with pytest.raises(DomainError, match="decline the offer"):
        offer_accept(manager, offer=offer, accepted={offer.lines.get().pk: 0})


def test_a_line_of_another_offer_is_refused(manager: Actor):
    with pytest.raises(DomainError) as refused:
        offer_accept(manager, offer=make_offer(), accepted={make_offer().lines.get().pk: 1_000})
    assert refused.value.code == "line_unknown"


def test_food_past_its_use_by_date_at_pickup_is_refused(manager: Actor):
    offer = make_offer(make_chilled_line(label="Yogurt", days_left=-1), make_offer_line())
    with pytest.raises(DomainError, match="Yogurt: the use-by date"):
        offer_accept(manager, offer=offer)


def test_the_day_of_the_use_by_date_is_still_good(manager: Actor):
    offer = make_offer(make_chilled_line(days_left=0), pickup_from=clock.now())
    assert offer_accept(manager, offer=offer).status == OfferStatus.ACCEPTED


def test_the_rest_of_an_offer_can_be_taken_without_the_food_past_its_date(manager: Actor):
    offer = make_offer(make_chilled_line(days_left=-1), make_offer_line(grams=40_000))
    fine = offer.lines.all()[1]
    assert offer_accept(manager, offer=offer, accepted={fine.pk: 40_000}).status == "partly_accepted"


def test_the_time_to_answer_ends(manager: Actor):
    offer = make_offer(answer_by=clock.now() - dt.timedelta(minutes=1))
    with pytest.raises(Conflict) as refused:
        offer_accept(manager, offer=offer)
    assert refused.value.code == "offer_too_late"


def test_the_answer_is_in_the_history(manager: Actor):
    offer = offer_accept(manager, offer=make_offer(), comment="Called back")
    [line] = offer.lines.all()
    entry = history_of(offer)[0]
    assert (entry.action, entry.reason) == ("accepted", "Called back")
    assert entry.changes["status"] == ["proposed", "accepted"]
    taken = {"label": line.label, "changes": {"accepted_grams": [0, 100_000]}}
    assert entry.changes["lines"] == {str(line.pk): taken}


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.ORDERS, Role.PARTNER, Role.DRIVER])
def test_others_do_not_answer(role: Role):
    with pytest.raises(Forbidden):
        offer_accept(actor_as(role), offer=make_offer())
