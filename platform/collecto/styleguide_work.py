"""Whole pages of the style guide: ordering, weighing, driving, giving, finding, each on invented goods.

The templates and the forms are those of the product; only what fills them is invented, and no row is read.
"""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import QueryDict

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import DateKind, TemperatureClass
from apps.delivery.forms import WeightsForm
from apps.delivery.selectors import Section
from apps.delivery.states import NoteSection
from apps.impact.forms import PeriodChoice
from apps.impact.states import DEFINITIONS, Reading, Unit
from apps.kernel import clock
from apps.kernel.display import Chip, Tone
from apps.kernel.models import new_id
from apps.kernel.pages import Panel
from apps.orders.forms import OrderForm
from apps.orders.selectors import Goods, Shelf
from apps.partners.models import Partner
from apps.rounds.forms import StopForms
from apps.sites.models import Site
from collecto.search.finding import Findings, Found, Group
from collecto.search.forms import PhotoForm
from collecto.search.sought import read_sought
from collecto.search.views import shown
from tenants.network.forms import BaseGoodsFormSet, GiveForm, GoodsForm

DAIRY: Final = ProductFamily(code="dairy", name="Dairy", date_kind=DateKind.USE_BY)
GROCERY: Final = ProductFamily(code="grocery", name="Groceries", date_kind=DateKind.BEST_BEFORE)
YOGHURT: Final = Product(
    name="Plain yoghurt 4 × 125 g",
    family=DAIRY,
    unit_label="pack",
    unit_grams=500,
    units_per_case=6,
    date_kind=DateKind.USE_BY,
)
PASTA: Final = Product(
    name="Pasta, 500 g",
    family=GROCERY,
    unit_label="pack",
    unit_grams=500,
    units_per_case=1,
    date_kind=DateKind.BEST_BEFORE,
)
FAMILIES: Final = [("dairy", "Dairy"), ("bread", "Bread"), ("fruit", "Fruit"), ("other", "Something rare")]
CHARITY: Final = "Entraide du Val"
LOT_ID: Final = UUID(int=7)


class Invented(SimpleNamespace):
    """A record that is none: what a template reads of it, called by its number."""

    def __str__(self) -> str:
        return str(self.number)


class SampleOrderForm(OrderForm):
    """What a charity orders, checked against nothing: the stock is invented."""

    def clean(self) -> dict[str, Any]:
        """Keep what was typed; the fields alone say what is wrong."""
        return self.cleaned_data


class SampleGoodsForm(GoodsForm):
    """What a donor gives, of invented kinds of food."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["family"] = forms.ChoiceField(label=self.fields["family"].label, choices=FAMILIES)


SampleGoods = forms.formset_factory(SampleGoodsForm, formset=BaseGoodsFormSet, extra=2, min_num=1, max_num=3)


def sample_ordering() -> dict[str, Any]:
    """Return the context of an order being put together: a line chosen, one mistyped, one that is gone."""
    day = clock.today() + dt.timedelta(days=1)
    form = _order_form({YOGHURT: "12", PASTA: "-2"}, day, is_gone=True)
    form.is_valid()
    return {
        "form": form,
        "site": Site(name="Dijon"),
        "wanted_on": day,
        "partner": CHARITY,
        "missing": ["Sliced ham, family pack"],
        "latest": SimpleNamespace(number="CDE-2026-00031"),
        "list_url": "#",
        "list_label": "Orders",
    }


def sample_checking() -> dict[str, Any]:
    """Return the context of an order to confirm, one line of which is short."""
    day = clock.today() + dt.timedelta(days=1)
    form = _order_form({YOGHURT: "12", PASTA: "90"}, day)
    form.is_valid()
    return {
        "form": form,
        "partner": CHARITY,
        "site": "Dijon",
        "wanted_on": day,
        "op_key": new_id(),
    }


def _order_form(units: dict[Product, str], day: dt.date, *, is_gone: bool = False) -> OrderForm:
    soon = clock.today() + dt.timedelta(days=2)
    kept = soon + dt.timedelta(days=200)
    shelves = [
        Shelf(family=DAIRY, goods=[_goods(YOGHURT, 12_000, soon)]),
        Shelf(family=GROCERY, goods=[_goods(PASTA, 40_000, kept), _goods(None, 95_000, kept)]),
    ]
    gone = [Goods(product=None, family=DAIRY, available_grams=0, earliest_on=None)] if is_gone else []
    sent = {_goods(product, 0, None).key: number for product, number in units.items()}
    return SampleOrderForm(
        {**sent, "wanted_on": f"{day:%Y-%m-%d}", "comment": "Ring at the dock."},
        partner=Partner(name=CHARITY),
        sites=Site.objects.none(),
        shelves=shelves,
        gone=gone,
    )


def _goods(product: Product | None, grams: int, first: dt.date | None) -> Goods:
    family = product.family if product else GROCERY
    return Goods(product=product, family=family, available_grams=grams, earliest_on=first)


def _order() -> Invented:
    return Invented(
        pk=LOT_ID,
        number="CDE-2026-00032",
        partner=CHARITY,
        site="Dijon",
        wanted_on=clock.today(),
        comment="Ring at the dock.",
    )


def _lines() -> list[Any]:
    today = clock.today()
    lots = (
        ("A-02", PASTA, "Pasta, 500 g", DateKind.BEST_BEFORE, today + dt.timedelta(days=210), "open", 40_000),
        ("B-04", YOGHURT, "Plain yoghurt 4 × 125 g", DateKind.USE_BY, today, "open", 12_000),
        (
            "Q-01",
            None,
            "Sliced ham, family pack",
            DateKind.USE_BY,
            today - dt.timedelta(days=1),
            "blocked",
            9_000,
        ),
    )
    return [
        SimpleNamespace(
            pk=UUID(int=number),
            picked_grams=None if number else grams,
            reserved_grams=grams,
            reservation=SimpleNamespace(
                location=SimpleNamespace(code=place, name="Rack"),
                lot=Invented(
                    product=product,
                    label=label,
                    number=f"LOT-2026-{number + 1:05}",
                    date_kind=kind,
                    expires_on=day,
                    status=status,
                ),
            ),
        )
        for number, (place, product, label, kind, day, status, grams) in enumerate(lots)
    ]


def sample_weighing() -> dict[str, Any]:
    """Return the context of a picking list being weighed, with a weight that cannot be read."""
    lines = _lines()
    form = WeightsForm({f"weight_{lines[1].pk.hex}": "twelve"}, lines=lines)
    form.is_valid()
    return {
        "order": _order(),
        "state": Chip("To weigh", Tone.WARN),
        "form": form,
        "can_weigh": True,
        "history": None,
        "actions": [],
        "list_url": "#",
        "list_label": "Picking",
    }


def sample_reserved() -> Panel:
    """Return the panel of the goods of an order: what was asked, what is held, in which lots."""
    lines = [
        SimpleNamespace(
            label=line.reservation.lot.label,
            product=line.reservation.lot.product,
            wanted_grams=line.reserved_grams + short,
            reserved_grams=line.reserved_grams,
            reservations=SimpleNamespace(all=[_held(line), _held(line)]),
        )
        for line, short in zip(_lines(), (0, 2_000, 0), strict=True)
    ]
    return Panel(title="Goods", template="orders/parts/lines.html", context={"lines": lines})


def _held(line: Any) -> SimpleNamespace:
    lot, place = line.reservation.lot, line.reservation.location
    kept = SimpleNamespace(
        number=lot.number, expires_on=lot.expires_on, get_date_kind_display=DateKind(lot.date_kind).label
    )
    return SimpleNamespace(lot_id=LOT_ID, lot=kept, location=place.code, grams=line.reserved_grams // 2)


def sample_paper() -> dict[str, Any]:
    """Return the context of the sheet that is printed and written on by hand."""
    return {"order": _order(), "picking": SimpleNamespace(pk=LOT_ID), "lines": _lines()}


def sample_note() -> dict[str, Any]:
    """Return the context of a delivery note, with the places of its signatures."""
    now = clock.now()
    note = Invented(
        pk=LOT_ID,
        number="BL-2026-00018",
        delivered_on=clock.today(),
        delivered_at=now,
        grams=52_000,
        chilled_temperature_c=Decimal("3.5"),
        frozen_temperature_c=None,
        contribution_cents=260,
        handed_over_by="Inès Morel",
        received_by="Karim Aziz",
    )
    lines: Any = [
        SimpleNamespace(
            label=line.reservation.lot.label,
            lot_words=line.reservation.lot.number,
            kept=line.reservation.lot,
            grams=line.reserved_grams,
            contribution_cents=line.reserved_grams // 200,
        )
        for line in _lines()[:2]
    ]
    return {
        "note": note,
        "parties": {
            "issuer": {"legal_name": "Banque du Val"},
            "site": {"name": "Dijon", "address": "4 quai des Récoltes"},
            "partner": {"name": CHARITY, "code": "ENT-01", "address": ""},
        },
        "order": _order(),
        "sections": [Section(section=next(iter(NoteSection)), lines=lines)],
        "is_staff": False,
        "history": None,
        "may_mail": False,
        "list_label": "Notes",
    }


def sample_stop() -> dict[str, Any]:
    """Return the context of a driver's stop."""
    now = clock.now()
    line = SimpleNamespace(
        pk=LOT_ID,
        planned_grams=48_000,
        offer_line=SimpleNamespace(
            label="Plain yoghurt 4 × 125 g",
            temperature_class=TemperatureClass.CHILLED_0_4,
            get_temperature_class_display=TemperatureClass.CHILLED_0_4.label,
        ),
    )
    stop: Any = SimpleNamespace(
        pk=LOT_ID,
        round_id=LOT_ID,
        round=SimpleNamespace(number="TRN-2026-00012"),
        lines=SimpleNamespace(all=lambda: [line]),
        offer=SimpleNamespace(
            donor=SimpleNamespace(name="Laiterie du Val", phone="+33380123456"),
            address="12 route de Beaune",
            city="Dijon",
            pickup_from=now,
            pickup_until=now + dt.timedelta(hours=2),
            latitude=None,
            longitude=None,
            comment="Ring twice.",
        ),
    )
    return {"stop": stop, "forms": StopForms(stop)}


def sample_giving() -> dict[str, Any]:
    """Return the context of a donor's form."""
    today = clock.today()
    return {
        "account": None,
        "form": GiveForm(label_suffix="", initial={"day": today}),
        "goods": SampleGoods(form_kwargs={"label_suffix": ""}, prefix="goods"),
        "usual": [code for code, _name in FAMILIES[:3]],
        "weights": [(f"{kg} kg", kg) for kg in (5, 10, 20)],
        "dates": [("Today", f"{today:%Y-%m-%d}")],
    }


def sample_found() -> dict[str, Any]:
    """Return the context of what a search found: more of one kind than is shown, one record archived."""
    now = clock.now()
    donors = [
        Found(label=name, number=number, detail="Dijon", moment=None, url="#", is_archived=old, rank=2)
        for name, number, old in (
            ("Laiterie du Val", "DON-7", False),
            ("Val Primeurs", "DON-12", False),
            ("Ferme du Vallon", "DON-3", True),
        )
    ]
    lot = Found(
        label="Plain yoghurt, Laiterie du Val",
        number="LOT-2026-00412",
        detail="Cold room 2",
        moment=now,
        url="#",
        is_archived=False,
        rank=3,
    )
    groups = [
        Group(kind="donors.donor", title="Donors", icon="store", found=donors, among=9),
        Group(kind="stock.lot", title="Lots", icon="package", found=[lot], among=1, is_paper=True),
    ]
    return shown(read_sought("val"), Findings(groups=groups), "")


def sample_not_found() -> dict[str, Any]:
    """Return the context of a search that found nothing."""
    return shown(read_sought("quinoa"), Findings(), "")


def sample_photo() -> dict[str, Any]:
    """Return the context of the page that takes a photograph."""
    return {"form": PhotoForm(label_suffix=""), "search_here": True}


def sample_figures() -> dict[str, Any]:
    """Return the period and the key figures that stand above charts: more, less and without comparison."""
    values = ((48_236_500, 45_500_000), (45_120_000, 47_000_000), (90_240, None))
    shares = (Decimal("0.021"), Decimal("0.034"))
    return {
        "choice": PeriodChoice(QueryDict("span=month"), clock.today()),
        "period_name": "this month",
        "readings": [
            Reading(definition=definition, value=now, before=before)
            for definition, (now, before) in zip(DEFINITIONS, values, strict=False)
            if definition.unit is not Unit.SHARE
        ]
        + [
            Reading(definition=definition, value=shares[0], before=shares[1])
            for definition in DEFINITIONS
            if definition.unit is Unit.SHARE
        ][:1],
    }
