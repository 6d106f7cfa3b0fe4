"""What an EPCIS 2.0 document must be, by type of event: required fields, closed vocabularies, shapes.

The GS1 schema itself is in no package of the index, so its rules are stated here (EPCIS 2.0 §7.4, CBV 2.0
§7), and whatever is not named is refused.
"""

import re
from collections.abc import Callable
from typing import Any

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
OFFSET = re.compile(r"[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00")
URI = re.compile(r"(https?://|urn:[a-z0-9][a-z0-9-]{1,31}:)[^\s<>\"]+")
SSCC = re.compile(r"urn:epc:id:sscc:\d{6,12}\.\d{5,11}")
STEPS = {"receiving", "shipping", "commissioning", "packing", "destroying"}
DISPOSITIONS = {"in_progress", "in_transit", "active", "destroyed", "returned"}
PAPERS = {"recadv", "desadv", "prodorder"}
COMMON = {
    "type", "eventID", "eventTime", "eventTimeZoneOffset", "bizStep", "disposition", "readPoint",
    "bizLocation", "bizTransactionList", "sourceList", "destinationList", "errorDeclaration",
}  # fmt: skip
NEEDED = {"type", "eventID", "eventTime", "eventTimeZoneOffset", "bizStep", "disposition"}
OWN = {
    "ObjectEvent": ({"action", "quantityList"}, {"ilmd", "sensorElementList"}),
    "AggregationEvent": ({"action", "parentID", "childQuantityList"}, set()),
    "TransformationEvent": ({"transformationID", "inputQuantityList", "outputQuantityList"}, {"ilmd"}),
}


def check_document(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Assert that a document is EPCIS 2.0, and return its events."""
    assert set(document) == {"@context", "type", "schemaVersion", "creationDate", "epcisBody"}
    assert document["@context"][0] == "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
    assert (document["type"], document["schemaVersion"]) == ("EPCISDocument", "2.0")
    assert INSTANT.fullmatch(document["creationDate"])
    assert set(document["epcisBody"]) == {"eventList"}
    events: list[dict[str, Any]] = document["epcisBody"]["eventList"]
    for event in events:
        _check_event(event)
    return events


def _check_event(event: dict[str, Any]) -> None:
    needed, allowed = OWN[event["type"]]
    assert NEEDED | needed <= set(event), event
    assert set(event) <= COMMON | needed | allowed, event
    assert INSTANT.fullmatch(event["eventTime"])
    assert OFFSET.fullmatch(event["eventTimeZoneOffset"])
    assert event["bizStep"] in STEPS
    assert event["disposition"] in DISPOSITIONS
    assert event.get("action", "ADD") in {"ADD", "OBSERVE", "DELETE"}
    if "ilmd" in event:
        assert event.get("action", "ADD") == "ADD"
        assert all(re.fullmatch(r"(cbvmda|collecto):\w+", name) for name in event["ilmd"])
    for name, check in PARTS.items():
        if name in event:
            check(event[name])


def _check_uri(text: str) -> None:
    assert URI.fullmatch(text), text


def _check_quantities(rows: list[dict[str, Any]]) -> None:
    assert rows
    for row in rows:
        _check_uri(row["epcClass"])
        assert set(row) in ({"epcClass", "quantity", "uom"}, {"epcClass"})
        assert row.get("uom", "KGM") == "KGM"
        assert row.get("quantity", 1) > 0


def _check_place(place: dict[str, Any]) -> None:
    assert set(place) == {"id"}
    _check_uri(place["id"])


def _check_papers(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert set(row) == {"type", "bizTransaction"}
        assert row["type"] in PAPERS
        _check_uri(row["bizTransaction"])


def _check_ends(end: str) -> Callable[[list[dict[str, Any]]], None]:
    def check(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            assert set(row) == {"type", end}
            assert row["type"] == "possessing_party"
            _check_uri(row[end])

    return check


def _check_sensors(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert INSTANT.fullmatch(row["sensorMetadata"]["time"])
        for report in row["sensorReport"]:
            assert set(report) == {"type", "value", "uom"}
            assert (report["type"], report["uom"]) == ("Temperature", "CEL")
            assert isinstance(report["value"], float)


def _check_error(error: dict[str, Any]) -> None:
    assert set(error) == {"declarationTime", "reason"}
    assert INSTANT.fullmatch(error["declarationTime"])
    assert error["reason"] in {"did_not_occur", "incorrect_data"}


PARTS: dict[str, Callable[[Any], None]] = {
    "eventID": _check_uri,
    "parentID": _check_uri,
    "transformationID": _check_uri,
    "quantityList": _check_quantities,
    "childQuantityList": _check_quantities,
    "inputQuantityList": _check_quantities,
    "outputQuantityList": _check_quantities,
    "readPoint": _check_place,
    "bizLocation": _check_place,
    "bizTransactionList": _check_papers,
    "sourceList": _check_ends("source"),
    "destinationList": _check_ends("destination"),
    "sensorElementList": _check_sensors,
    "errorDeclaration": _check_error,
}
