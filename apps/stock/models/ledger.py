"""Lots and the double-entry ledger, in integer grams.

Every account belongs to one lot, so that the accounts of a lot always add up to zero and no row is
shared between lots. Movements are append-only; balances are kept by a trigger and cannot be written
by a bank's role.
"""

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.rules import grace_days
from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.states import LOT_SOURCES
from apps.kernel import clock
from apps.kernel.errors import Text
from apps.kernel.guard import BankRow
from apps.kernel.models import Record, SharedRef
from apps.receiving.models import ReceiptLine
from apps.sites.models import Location
from apps.stock import rules
from apps.stock.states import (
    AccountKind,
    Granularity,
    LinkKind,
    LossDestination,
    LotStatus,
    MovementKind,
)


class Lot(Record):
    """Goods of one origin: one product with one date, or a mix of one family.

    The origin never changes: source, donor, campaign, first day of receipt, and for goods that came
    from another bank that bank and its lot. ``number`` orders lots of the same date.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    ACTS: ClassVar[Mapping[str, Text]] = {
        "counted": _("Counted"),
        "count_approved": _("Difference of a count approved"),
        "count_refused": _("Difference of a count refused"),
        "count_settled": _("Missing goods settled with orders"),
        LotStatus.BLOCKED.value: _("Blocked"),
        LotStatus.AVAILABLE.value: _("Released"),
    }

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    granularity = models.CharField(_("granularity"), max_length=10, choices=Granularity)
    product = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lots",
        verbose_name=_("product"),
    )
    family = models.ForeignKey(
        ProductFamily, on_delete=models.PROTECT, related_name="lots", verbose_name=_("family")
    )
    label = models.CharField(_("goods"), max_length=120)
    temperature_class = models.CharField(_("temperature class"), max_length=12, choices=TemperatureClass)
    supply_source = models.CharField(_("supply source"), max_length=20, choices=LOT_SOURCES)
    campaign = models.CharField(_("campaign"), max_length=40, blank=True)
    donor_id = models.UUIDField(_("donor"), null=True, blank=True)
    donor_label = models.CharField(_("donor"), max_length=120, blank=True)
    receipt_line = models.OneToOneField(
        ReceiptLine, on_delete=models.PROTECT, null=True, blank=True, related_name="lot"
    )
    received_on = models.DateField(_("received on"))
    date_kind = models.CharField(_("kind of date"), max_length=11, choices=DateKind)
    expires_on = models.DateField(_("date"), null=True, blank=True)
    supplier_lot = models.CharField(_("lot number on the label"), max_length=40, blank=True)
    is_food = models.BooleanField(_("food"), default=True)
    is_fresh = models.BooleanField(_("fresh"), default=False)
    is_organic = models.BooleanField(_("organic"), default=False)
    value_cents_per_kg = models.PositiveIntegerField(_("valuation (cents per kg)"), default=0)
    status = models.CharField(_("state"), max_length=9, choices=LotStatus, default=LotStatus.AVAILABLE)
    block_reason = models.CharField(_("blocked because"), max_length=200, blank=True)
    origin_bank_id = SharedRef(_("origin bank"), to="registry.FoodBank", null=True, blank=True)
    origin_bank_label = models.CharField(_("origin bank"), max_length=120, blank=True)
    origin_lot_id = models.UUIDField(_("origin lot"), null=True, blank=True)
    frozen_on = models.DateField(_("frozen on"), null=True, blank=True)
    ingredients = models.CharField(_("ingredients"), max_length=1000, blank=True, db_default="", default="")
    allergens = models.CharField(_("allergens"), max_length=300, blank=True, db_default="", default="")

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering: ClassVar = ["expires_on", "number"]
        indexes: ClassVar = [
            models.Index(fields=["family", "product", "expires_on"], name="lot_fefo"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

    @property
    def grace_days(self) -> int:
        """Days after best before during which the lot may still leave; the product's own come first."""
        own = self.product.grace_days if self.product else None
        return grace_days(own, family_days=self.family.grace_days, is_infant_food=self.family.is_infant_food)

    def packed(self, grams: int) -> str:
        """Write a weight in the units of the product; a mix is only weighed."""
        return self.product.packed(grams) if self.product else ""

    def is_expired(self, on: dt.date) -> bool:
        """Tell whether the lot may no longer leave on a day."""
        return rules.is_expired(self.date_kind, self.expires_on, grace_days=self.grace_days, on=on)


class LotLink(BankRow):
    """Grams of a lot that went into the making of another one. Append-only.

    ``movement`` is the one that took them: once it is reversed, the link no longer stands. What was lost
    on the way is in ``grams``, so a child may weigh less than its links.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT"

    id = models.BigAutoField(primary_key=True)
    parent = models.ForeignKey(
        Lot, on_delete=models.PROTECT, related_name="used_in", db_index=False, verbose_name=_("used")
    )
    child = models.ForeignKey(
        Lot, on_delete=models.PROTECT, related_name="made_of", db_index=False, verbose_name=_("made")
    )
    grams = models.PositiveBigIntegerField(_("weight"), validators=[MinValueValidator(1)])
    kind = models.CharField(_("how"), max_length=9, choices=LinkKind)
    movement = models.ForeignKey("Movement", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("lot made of another")
        verbose_name_plural = _("lots made of others")
        indexes: ClassVar = [models.Index(fields=["child", "parent"], name="lotlink_back")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parent", "child", "movement"], name="lotlink_once"),
            models.CheckConstraint(
                name="lotlink_never_to_itself", condition=~models.Q(parent=models.F("child"))
            ),
            models.CheckConstraint(name="lotlink_weighs_something", condition=models.Q(grams__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} {self.child_id}"


class Pallet(Record):
    """A pallet (or a part of one) of a lot, and the label that was printed for it.

    ``number`` never changes: an SSCC of eighteen digits from the GS1 prefix of the bank, or, where it has
    none, a number of the bank's own, which ``is_sscc`` tells apart. ``grams`` and ``unit_count`` (articles
    of the product, ``None`` when nobody counted) are what the label says. ``location`` is where it was last
    put under its number, ``None`` when nobody said.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    NAMED_BY: ClassVar[str] = "number"
    UNTOLD: ClassVar[frozenset[str]] = frozenset({"print_key"})
    ACTS: ClassVar[Mapping[str, Text]] = {
        "created": _("Label printed"),
        "reprinted": _("Label printed again"),
        "moved": _("Moved"),
    }

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    is_sscc = models.BooleanField(_("SSCC"), editable=False)
    op_key = models.UUIDField(editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="pallets", verbose_name=_("lot"))
    grams = models.PositiveBigIntegerField(_("net weight"), validators=[MinValueValidator(1)])
    unit_count = models.PositiveIntegerField(_("units"), null=True, blank=True)
    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="pallets",
        verbose_name=_("location"),
    )
    print_count = models.PositiveSmallIntegerField(_("labels printed"), default=1)
    print_key = models.UUIDField(editable=False)

    class Meta:
        verbose_name = _("pallet")
        verbose_name_plural = _("pallets")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="pallet_sscc_has_eighteen_digits",
                condition=models.Q(is_sscc=True, number__regex=r"^[0-9]{18}$")
                | (models.Q(is_sscc=False) & ~models.Q(number__regex=r"^[0-9]{18}$")),
            ),
            models.CheckConstraint(name="pallet_weighs_something", condition=models.Q(grams__gt=0)),
        ]

    def __str__(self) -> str:
        return self.number


class Inspection(Record):
    """What a trained person found when looking at goods past, or nearly past, their best-before date.

    Written once. Every check has to hold for the goods to leave; ``freezing_checked`` is ``None`` for goods
    that were never frozen. ``valid_until`` is the last day the finding lets them leave, never after the last
    day of grace. Of several, the newest counts. Source: regulation (EC) 852/2004, annex II, chapter V bis.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT"
    NAMED_BY: ClassVar[str] = "inspected_on"
    ACTS: ClassVar[Mapping[str, Text]] = {"created": _("Inspected")}

    op_key = models.UUIDField(unique=True, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="inspections", verbose_name=_("lot"))
    inspected_on = models.DateField(_("inspected on"))
    inspector_id = models.UUIDField(null=True, editable=False)
    inspector_label = models.CharField(_("inspected by"), max_length=200)
    packaging_intact = models.BooleanField(_("packaging intact"))
    storage_respected = models.BooleanField(_("storage and transport conditions respected"))
    life_suffices = models.BooleanField(_("enough life left for those who will eat it"))
    freezing_checked = models.BooleanField(_("freezing date known and shown"), null=True, blank=True)
    senses_good = models.BooleanField(_("look, smell and taste as they should be"))
    traceable = models.BooleanField(_("donor, lot and date can be read"))
    passed = models.BooleanField(_("may leave"))
    valid_until = models.DateField(_("may leave until"), null=True, blank=True)
    comment = models.CharField(_("comment"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["lot", "-created_at", "-id"], name="inspection_of_lot")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="inspection_passes_on_every_check",
                condition=models.Q(passed=False)
                | (
                    models.Q(
                        packaging_intact=True,
                        storage_respected=True,
                        life_suffices=True,
                        senses_good=True,
                        traceable=True,
                        valid_until__isnull=False,
                        valid_until__gte=models.F("inspected_on"),
                    )
                    & (models.Q(freezing_checked=True) | models.Q(freezing_checked__isnull=True))
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.inspected_on:%Y-%m-%d} {self.lot}"


class Account(BankRow):
    """A place where grams of one lot can be. Cold: written once, referenced by movements.

    ``location`` for the accounts inside the bank; ``detail`` is the reason of a loss.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT"

    id = models.BigAutoField(primary_key=True)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(_("account"), max_length=8, choices=AccountKind)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True)
    detail = models.CharField(max_length=24, blank=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lot", "kind", "location", "detail"], nulls_distinct=False, name="account_once"
            ),
            models.CheckConstraint(
                name="account_inside_has_location",
                condition=models.Q(kind__in=["on_hand", "reserved"], location__isnull=False)
                | (~models.Q(kind__in=["on_hand", "reserved"]) & models.Q(location__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.lot_id}"


class Balance(BankRow):
    """Grams now on an account; kept by the trigger of the movements, never written by hand.

    ``opening_grams`` is what the account held when the transaction ``opened_in`` first touched it, after the
    movement ``opening_movement``: at its commit the database adds up the movements since, however long the
    past is.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT"

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, primary_key=True, related_name="balance"
    )
    grams = models.BigIntegerField(_("weight"), default=0)
    is_inside = models.BooleanField()
    last_movement = models.BigIntegerField(db_default=0, editable=False)
    opening_movement = models.BigIntegerField(db_default=0, editable=False)
    opening_grams = models.BigIntegerField(db_default=0, editable=False)
    opened_in = models.BigIntegerField(db_default=0, editable=False)

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="no_lot_is_oversold", condition=models.Q(is_inside=False) | models.Q(grams__gte=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.grams}"


class Movement(BankRow):
    """Grams of a lot from one account to another. Append-only: a mistake is a reversing movement.

    ``op_key`` with ``leg`` makes a retry find the first result. ``party`` is the donor or the partner
    on the outside; ``transfer_line_id`` names the line of the transfer between banks; ``disposal`` says
    where lost goods go.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT"

    id = models.BigAutoField(primary_key=True)
    op_key = models.UUIDField()
    leg = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("movement"), max_length=12, choices=MovementKind)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="movements", db_index=False)
    source = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    destination = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    grams = models.PositiveBigIntegerField(_("weight"), validators=[MinValueValidator(1)])
    occurred_on = models.DateField(_("day"))
    recorded_at = models.DateTimeField(_("recorded at"), default=clock.now)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(_("by"), max_length=200)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    disposal = models.CharField(_("goes to"), max_length=16, choices=LossDestination, blank=True)
    document_kind = models.CharField(max_length=20, blank=True)
    document_id = models.UUIDField(null=True, blank=True)
    document_number = models.CharField(_("document"), max_length=24, blank=True)
    party_id = models.UUIDField(null=True, blank=True)
    party_label = models.CharField(_("with"), max_length=120, blank=True)
    party_type = models.CharField(max_length=20, blank=True)
    transfer_line_id = SharedRef(to="network.TransferLine", null=True, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["lot", "id"], name="movement_lot"),
            models.Index(
                fields=["transfer_line_id"],
                condition=models.Q(transfer_line_id__isnull=False),
                name="movement_transfer_line",
            ),
            models.Index(
                fields=["lot", "kind"],
                condition=~models.Q(kind__in=["reserve", "release", "move"]),
                name="movement_ends",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["op_key", "leg"], name="movement_once"),
            models.CheckConstraint(name="movement_moves_something", condition=models.Q(grams__gt=0)),
            models.CheckConstraint(
                name="movement_between_two_accounts",
                condition=~models.Q(source=models.F("destination")),
            ),
            models.CheckConstraint(
                name="transit_names_its_transfer",
                condition=~models.Q(kind__in=[MovementKind.SHIP, MovementKind.ARRIVE])
                | models.Q(transfer_line_id__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_names_its_partner",
                condition=~models.Q(kind__in=[MovementKind.DELIVER, MovementKind.RETURN])
                | (models.Q(party_id__isnull=False) & ~models.Q(party_type="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.grams}"
