"""Builders of batches and of what the workshop makes."""

import datetime as dt
from typing import Any
from uuid import uuid4

from apps.catalogue.states import DateKind, TemperatureClass
from apps.kernel import clock
from apps.sites.models import Location
from apps.stock.models import Lot
from apps.workshop.models import ProductionBatch
from apps.workshop.selectors import lines_of
from apps.workshop.services import batch_close, batch_open, batch_take
from apps.workshop.states import LineRole
from tests.making.catalogue import make_family
from tests.making.stock import KEEPER


def make_batch(*taken: tuple[Lot, Location, int], **overrides: Any) -> ProductionBatch:
    """Return an open batch of soup that has taken grams of lots at locations."""
    values: dict[str, Any] = {"label": "Soup", "recipe": "Peel, boil, blend."}
    if "site" not in overrides:
        values["site"] = taken[0][1].site
    if "family" not in overrides:
        values["family"] = make_family(name="Prepared food")
    batch = batch_open(KEEPER, op_key=uuid4(), **values | overrides)
    for lot, location, grams in taken:
        batch_take(KEEPER, op_key=uuid4(), batch=batch, lot=lot, location=location, grams=grams)
    return batch


def close(batch: ProductionBatch, location: Location, grams: int, lost: int = 0, **overrides: Any) -> Lot:
    """Close a batch into a dry lot that keeps for sixty days, and return the lot."""
    values: dict[str, Any] = {
        "op_key": uuid4(),
        "temperature_class": TemperatureClass.AMBIENT,
        "date_kind": DateKind.BEST_BEFORE,
        "expires_on": clock.today() + dt.timedelta(days=60),
        "ingredients": "Carrots, leeks",
        "allergens": "Celery",
    }
    batch_close(KEEPER, batch=batch, location=location, grams=grams, lost_grams=lost, **values | overrides)
    return made_by(batch)


def made_by(batch: ProductionBatch) -> Lot:
    """Return the lot that a batch made."""
    return next(line.lot for line in lines_of(batch) if line.role == LineRole.OUTPUT)


def soup_of(location: Location, *lots: tuple[Lot, int], lost: int = 0, **batch_fields: Any) -> Lot:
    """Cook grams of lots at a location into one, there."""
    batch = make_batch(*((lot, location, grams) for lot, grams in lots), **batch_fields)
    return close(batch, location, sum(grams for _lot, grams in lots) - lost, lost)
