"""A partner's file, its agreements and its hygiene visits."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.partners.errors import AgreementOverlaps, VisitInFuture
from apps.partners.models import Agreement, HygieneVisit, Partner
from apps.partners.selectors import active_partners, agreement_in_force, partners_followed
from apps.partners.services import (
    agreement_sign,
    hygiene_visit_record,
    partner_archive,
    partner_create,
    partner_update,
)
from apps.partners.states import AccreditationState
from tests.making.partners import make_agreement, make_hygiene_visit, make_partner
from tests.people import actor_as

CHARITY: dict[str, Any] = {
    "name": "Charity",
    "partner_type": "ASSO_COLIS",
    "city": "Dijon",
    "department": "21",
}
DAY = dt.date(2026, 3, 2)
WEEK = dt.timedelta(days=7)


def test_who_handles_orders_opens_a_file_that_gets_the_next_code(bank):
    clerk = actor_as(Role.ORDERS)
    assert [partner_create(clerk, **CHARITY).code[-5:] for _ in range(2)] == ["00001", "00002"]


def test_the_same_form_sent_twice_opens_one_file(bank, manager):
    key = uuid4()
    assert partner_create(manager, op_key=key, **CHARITY) == partner_create(manager, op_key=key, **CHARITY)
    assert Partner.objects.count() == 1


def test_a_file_is_changed_with_its_history(bank, manager):
    partner = partner_update(manager, partner=make_partner(person_count=10), person_count=12)
    assert history_of(partner).get().changes == {"person_count": [10, 12]}


def test_an_archived_partner_leaves_the_choices_and_comes_back(bank, manager):
    partner = partner_archive(manager, partner=make_partner())
    assert not active_partners().exists()
    partner_archive(manager, partner=partner, archived=False)
    assert active_partners().get() == partner


@pytest.mark.parametrize(
    ("kind", "until", "state", "accredited"),
    [
        ("NONE", None, AccreditationState.MISSING, False),
        ("REGIONAL", None, AccreditationState.VALID, True),
        ("REGIONAL", DAY, AccreditationState.VALID, True),
        ("NATIONAL_VIA_NETWORK", DAY - WEEK, AccreditationState.EXPIRED, False),
        ("PUBLIC_BODY_EXEMPT", DAY - WEEK, AccreditationState.NOT_NEEDED, True),
    ],
)
def test_the_accreditation_counts_until_its_last_day(kind, until, state, accredited):
    partner = Partner(accreditation_kind=kind, accreditation_until=until)
    assert partner.accreditation_state(DAY) is state
    assert partner.is_accredited(DAY) is accredited


def test_an_agreement_covers_both_its_days(bank, manager):
    partner = make_partner(agreement=False)
    agreement = agreement_sign(manager, partner=partner, starts_on=DAY, ends_on=DAY + WEEK)
    assert agreement_in_force(partner, DAY) == agreement_in_force(partner, DAY + WEEK) == agreement
    assert agreement_in_force(partner, DAY + 2 * WEEK) is None


def test_the_partners_history_tells_of_the_agreement_once(bank, manager):
    partner, key = make_partner(agreement=False), uuid4()
    for _ in range(2):
        agreement_sign(manager, partner=partner, starts_on=DAY, ends_on=DAY + WEEK, op_key=key)
    [agreement] = history_of(partner).get().changes["agreements"].values()
    assert agreement["changes"] == {"starts_on": [None, "2026-03-02"], "ends_on": [None, "2026-03-09"]}
    assert Agreement.objects.count() == 1


def test_agreements_with_one_partner_do_not_overlap(bank, manager):
    partner = make_partner(agreement=False)
    make_agreement(partner, starts_on=DAY, ends_on=DAY + WEEK)
    with pytest.raises(AgreementOverlaps) as refusal:
        agreement_sign(manager, partner=partner, starts_on=DAY + WEEK, ends_on=DAY + 2 * WEEK)
    assert refusal.value.field == "starts_on"
    after = DAY + WEEK + dt.timedelta(days=1)
    assert agreement_sign(manager, partner=partner, starts_on=after, ends_on=after + WEEK)


def test_an_agreement_ends_after_it_begins(bank, manager):
    with pytest.raises(ValidationError) as refusal:
        agreement_sign(manager, partner=make_partner(), starts_on=DAY, ends_on=DAY - WEEK)
    assert list(refusal.value.error_dict) == ["ends_on"]


def test_a_visit_is_recorded_once_it_is_made(bank, manager):
    partner = make_partner()
    visit = hygiene_visit_record(
        manager, partner=partner, visited_on=clock.today(), visitor="Referent", score=80
    )
    assert partner.hygiene_visits.get() == visit
    with pytest.raises(VisitInFuture):
        hygiene_visit_record(
            manager, partner=partner, visited_on=clock.today() + WEEK, visitor="Referent", score=80
        )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"score": 101}, "score"),
        ({"score": 60, "corrective_actions": "Clean the fridge"}, "due_on"),
        ({"score": 60, "due_on": DAY - WEEK}, "due_on"),
    ],
)
def test_a_wrong_visit_is_refused_at_its_field(bank, manager, fields, field):
    with pytest.raises(ValidationError) as refusal:
        hygiene_visit_record(manager, partner=make_partner(), visited_on=DAY, visitor="R", **fields)
    assert list(refusal.value.error_dict) == [field]
    assert not HygieneVisit.objects.exists()


def test_partners_are_followed_with_their_agreement_and_last_visit(bank):
    partner = make_partner(agreement=False)
    current = make_agreement(partner)
    make_agreement(partner, starts_on=DAY - 9 * WEEK, ends_on=DAY - 8 * WEEK)
    for weeks in (3, 1):
        make_hygiene_visit(partner, visited_on=DAY - weeks * WEEK)
    followed: Any = partners_followed(clock.today()).get()
    assert followed.agreement_until == current.ends_on
    assert followed.visited_on == DAY - WEEK


@pytest.mark.parametrize("role", [Role.STOCK, Role.ROUNDS, Role.VOLUNTEER, Role.PARTNER])
def test_nobody_else_changes_a_file(bank, role):
    partner = make_partner(name="Charity")
    other = actor_as(role, partner_id=partner.pk if role == Role.PARTNER else None)
    for act in (
        lambda: partner_create(other, **CHARITY),
        lambda: partner_update(other, partner=partner, name="Mine"),
        lambda: partner_archive(other, partner=partner),
        lambda: agreement_sign(other, partner=partner, starts_on=DAY, ends_on=DAY),
        lambda: hygiene_visit_record(other, partner=partner, visited_on=DAY, visitor="R", score=1),
    ):
        with pytest.raises(Forbidden):
            act()
    assert Partner.objects.get().name == "Charity"
