"""French addresses: postcodes, departments, coordinates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.sites.rules import department_of_insee, is_department, is_place, is_postcode
from tenants.registry.territory import departments

CODES = [department.code for department in departments()]


@pytest.mark.parametrize("text", ["21000", "01000", "20090", "97400", "98000"])
def test_a_postcode_has_five_digits_of_a_served_range(text):
    assert is_postcode(text)


@pytest.mark.parametrize("text", ["2100", "210000", "00100", "96000", "2A000", "21 00", "２１０００", ""])
def test_anything_else_is_no_postcode(text):
    assert not is_postcode(text)


def test_every_department_of_the_map_has_a_code():
    assert all(is_department(code) for code in CODES)


@pytest.mark.parametrize("code", ["20", "00", "96", "975", "977", "2C", "1", "021", ""])
def test_no_other_code_names_a_department(code):
    assert not is_department(code)


@given(code=st.sampled_from(CODES), rest=st.integers(0, 999))
def test_an_insee_code_begins_with_its_department(code, rest):
    insee = f"{code}{rest:03d}"[:5] if len(code) == 2 else f"{code}{rest % 100:02d}"
    assert department_of_insee(insee) == code


@given(st.text(max_size=6))
def test_no_text_makes_up_a_department(text):
    try:
        assert is_department(department_of_insee(text))
    except ValueError:
        assert True


@pytest.mark.parametrize("insee", ["20004", "97501", "98735", "2123", "212311", "21ABC"])
def test_what_names_no_commune_of_a_department_is_refused(insee):
    with pytest.raises(ValueError, match=r"INSEE|department"):
        department_of_insee(insee)


def test_a_place_has_both_coordinates_or_none():
    assert is_place(None, None)
    assert is_place(47.32, 5.04)
    assert not is_place(47.32, None)
    assert not is_place(None, 5.04)
    assert not is_place(147.32, 5.04)
