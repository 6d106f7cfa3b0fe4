"""Codes read at the dock: what one says of the goods is written into the fields, nothing typed is lost."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict

from apps.catalogue.abilities import abilities as catalogue_abilities
from apps.catalogue.models import Product
from apps.catalogue.selectors import product_by_gtin
from apps.catalogue.services import product_update
from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.doors import StaffRequest
from apps.kernel.errors import DomainError, Forbidden
from apps.kernel.forms import KgField, add_refusal
from apps.kernel.gs1 import Symbol, read_symbol
from apps.offers.selectors import Goods, GoodsList
from apps.receiving.errors import article_of_a_shop, article_unknown, article_unsaid
from apps.receiving.forms import ScanForm
from apps.receiving.models import ReceiptLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a code says of goods: which (``None``: it does not say), their date, lot, weight in grams."""

    goods: Goods | None
    symbol: Symbol

    @property
    def lot(self) -> str:
        """The maker's lot."""
        return self.symbol.lot

    @property
    def grams(self) -> int | None:
        """The net weight on the label, else that of so many articles."""
        if self.symbol.net_grams:
            return self.symbol.net_grams
        product = self.goods.product if self.goods else None
        return self.symbol.count * product.unit_grams if product and self.symbol.count else None

    @property
    def date(self) -> tuple[str, dt.date] | None:
        """The kind of date and the date; use by comes first, it is the one that binds."""
        if self.symbol.use_by:
            return DateKind.USE_BY.value, self.symbol.use_by
        return (DateKind.BEST_BEFORE.value, self.symbol.best_before) if self.symbol.best_before else None


def scan_form(request: StaffRequest, *, sent: bool = False, listed: GoodsList | None = None) -> ScanForm:
    """Return the form that takes a code; who keeps the catalogue may keep the article number there."""
    may_keep = "edit" in catalogue_abilities(request.actor)
    data = (request.POST, request.FILES) if sent else ()
    return ScanForm(*data, listed=listed or GoodsList(), may_keep=may_keep)


def read_scan(form: ScanForm, actor: Actor, *, alone: Goods | None = None) -> Reading | None:
    """Return what the code sent says, ``None`` with the reason at its field when it says too little.

    ``alone`` are the goods that a code without an article must be on, when there are no others.
    """
    if not form.is_valid():
        return None
    raw = ""
    try:
        raw = form.said()
        reading = _understood(form, raw, alone)
        _keep(form, actor, reading)
    except Forbidden:
        raise
    except (DomainError, ValidationError) as error:
        if isinstance(error, DomainError) and error.field not in form.fields:
            error.field = "photo" if form.cleaned_data["photo"] else "code"
        add_refusal(form, error)
        _show_raw(form, raw)
        return None
    return reading


def _understood(form: ScanForm, raw: str, alone: Goods | None) -> Reading:
    symbol = read_symbol(raw, today=clock.today())
    chosen: Goods | None = form.cleaned_data["goods"]
    product = product_by_gtin(symbol.article)
    goods = Goods(product, product.family) if product else chosen
    if goods is None and symbol.article:
        raise article_unknown(raw)
    if goods is None and alone is None:
        raise article_of_a_shop(raw) if symbol.is_in_store else article_unsaid(raw)
    return Reading(goods=goods or alone, symbol=symbol)


def _keep(form: ScanForm, actor: Actor, reading: Reading) -> None:
    """Write the article number on the product that somebody named for it, if they asked to."""
    product = reading.goods.product if reading.goods else None
    wanted = form.cleaned_data.get("keep_gtin") and reading.symbol.article
    if wanted and isinstance(product, Product) and not product.gtin:
        product_update(actor, product=product, gtin=reading.symbol.article)


def _show_raw(form: ScanForm, raw: str) -> None:
    """Put what a photograph says into the field, so that it need not be taken again."""
    if raw and form.is_bound:
        data = QueryDict(mutable=True)
        data.update(form.data)
        data[form.add_prefix("code")] = raw
        form.data = data


def fill_line(data: QueryDict, line: ReceiptLine, reading: Reading) -> None:
    """Write what a code says into the fields of a line, over what is there; the rest stays as typed."""
    said: dict[str, object] = {}
    if reading.date:
        said["date_kind"], said["expires_on"] = reading.date
    if reading.lot:
        said["supplier_lot"] = reading.lot
    if reading.grams:
        said["accepted_grams"] = KgField().prepare_value(reading.grams)
    for name, value in said.items():
        data[f"line-{line.pk}-{name}"] = str(value)


def line_of(lines: list[ReceiptLine], data: QueryDict, reading: Reading) -> ReceiptLine | None:
    """Return the line that a code is about: the same goods, and no other lot of them."""
    for line in lines:
        written = data.get(f"line-{line.pk}-supplier_lot", line.supplier_lot)
        if goods_of(line) == _key(reading.goods) and (not reading.lot or written in ("", reading.lot)):
            return line
    return None


def goods_of(line: ReceiptLine) -> tuple[UUID | None, UUID]:
    """Return what tells goods apart: product, and family for a mix."""
    return line.product_id, line.family_id


def _key(goods: Goods | None) -> tuple[UUID | None, UUID] | None:
    return (goods.product.pk if goods.product else None, goods.family.pk) if goods else None


def goods_key(goods: Goods) -> str:
    """Return how the choice of goods names them (``GoodsList``)."""
    return f"product-{goods.product.pk}" if goods.product else f"family-{goods.family.pk}"
