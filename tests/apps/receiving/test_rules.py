"""The rules of the dock, case by case."""

from decimal import Decimal

import pytest

from apps.catalogue.states import CHILLED, FROZEN, TemperatureClass
from apps.receiving import rules
from apps.receiving.states import Verdict
from apps.sites.models import Location


@pytest.mark.parametrize(
    ("temperature_class", "measured", "verdict"),
    [
        ("CHILLED_0_2", "2", "accept"),
        ("CHILLED_0_2", "2.1", "refuse"),
        ("CHILLED_0_8", "10", "reserve"),
        ("FROZEN_M18", "-18", "accept"),
        ("FROZEN_M18", "-15", "reserve"),
        ("FROZEN_M18", "-14.9", "refuse"),
    ],
)
def test_verdict_of_a_measure(temperature_class: str, measured: str, verdict: str):
    limit = rules.USUAL_LIMITS[temperature_class]
    assert rules.temperature_verdict(Decimal(measured), limit) == verdict


def test_every_cold_class_has_a_limit():
    assert set(rules.USUAL_LIMITS) == {*CHILLED, *FROZEN}


@pytest.mark.parametrize("temperature_class", TemperatureClass.values)
def test_every_class_has_a_place(temperature_class: str):
    assert set(rules.zones_for(temperature_class)) <= set(Location.Zone.values)


def test_the_rules_speak_the_words_of_the_states():
    assert {rules.ACCEPT, rules.RESERVE, rules.REFUSE} == set(Verdict.values)
