"""What may not be given is refused where it is written, whoever asks; what needs care is told."""

import datetime as dt

import pytest

from tenants.network import errors
from tenants.network.advice import CARES, REFUSED
from tenants.network.givable import Care, Goods, Refusal, cares_of, refusal_of
from tests.making.network import make_network_line, make_pantry, publish

DAY = dt.date(2027, 3, 2)


def goods(**overrides: object) -> Goods:
    values: dict[str, object] = {
        "family_code": "EPICERIE_SALEE",
        "label": "Pâtes",
        "temperature_class": "AMBIENT",
        "date_kind": "BEST_BEFORE",
        "expires_on": DAY + dt.timedelta(days=60),
    }
    return Goods(**values | overrides)  # type: ignore[arg-type]


def test_the_day_of_a_use_by_date_is_still_good_and_the_next_is_not():
    yoghurt = goods(date_kind="USE_BY", expires_on=DAY)
    assert refusal_of(yoghurt, on=DAY) is None
    assert refusal_of(yoghurt, on=DAY + dt.timedelta(days=1)) is Refusal.USE_BY_OVER


def test_past_its_best_before_date_food_is_given_with_care_but_not_to_infants():
    over = goods(expires_on=DAY - dt.timedelta(days=1))
    assert refusal_of(over, on=DAY) is None
    assert cares_of(over, on=DAY) == (Care.BEST_BEFORE_OVER,)
    milk = goods(expires_on=DAY - dt.timedelta(days=1), is_infant_food=True)
    assert refusal_of(milk, on=DAY) is Refusal.INFANT_OVER


def test_a_prepared_dish_without_a_date_has_no_label():
    dish = goods(family_code="PLATS_PREPARES", date_kind="NONE", expires_on=None)
    assert refusal_of(dish, on=DAY) is Refusal.UNDATED


@pytest.mark.parametrize(
    ("label", "refusal"),
    [
        ("Bières, 12 packs", Refusal.ALCOHOL),
        ("VIN ROUGE", Refusal.ALCOHOL),
        ("Vin de table et jus", Refusal.ALCOHOL),
        ("Paquets entamés", Refusal.OPENED),
        ("plats sans étiquette", Refusal.UNLABELLED),
        ("Poisson décongelé", Refusal.COLD_BROKEN),
        ("rupture de la chaîne du froid hier", Refusal.COLD_BROKEN),
    ],
)
def test_what_the_words_tell_is_refused(label: str, refusal: Refusal):
    assert refusal_of(goods(label=label), on=DAY) is refusal


@pytest.mark.parametrize(
    "label",
    [
        "Vinaigre de vin",
        "Bière sans alcool",
        "Bière 0,0 %",
        "Poulet au vin",
        "Levure de bière",
        "Vingt cartons de biscuits",
        "Paquets non entamés",
        "Œufs plein air",
    ],
)
def test_what_only_sounds_like_it_is_given(label: str):
    assert refusal_of(goods(label=label), on=DAY) is None


@pytest.mark.parametrize(
    ("temperature", "care"), [("CHILLED_0_4", Care.CHILLED), ("FROZEN_M18", Care.FROZEN), ("AMBIENT", None)]
)
def test_cold_food_stays_cold(temperature: str, care: Care | None):
    assert cares_of(goods(temperature_class=temperature), on=DAY) == ((care,) if care else ())


def test_less_than_two_days_before_a_use_by_date_is_told():
    assert cares_of(goods(date_kind="USE_BY", expires_on=DAY + dt.timedelta(days=1)), on=DAY) == (Care.SHORT,)
    assert cares_of(goods(date_kind="USE_BY", expires_on=DAY + dt.timedelta(days=2)), on=DAY) == ()


def test_everything_has_its_words():
    assert set(REFUSED) == set(Refusal)
    assert set(CARES) == set(Care)


def test_the_service_refuses_it_whoever_asks(twin_a):
    make_pantry(twin_a)
    with pytest.raises(errors.NotGivable):
        publish(make_network_line(days_left=-1, date_kind="USE_BY"))
    with pytest.raises(errors.NotGivable):
        publish(make_network_line(label="Rhum, 6 bouteilles"))


def test_a_gift_that_asks_money_is_refused(twin_a):
    make_pantry(twin_a)
    with pytest.raises(errors.NotOnTheseTerms):
        publish(make_network_line(cents_per_kg=50))
