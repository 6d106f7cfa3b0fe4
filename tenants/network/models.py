"""Rows that several banks share: donor accounts, offers and their routing, transfers in transit.

They live in the public schema. A bank's role reads the rows that concern it (``BANK_ROWS``, enforced by
the database) and writes none: the services of this package hop to the platform's scope for that.
"""

from secrets import token_urlsafe
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.states import DonorKind, SupplySource
from apps.kernel import clock
from apps.kernel.folding import Fold
from apps.kernel.models import TravellingRow, new_id
from apps.offers.states import DeclineReason, OfferKind
from tenants.network.routing_rows import BankRouting, RoutingAct, RoutingActor, RoutingGrounds, RoutingPolicy
from tenants.network.states import Direction, NetworkOfferStatus, StepState, TransferState
from tenants.network.surplus.models import (
    SharedResource,
    Surplus,
    SurplusLine,
    SurplusRequest,
    SurplusWish,
    TransferAgreement,
)
from tenants.network.surplus.states import Bearer, ClaimState, Driver
from tenants.registry.models import FoodBank

__all__ = [
    "BankRouting",
    "DonorAccount",
    "DonorRecurrence",
    "NetworkOffer",
    "NetworkOfferLine",
    "RoutingAct",
    "RoutingActor",
    "RoutingGrounds",
    "RoutingPolicy",
    "RoutingStep",
    "SharedNeed",
    "SharedResource",
    "Surplus",
    "SurplusLine",
    "SurplusRequest",
    "SurplusWish",
    "Transfer",
    "TransferAgreement",
    "TransferEvent",
    "TransferLine",
    "TransitLeg",
    "new_token",
]

READS = "SELECT"
ASKED = "{} IN (SELECT public.offers_asked())"
HERE = "{} = (SELECT public.current_bank())"


def new_token() -> str:
    """Return an unguessable word for the page on which a donor follows an offer (192 bits)."""
    return token_urlsafe(24)


class DonorAccount(TravellingRow):
    """Who gives food to the network: one account for every bank, known by e-mail and name.

    A bank's own file on this donor is private to the bank and points here by ``account_id``. The account has
    one declaration link (``links``), which such a bank may see, renew and revoke once it opened the account
    (``opening_bank_id``, unknown for those that donors opened) or was asked about an offer of it.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    BANK_RIGHTS: ClassVar[str] = READS
    BANK_ROWS: ClassVar[str] = "id IN (SELECT donor_account_id FROM public.network_networkoffer)"
    FEDERATION_RIGHTS: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=16, choices=DonorKind)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    email = models.EmailField(_("e-mail"))
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)
    department = models.CharField(_("department"), max_length=3)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    opening_bank_id = models.UUIDField(_("opened by"), null=True, editable=False)
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)
    """Raised by a new declaration link: the words of the one before open nothing any more."""
    link_made_at = models.DateTimeField(_("link made on"), null=True, editable=False)
    link_expires_at = models.DateTimeField(_("link good until"), null=True, editable=False)
    link_revoked_at = models.DateTimeField(_("link revoked on"), null=True, editable=False)
    link_used_at = models.DateTimeField(_("link last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("donor account")
        verbose_name_plural = _("donor accounts")
        ordering: ClassVar = [Fold("name")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["email", "name"], name="donor_account_once")]

    def __str__(self) -> str:
        return self.name


class NetworkOffer(TravellingRow):
    """Food offered to the network, until somebody takes it or its window closes.

    ``public_token`` opens the donor's page; ``accepted_grams`` adds up what banks took so far.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    BANK_RIGHTS: ClassVar[str] = READS
    BANK_ROWS: ClassVar[str] = ASKED.format("id")

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    op_key = models.UUIDField(unique=True, editable=False)
    public_token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    donor_account = models.ForeignKey(
        DonorAccount, on_delete=models.PROTECT, related_name="offers", verbose_name=_("donor")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=OfferKind, default=OfferKind.GIFT)
    supply_source = models.CharField(_("supply source"), max_length=20, choices=SupplySource)
    status = models.CharField(
        _("state"), max_length=16, choices=NetworkOfferStatus, default=NetworkOfferStatus.OPEN
    )
    address = models.CharField(_("place"), max_length=200, blank=True)
    city = models.CharField(_("town"), max_length=80)
    department = models.CharField(_("department"), max_length=3)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    pickup_from = models.DateTimeField(_("pick-up from"))
    pickup_until = models.DateTimeField(_("pick-up until"))
    offered_grams = models.PositiveBigIntegerField(_("offered"))
    accepted_grams = models.PositiveBigIntegerField(_("accepted"), default=0)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("network offer")
        verbose_name_plural = _("network offers")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="network_offer_window_in_order",
                condition=models.Q(pickup_from__lte=models.F("pickup_until")),
            ),
            models.CheckConstraint(
                name="network_offer_accepted_within_offered",
                condition=models.Q(accepted_grams__lte=models.F("offered_grams")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def remaining_grams(self) -> int:
        """Grams that nobody has taken yet."""
        return self.offered_grams - self.accepted_grams


class NetworkOfferLine(TravellingRow):
    """A product of the library, or a mix of one family, in an offer to the network."""

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    BANK_RIGHTS: ClassVar[str] = READS
    BANK_ROWS: ClassVar[str] = ASKED.format("offer_id")

    offer = models.ForeignKey(NetworkOffer, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=0)
    product_ref = models.CharField(_("library reference"), max_length=20, blank=True)
    family_code = models.CharField(_("family"), max_length=40)
    label = models.CharField(_("goods"), max_length=120)
    temperature_class = models.CharField(_("temperature class"), max_length=12, choices=TemperatureClass)
    date_kind = models.CharField(_("kind of date"), max_length=11, choices=DateKind)
    expires_on = models.DateField(_("date"), null=True, blank=True)
    grams = models.PositiveBigIntegerField(_("offered"), validators=[MinValueValidator(1)])
    remaining_grams = models.PositiveBigIntegerField(_("not taken yet"))
    pallet_count = models.PositiveSmallIntegerField(_("pallets"), null=True, blank=True)
    cents_per_kg = models.PositiveIntegerField(_("asked (cents per kg)"), default=0)

    class Meta:
        verbose_name = _("network offer line")
        verbose_name_plural = _("network offer lines")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="network_line_remaining_within_offered",
                condition=models.Q(remaining_grams__lte=models.F("grams")),
            ),
            models.CheckConstraint(
                name="network_line_date_when_it_has_one",
                condition=models.Q(date_kind="NONE", expires_on__isnull=True) | ~models.Q(date_kind="NONE"),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class DonorRecurrence(TravellingRow):
    """Food that a donor offers every week on one day: each time an offer of its own, made the day before.

    Hours are local to its department. ``life_days`` are the days left on the packs at the pick-up, null where
    they carry no date. ``scheme``, ``port`` and ``language`` are those of the page, for the letters. No bank
    reads it: a bank sees the offers that come of it.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    FEDERATION_RIGHTS: ClassVar[str] = ""

    op_key = models.UUIDField(unique=True, editable=False)
    donor_account = models.ForeignKey(
        DonorAccount, on_delete=models.PROTECT, related_name="recurrences", verbose_name=_("donor")
    )
    weekday = models.PositiveSmallIntegerField(_("day of the week"), validators=[MaxValueValidator(6)])
    opens = models.TimeField(_("from"))
    until = models.TimeField(_("to"))
    family_code = models.CharField(_("family"), max_length=40)
    label = models.CharField(_("goods"), max_length=120)
    grams = models.PositiveBigIntegerField(_("weight"), validators=[MinValueValidator(1)])
    temperature_class = models.CharField(_("temperature class"), max_length=12, choices=TemperatureClass)
    date_kind = models.CharField(_("kind of date"), max_length=11, choices=DateKind)
    life_days = models.PositiveSmallIntegerField(_("days left at the pick-up"), null=True, blank=True)
    address = models.CharField(_("place"), max_length=200)
    city = models.CharField(_("town"), max_length=80)
    department = models.CharField(_("department"), max_length=3)
    active_from = models.DateField(_("first day"))
    active_until = models.DateField(_("last day"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    scheme = models.CharField(max_length=5, editable=False)
    port = models.CharField(max_length=5, blank=True, editable=False)
    language = models.CharField(max_length=8, editable=False)

    class Meta:
        verbose_name = _("weekly gift")
        verbose_name_plural = _("weekly gifts")
        ordering: ClassVar = ["weekday", "opens", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="donor_recurrence_hours_in_order", condition=models.Q(opens__lt=models.F("until"))
            ),
            models.CheckConstraint(
                name="donor_recurrence_date_when_it_has_one",
                condition=models.Q(date_kind="NONE", life_days__isnull=True)
                | (~models.Q(date_kind="NONE") & models.Q(life_days__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class RoutingStep(TravellingRow):
    """The question put to one bank about its part of an offer, and its answer.

    Several may be open at once. ``asked`` lists ``{"line": id, "grams": n, "zone": …}`` in the order of the
    bank's own offer lines, with ``"taken"`` once it has answered. ``reason`` holds what every bank asked may
    read: tier, km, version of the rule, first refusal, taken by standing rules. What the rule knew of the
    bank itself is its ``grounds``. ``words`` makes sentences of both.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    BANK_RIGHTS: ClassVar[str] = READS
    BANK_ROWS: ClassVar[str] = ASKED.format("offer_id")

    offer = models.ForeignKey(NetworkOffer, on_delete=models.PROTECT, related_name="steps")
    bank = models.ForeignKey(
        FoodBank, on_delete=models.PROTECT, related_name="routing_steps", verbose_name=_("food bank")
    )
    rank = models.PositiveSmallIntegerField(_("rank"))
    state = models.CharField(_("state"), max_length=16, choices=StepState, default=StepState.ASKED)
    asked = models.JSONField(default=list)
    proposed_grams = models.PositiveBigIntegerField(_("proposed"))
    accepted_grams = models.PositiveBigIntegerField(_("accepted"), default=0)
    asked_at = models.DateTimeField(_("asked at"), default=clock.now)
    deadline = models.DateTimeField(_("answer before"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    decline_reason = models.CharField(_("reason"), max_length=14, choices=DeclineReason, blank=True)
    reason = models.JSONField(_("why this bank"), default=dict)

    class Meta:
        verbose_name = _("routing step")
        verbose_name_plural = _("routing steps")
        ordering: ClassVar = ["rank"]
        indexes: ClassVar = [
            models.Index(fields=["deadline"], condition=models.Q(state="asked"), name="routing_step_due")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "bank"], name="routing_asks_a_bank_once"),
            models.CheckConstraint(
                name="routing_step_accepted_within_proposed",
                condition=models.Q(accepted_grams__lte=models.F("proposed_grams")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.rank}"


class Transfer(TravellingRow):
    """Goods going from one bank to another. Labels are copied: the document reads alone."""

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    BANK_RIGHTS: ClassVar[str] = READS
    BANK_ROWS: ClassVar[str] = f"{HERE.format('from_bank_id')} OR {HERE.format('to_bank_id')}"
    UNTOLD: ClassVar[frozenset[str]] = frozenset({"answered_at"})
    ACTS: ClassVar[dict[str, Any]] = {
        "arranged": _("Transport arranged"),
        "claimed": _("Claim made"),
        "claim_accepted": _("Claim agreed"),
        "claim_refused": _("Claim contested"),
    }

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    op_key = models.UUIDField(unique=True, editable=False)
    from_bank = models.ForeignKey(
        FoodBank, on_delete=models.PROTECT, related_name="transfers_sent", verbose_name=_("sender")
    )
    from_label = models.CharField(_("sender"), max_length=120)
    to_bank = models.ForeignKey(
        FoodBank, on_delete=models.PROTECT, related_name="transfers_received", verbose_name=_("receiver")
    )
    to_label = models.CharField(_("receiver"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=TransferState, default=TransferState.PROPOSED)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    shipped_on = models.DateField(_("shipped on"), null=True, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    cost_cents = models.PositiveBigIntegerField(_("transport cost"), null=True, blank=True)
    carrier = models.CharField(_("carrier"), max_length=120, blank=True)
    driver = models.CharField(_("who drives"), max_length=10, choices=Driver, blank=True)
    cost_bearer = models.CharField(_("who bears the cost"), max_length=10, choices=Bearer, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    surplus = models.ForeignKey(
        Surplus, on_delete=models.PROTECT, null=True, related_name="transfers", verbose_name=_("surplus")
    )
    claim_state = models.CharField(_("claim"), max_length=10, choices=ClaimState, blank=True)
    claim_reason = models.CharField(_("why the receiver contests"), max_length=500, blank=True)
    claim_answer = models.CharField(_("answer of the sender"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="transfer_between_two_banks", condition=~models.Q(from_bank=models.F("to_bank"))
            )
        ]

    def __str__(self) -> str:
        return self.number


class TransferLine(TravellingRow):
    """A lot, or part of one, in a transfer; ``origin`` is what the receiver's new lot keeps of it.

    At every commit the legs of the two ledgers add up to ``shipped_grams`` and to
    ``received_grams + lost_grams``; the database refuses a document that says anything else.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    BANK_RIGHTS: ClassVar[str] = READS
    BANK_ROWS: ClassVar[str] = "transfer_id IN (SELECT id FROM public.network_transfer)"

    UNTOLD: ClassVar[frozenset[str]] = frozenset({"origin"})

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="lines")
    lot_id = models.UUIDField()
    lot_number = models.CharField(_("lot"), max_length=20)
    label = models.CharField(_("goods"), max_length=120)
    location_id = models.UUIDField()
    location_label = models.CharField(_("storage location"), max_length=120)
    origin = models.JSONField(_("origin"))
    proposed_grams = models.PositiveBigIntegerField(_("proposed"), validators=[MinValueValidator(1)])
    held_grams = models.PositiveBigIntegerField(_("reserved"), default=0, editable=False)
    """Reserved for it in the sender's ledger: goods of a surplus, until they leave or it is cancelled."""
    shipped_grams = models.PositiveBigIntegerField(_("shipped"), default=0)
    received_grams = models.PositiveBigIntegerField(_("received"), default=0)
    lost_grams = models.PositiveBigIntegerField(_("lost in transport"), default=0)
    loss_reason = models.CharField(_("reason of the difference"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("transfer line")
        verbose_name_plural = _("transfer lines")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="transfer_line_ships_what_was_proposed",
                condition=models.Q(shipped_grams__lte=models.F("proposed_grams")),
            ),
            models.CheckConstraint(
                name="transfer_line_arrives_within_shipped",
                condition=models.Q(shipped_grams__gte=models.F("received_grams") + models.F("lost_grams")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot_number} {self.label}"


class TransferEvent(models.Model):
    """What one bank did with a transfer, as both sides read it: the bank, a role, the values, the words.

    It names no person: each bank keeps the names of its own people in its own history. Append-only.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT"
    BANK_RIGHTS: ClassVar[str] = READS
    BANK_ROWS: ClassVar[str] = "transfer_id IN (SELECT id FROM public.network_transfer)"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="events")
    bank_id = models.UUIDField(_("food bank"))
    bank_label = models.CharField(_("food bank"), max_length=120)
    actor_role = models.CharField(_("role"), max_length=16, blank=True)
    action = models.CharField(_("act"), max_length=40)
    changes = models.JSONField(_("changes"), default=dict)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("act on a transfer")
        verbose_name_plural = _("acts on transfers")
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.bank_label} · {self.action}"


class TransitLeg(models.Model):
    """Grams of a transfer line through the door of one bank's ledger. Append-only; reversals are negative.

    Written only by ``public.transit_leg_append``, which the trigger of the movements calls.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT"
    BANK_RIGHTS: ClassVar[str] = READS
    BANK_ROWS: ClassVar[str] = HERE.format("bank_id")

    id = models.BigAutoField(primary_key=True)
    bank_id = models.UUIDField(_("food bank"))
    transfer_line = models.ForeignKey(TransferLine, on_delete=models.PROTECT, related_name="legs")
    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    grams = models.BigIntegerField(_("weight"))
    created_at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("transit leg")
        verbose_name_plural = _("transit legs")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="transit_leg_direction", condition=models.Q(direction__in=["out", "in"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.grams}"


class SharedNeed(models.Model):
    """Goods that a bank lacks and chose to tell of; one row per minimum level of that bank.

    Nothing else of the bank is told: not the minimum, not what it holds. ``wanted_grams`` is null where the
    bank does not say how much.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE, DELETE"
    BANK_RIGHTS: ClassVar[str] = READS
    BANK_ROWS: ClassVar[str] = f"is_for_banks OR {HERE.format('bank_id')}"
    FEDERATION_RIGHTS: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True)
    bank = models.ForeignKey(
        FoodBank, on_delete=models.CASCADE, related_name="+", verbose_name=_("food bank")
    )
    bank_label = models.CharField(_("food bank"), max_length=120)
    label = models.CharField(_("goods"), max_length=120)
    family_code = models.CharField(_("family"), max_length=40)
    wanted_grams = models.PositiveBigIntegerField(_("wanted"), null=True)
    is_for_donors = models.BooleanField(default=False)
    is_for_banks = models.BooleanField(default=False)
    told_at = models.DateTimeField(_("told"), default=clock.now)

    class Meta:
        verbose_name = _("need of a food bank")
        verbose_name_plural = _("needs of the food banks")
        ordering: ClassVar = ["bank_label", "label", "id"]

    def __str__(self) -> str:
        return self.label
