"""The map of the network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.registry.territory import (
    UnknownDepartment,
    department,
    department_of_insee,
    departments,
    distance_km,
    neighbours,
)

latitudes, longitudes = st.floats(-90, 90), st.floats(-180, 180)


def test_the_map_has_the_101_departments_of_france():
    assert len({d.code for d in departments()}) == 101
    assert department("21").name == "Côte-d’Or"
    assert department("2A").region == "Corse"


def test_neighbours_are_mutual():
    for here in departments():
        assert here.code not in here.neighbours
        assert all(here.code in neighbours(code) for code in here.neighbours)


def test_cote_dor_has_seven_neighbours_and_reunion_none():
    assert neighbours("21") == ("10", "39", "52", "58", "70", "71", "89")
    assert neighbours("974") == ()


@pytest.mark.parametrize("code", ["20", "99", "", "21000"])
def test_an_unknown_code_is_refused(code):
    with pytest.raises(UnknownDepartment):
        department(code)


@pytest.mark.parametrize(("insee", "code"), [("21231", "21"), ("2A004", "2A"), ("97411", "974")])
def test_a_commune_is_in_the_department_of_its_insee_code(insee, code):
    assert department_of_insee(insee) == code


def test_what_is_no_insee_code_is_refused():
    with pytest.raises(UnknownDepartment):
        department_of_insee("Dijon")


def test_dijon_is_some_262_km_from_paris():
    assert distance_km(47.32, 5.04, 48.85, 2.35) == pytest.approx(262, abs=2)


@given(latitudes, longitudes, latitudes, longitudes)
def test_a_distance_is_the_same_both_ways_and_fits_the_globe(a_lat, a_lon, b_lat, b_lon):
    there = distance_km(a_lat, a_lon, b_lat, b_lon)
    assert there == pytest.approx(distance_km(b_lat, b_lon, a_lat, a_lon), abs=1e-6)
    assert 0 <= there <= 20_016


@given(latitudes, longitudes)
def test_a_place_is_nowhere_from_itself(latitude, longitude):
    assert distance_km(latitude, longitude, latitude, longitude) == 0
