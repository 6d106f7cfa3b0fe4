"""Many delivery notes of one day, copied from one that a handover wrote."""

import datetime as dt
from typing import Any, TypeVar
from uuid import uuid4

from django.db import models

from apps.delivery.models import DeliveryLine, DeliveryNote, PickingList
from apps.kernel.models import new_id
from apps.orders.models import Order
from tests.making.delivery import make_note

M = TypeVar("M", bound=models.Model)


def make_day_of_notes(count: int, *, day: dt.date, start: int = 1) -> list[DeliveryNote]:
    """Return delivery notes of a day, each with one line, numbered from ``start`` on."""
    first = make_note()
    line, picking = first.lines.get(), first.picking_list
    orders = [_like(picking.order, number=f"C-{start + n:05d}", op_key=uuid4()) for n in range(count)]
    lists = [_like(picking, order_id=order.pk) for order in orders]
    notes = [
        _like(
            first,
            number=f"BL-{day:%Y%m%d}-{n:05d}",
            op_key=uuid4(),
            picking_list_id=each.pk,
            delivered_on=day,
        )
        for n, each in enumerate(lists, start)
    ]
    Order.objects.bulk_create(orders)
    PickingList.objects.bulk_create(lists)
    DeliveryNote.objects.bulk_create(notes)
    DeliveryLine.objects.bulk_create(_like(line, note_id=note.pk) for note in notes)
    return notes


def _like(row: M, **changed: Any) -> M:
    """Return a new row that differs from another one in its id and what is said."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**{**values, "id": new_id(), **changed})
