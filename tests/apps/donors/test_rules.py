"""SIREN and SIRET numbers."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.donors.rules import LA_POSTE, compact, is_siren, is_siret, must_propose_convention

digits = st.text("0123456789", min_size=8, max_size=8)


def completed(number: str, is_right: Callable[[str], bool]) -> list[str]:
    """Return the numbers that one more digit makes right."""
    return [number + key for key in "0123456789" if is_right(number + key)]


@given(digits)
def test_exactly_one_key_makes_a_siren(number):
    assert len(completed(number, is_siren)) == 1 or int(number) == 0


@given(digits, st.text("0123456789", min_size=4, max_size=4), st.integers(0, 13), st.integers(1, 9))
def test_one_mistyped_digit_is_noticed(number, office, place, shift):
    siren = completed(number, is_siren)
    if not siren or siren[0] == LA_POSTE:
        return
    siret = completed(siren[0] + office, is_siret)[0]
    wrong = str((int(siret[place]) + shift) % 10)
    assert not is_siret(siret[:place] + wrong + siret[place + 1 :])


@given(st.text(max_size=16))
def test_only_fourteen_plain_digits_are_a_siret(text):
    assert not is_siret(text) or (len(text) == 14 and text.isascii() and text.isdecimal())


@pytest.mark.parametrize("siret", ["73282932000074", "35600000000048", "35600000049837"])
def test_real_numbers_are_right_post_offices_included(siret):
    assert is_siret(siret)


@pytest.mark.parametrize("siret", ["73282932000075", "35600000049838", "00000000000000", "732829320", ""])
def test_wrong_numbers_are_not(siret):
    assert not is_siret(siret)


def test_spaces_and_dots_are_dropped():
    assert compact(" 732 829 320.00074\u00a0") == "73282932000074"


@pytest.mark.parametrize(("area", "asked"), [(None, False), (400, False), (401, True)])
def test_the_law_asks_shops_above_400_m2_for_a_convention(area, asked):
    assert must_propose_convention(area) is asked
