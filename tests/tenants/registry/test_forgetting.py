"""A name leaves the histories; the acts stay, and nobody but the operator takes it out."""

import json
import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import transaction

from apps.delivery.models import DeliveryNote
from apps.delivery.services import handover_record
from apps.donors.services import donor_update
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.kernel.models import AuditEntry, Job
from apps.kernel.telling import told
from apps.orders.models import Order
from apps.rounds.models import Round
from apps.stock.models import Movement
from tenants.accounts.services import identity_change, person_ensure
from tenants.accounts.signing_in.models import SignInEvent
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.registry.forgetting import KEPT, NUMBERED, SHARED, WORKING, Forgotten, StillWorks, name_forgotten
from tests.making.banks import events_of
from tests.making.delivery import make_picked
from tests.making.donors import make_donor
from tests.making.jobs import make_job, printing_labels
from tests.making.orders import make_order
from tests.making.people import make_person
from tests.making.rounds import make_round
from tests.people import actor_as

WHO = uuid4()
INES = replace(actor_as(Role.MANAGER), label="Inès Morel", id=WHO)
SAM = replace(actor_as(Role.MANAGER), label="Sam Petit", id=uuid4())


def test_a_name_leaves_every_bank_and_the_acts_stay(fresh_bank):
    banks, donors = [fresh_bank(), fresh_bank()], {}
    for bank in banks:
        with in_tenant(bank, Purpose.TEST):
            donors[bank.pk] = make_donor()
            donor_update(INES, donor=donors[bank.pk], city="Dole")
            donor_update(SAM, donor=donors[bank.pk], city="Dijon")
    stood = name_forgotten(actor_as(Role.OPERATOR), person_id=WHO)
    assert {(each.bank, each.lines, each.papers) for each in stood} == {(bank, 1, 0) for bank in banks}
    for bank in banks:
        with in_tenant(bank, Purpose.TEST):
            lines = [told(entry) for entry in history_of(donors[bank.pk])]
            assert [str(line.who) for line in lines] == ["Sam Petit", "A former member"]
            assert [line.entry.actor_id for line in lines] == [SAM.id, INES.id]
    assert name_forgotten(actor_as(Role.OPERATOR), person_id=WHO) == []


def test_a_rehearsal_answers_the_same_and_changes_nothing(fresh_bank):
    bank = fresh_bank()
    with in_tenant(bank, Purpose.TEST):
        donor_update(INES, donor=(donor := make_donor()), city="Dole")
        make_order(actor=INES)
    told_before, rehearsed = events_of(bank), forget(rehearse=True)
    with in_tenant(bank, Purpose.TEST):
        assert history_of(donor)[0].actor_label == "Inès Morel"
        assert Order.objects.get().placed_by == "Inès Morel"
    assert events_of(bank) == told_before
    assert forget() == rehearsed
    assert forget() == []


def test_the_history_of_the_bank_tells_it_without_the_name(fresh_bank):
    bank = fresh_bank()
    with in_tenant(bank, Purpose.TEST):
        donor_update(INES, donor=make_donor(), city="Dole")
    forget()
    with in_platform(Purpose.TEST):
        event = bank.events.get(action="name_forgotten")
    assert event.facts == {"person": str(WHO), "lines": 1, "papers": 0}


def test_whoever_still_has_a_role_is_not_forgotten(fresh_bank):
    user = make_person("ines@example.org", fresh_bank(), Role.STOCK)
    with pytest.raises(StillWorks):
        name_forgotten(actor_as(Role.OPERATOR), person_id=user.pk)


def forget(*, rehearse: bool = False) -> list[Forgotten]:
    return name_forgotten(actor_as(Role.OPERATOR), person_id=WHO, rehearse=rehearse)


def test_the_names_and_addresses_a_person_had_go_too(fresh_bank):
    bank = fresh_bank()
    with in_platform(Purpose.TEST):
        person = person_ensure(email="ines@example.org", full_name="Inès Morel")
        identity_change(user=person, full_name="Inès Morel-Petit", language="fr", bank=bank)
    name_forgotten(actor_as(Role.OPERATOR), person_id=person.pk)
    with in_platform(Purpose.TEST):
        told_of = SignInEvent.objects.filter(user=person).values_list("changes", "actor_label")
        assert set(map(str, told_of)) == {str(({}, ""))}


def test_a_manager_does_not_forget_a_colleague(db):
    with pytest.raises(Forbidden):
        name_forgotten(actor_as(Role.MANAGER), person_id=WHO)


NAMES = re.compile(
    r"(actor|driver|inspector|(invited|asked|opened|closed|counted|decided)_by)_label"
    r"|(picked|placed|answered|received|done|handed_over|told|opened|closed|decided|settled|published)_by"
)


def copies_of_names() -> set[tuple[Any, str]]:
    """Return the columns of every table that hold the name of somebody who acted."""
    fields = [(model, field.name) for model in apps.get_models() for field in model._meta.concrete_fields]
    return {(model, name) for model, name in fields if NAMES.fullmatch(name)}


def test_every_column_that_holds_a_name_is_emptied_or_kept_for_a_reason():
    """Whoever adds a column that copies a name says here what becomes of it."""
    emptied = {*WORKING, *((model, name) for model, _number, name in (*NUMBERED, *SHARED))}
    assert copies_of_names() == emptied | set(KEPT) | {(AuditEntry, "actor_label")}
    assert emptied.isdisjoint(KEPT)
    assert all(KEPT.values())


def test_a_job_loses_the_name_of_who_asked(fresh_bank):
    bank = fresh_bank()
    with printing_labels() as labels, in_tenant(bank, Purpose.TEST), transaction.atomic():
        job = make_job(labels, actor=INES)
    name_forgotten(actor_as(Role.OPERATOR), person_id=WHO)
    with in_tenant(bank, Purpose.TEST):
        kept = Job.objects.get(pk=job.pk)
    assert (kept.asked_by_label, kept.asked_by_id) == ("", WHO)


def test_working_papers_lose_the_name_of_the_person_and_of_nobody_else(fresh_bank):
    bank = fresh_bank()
    with in_tenant(bank, Purpose.TEST):
        mine, theirs = (make_order(actor=who) for who in (INES, SAM))
    name_forgotten(actor_as(Role.OPERATOR), person_id=WHO)
    with in_tenant(bank, Purpose.TEST):
        assert Order.objects.get(pk=mine.pk).placed_by == ""
        assert Order.objects.get(pk=theirs.pk).placed_by == "Sam Petit"


def test_a_driver_leaves_the_rounds_and_what_is_told_of_them(fresh_bank):
    bank = fresh_bank()
    with in_tenant(bank, Purpose.TEST):
        driven = make_round(driver_id=WHO, driver_label="Inès Morel")
        other = make_round(driver_id=SAM.id, driver_label="Sam Petit")
    name_forgotten(actor_as(Role.OPERATOR), person_id=WHO)
    with in_tenant(bank, Purpose.TEST):
        assert [Round.objects.get(pk=each.pk).driver_label for each in (driven, other)] == ["", "Sam Petit"]
        said = [json.dumps(changes) for changes in AuditEntry.objects.values_list("changes", flat=True)]
        assert [text for text in said if "Inès" in text or "In\\u00e8s" in text] == []
        assert [text for text in said if "Sam Petit" in text]


def test_what_the_law_has_a_bank_prove_keeps_its_names(fresh_bank):
    bank = fresh_bank()
    with in_tenant(bank, Purpose.TEST):
        note = handover_record(INES, picking_list=make_picked(), op_key=uuid4(), received_by="Camille Petit")
        movements = list(Movement.objects.filter(actor_id=WHO).values_list("pk", "actor_label"))
    name_forgotten(actor_as(Role.OPERATOR), person_id=WHO)
    with in_tenant(bank, Purpose.TEST):
        assert DeliveryNote.objects.get(pk=note.pk).handed_over_by == "Inès Morel"
        assert list(Movement.objects.filter(actor_id=WHO).values_list("pk", "actor_label")) == movements
        assert {label for _pk, label in movements} == {"Inès Morel"}
