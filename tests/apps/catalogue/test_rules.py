"""Article numbers and codes of families."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.catalogue.rules import family_code, gtin14
from apps.kernel.gs1 import check_digit, is_gtin, is_in_store

thirteen = st.text("0123456789", min_size=13, max_size=13).filter(lambda text: int(text) > 0)


def completed(digits: str) -> str:
    return digits + str(check_digit(digits))


@given(thirteen)
def test_one_check_digit_and_no_other_makes_a_gtin(digits):
    right = completed(digits)
    assert [d for d in "0123456789" if is_gtin(digits + d)] == [right[-1]]


@given(thirteen, st.integers(0, 13), st.integers(1, 9))
def test_one_mistyped_digit_is_noticed(digits, place, shift):
    gtin = completed(digits)
    wrong = str((int(gtin[place]) + shift) % 10)
    assert not is_gtin(gtin[:place] + wrong + gtin[place + 1 :])


@given(st.text(max_size=15))
def test_only_fourteen_plain_digits_are_a_gtin(text):
    assert not is_gtin(text) or (len(text) == 14 and text.isascii() and text.isdecimal())


@pytest.mark.parametrize("typed", ["3017620422003", " 301 7620422003", "96385074", "012345678905"])
def test_shorter_numbers_are_stored_with_zeros_in_front(typed):
    gtin = gtin14(typed)
    assert len(gtin) == 14
    assert is_gtin(gtin)


def test_nothing_typed_stays_nothing():
    assert gtin14("  ") == ""


@pytest.mark.parametrize("digits", ["200123456789", "021234567890", "291234567890", "2001234", "0001234"])
def test_a_shops_own_code_identifies_nothing(digits):
    gtin = gtin14(completed(digits))
    assert is_gtin(gtin)
    assert is_in_store(gtin)


@pytest.mark.parametrize("typed", ["3017620422003", "9520000000004", "96385074", "13017620422000"])
def test_a_brands_code_does(typed):
    assert not is_in_store(gtin14(typed))


@given(st.text(max_size=120))
def test_a_family_code_is_made_of_capitals_and_digits(name):
    assert re.fullmatch(r"[A-Z0-9]([A-Z0-9_]{0,38}[A-Z0-9])?|", family_code(name))


@pytest.mark.parametrize(
    ("name", "code"),
    [("Fruits et légumes frais", "FRUITS_ET_LEGUMES_FRAIS"), ("Œufs", "OEUFS"), ("Épicerie", "EPICERIE")],
)
def test_a_family_code_reads_like_its_name(name, code):
    assert family_code(name) == code
