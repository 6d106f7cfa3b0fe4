"""The schema: complete, without a warning, and the stored copy is that of the code."""

from typing import Any

import pytest
import yaml

from api import schema
from apps.kernel.abilities import Role


@pytest.fixture(scope="module")
def document():
    return yaml.safe_load(schema.generate())


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_the_stored_schema_is_that_of_the_code():
    assert schema.is_current(), "run `make openapi` and review the difference"


def test_every_operation_is_described(document):
    for operation in operations(document):
        assert operation["description"]
        assert operation["security"] == [{"bankToken": []}, {"bankSession": []}]


def test_every_operation_says_what_it_refuses_and_how(document):
    problem = {"$ref": "#/components/schemas/Problem"}
    for operation in operations(document):
        refusals = {s: answer for s, answer in operation["responses"].items() if s >= "400"}
        assert {"401", "403"} <= set(refusals)
        assert all(a["content"]["application/json"]["schema"] == problem for a in refusals.values())


def test_weights_are_grams_and_say_so(document):
    fields = {
        name for shape in document["components"]["schemas"].values() for name in shape.get("properties", {})
    }
    assert {"offered_grams", "reserved_grams"} <= fields
    assert not {name for name in fields if name.endswith("_kg")} - {"cents_per_kg"}


def test_the_schema_is_served_to_whoever_may_use_the_api(program, twin_a, document):
    response = program(twin_a, Role.VOLUNTEER).get("/api/v1/schema/")
    assert response.status_code == 200
    assert yaml.safe_load(response.content)["paths"].keys() == document["paths"].keys()
