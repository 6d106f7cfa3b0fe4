"""Rows that steer the routing: the federation's settings, each bank's own rules, acts of the desk."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.models import TravellingRow, new_id
from tenants.network.states import DeskAct
from tenants.registry.models import FoodBank

HOURS = [MinValueValidator(1), MaxValueValidator(168)]
HERE = "bank_id = (SELECT public.current_bank())"
ASKED = "offer_id IN (SELECT public.offers_asked())"


class RoutingPolicy(models.Model):
    """What the federation sets of the routing; the last row holds, those before are its history.

    What the numbers do is told in ``tenants.network.rules``. ``hours_…`` are hours to answer by the days that
    the food still keeps. Append-only.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT"
    FEDERATION_RIGHTS: ClassVar[str] = "SELECT"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    set_at = models.DateTimeField(_("set on"), default=clock.now, editable=False)
    actor_id = models.UUIDField(_("actor"), null=True, editable=False)
    actor_label = models.CharField(_("actor"), max_length=200, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500)
    theta = models.FloatField(
        _("kilos per kilometre"),
        default=10.0,
        validators=[MinValueValidator(0), MaxValueValidator(1000)],
        help_text=_("What one kilometre of a trip must earn: the higher, the nearer the food stays."),
    )
    alpha = models.FloatField(
        _("weight of fairness"),
        default=2.0,
        validators=[MinValueValidator(0), MaxValueValidator(10)],
        help_text=_("0: only kilos count. 2: a kilo counts four times at a bank served half as well."),
    )
    trip_km = models.FloatField(
        _("kilometres of a stop"),
        default=15.0,
        validators=[MinValueValidator(0), MaxValueValidator(500)],
        help_text=_("What each bank added to a trip costs, beside the road: the higher, the fewer banks."),
    )
    guard = models.FloatField(
        _("guard of the emptiest"),
        default=0.0,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_(
            "0.7: the emptiest bank in reach is always asked when it got less than 70 % of the mean."
        ),
    )
    most_banks = models.PositiveSmallIntegerField(
        _("banks asked at once"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(3)],
        help_text=_("More are asked only where an offer does not fit into so many."),
    )
    home_first = models.BooleanField(
        _("first refusal of the home bank"),
        default=True,
        help_text=_("The bank that serves the department is asked alone, before the others."),
    )
    hours_day = models.PositiveSmallIntegerField(
        _("hours to answer, 1 day left"), default=2, validators=HOURS
    )
    hours_days = models.PositiveSmallIntegerField(
        _("hours to answer, 2 or 3 days left"), default=4, validators=HOURS
    )
    hours_week = models.PositiveSmallIntegerField(
        _("hours to answer, up to 7 days left"), default=12, validators=HOURS
    )
    hours_month = models.PositiveSmallIntegerField(
        _("hours to answer, up to 30 days left"), default=24, validators=HOURS
    )
    hours_longest = models.PositiveSmallIntegerField(
        _("hours to answer, food that keeps"), default=48, validators=HOURS
    )

    class Meta:
        verbose_name = _("routing settings")
        verbose_name_plural = _("routing settings")
        ordering: ClassVar = ["-set_at", "-id"]

    def __str__(self) -> str:
        return f"{self.set_at:%Y-%m-%d %H:%M}"


class BankRouting(TravellingRow):
    """What one bank needs and takes: its need as the federation sees it, and its own standing rules.

    A weight left empty says nothing: no limit, no automatic acceptance, no free room declared. Room free and
    the most of a day are told by zone of the warehouse. ``closed_weekdays`` counts from Monday, 0.
    ``closed_days`` are ISO dates.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE, DELETE"
    BANK_RIGHTS: ClassVar[str] = "SELECT"
    BANK_ROWS: ClassVar[str] = HERE
    NAMED_BY: ClassVar[str] = "bank"

    bank = models.OneToOneField(
        FoodBank, on_delete=models.CASCADE, related_name="routing", verbose_name=_("food bank")
    )
    weekly_need_grams = models.PositiveBigIntegerField(_("need per week"), null=True, blank=True)
    takes_automatically = models.BooleanField(
        _("take automatically"),
        default=False,
    )
    ambient_auto_grams = models.PositiveBigIntegerField(_("taken by itself, ambient"), null=True, blank=True)
    chilled_auto_grams = models.PositiveBigIntegerField(_("taken by itself, chilled"), null=True, blank=True)
    frozen_auto_grams = models.PositiveBigIntegerField(_("taken by itself, frozen"), null=True, blank=True)
    ambient_most_grams = models.PositiveBigIntegerField(_("at most, ambient"), null=True, blank=True)
    chilled_most_grams = models.PositiveBigIntegerField(_("at most, chilled"), null=True, blank=True)
    frozen_most_grams = models.PositiveBigIntegerField(_("at most, frozen"), null=True, blank=True)
    ambient_free_grams = models.PositiveBigIntegerField(_("room free, ambient"), null=True, blank=True)
    chilled_free_grams = models.PositiveBigIntegerField(_("room free, chilled"), null=True, blank=True)
    frozen_free_grams = models.PositiveBigIntegerField(_("room free, frozen"), null=True, blank=True)
    closed_weekdays = models.JSONField(_("never on"), default=list, blank=True)
    closed_days = models.JSONField(_("closed on"), default=list, blank=True)

    class Meta:
        verbose_name = _("standing rules")
        verbose_name_plural = _("standing rules")
        ordering: ClassVar = ["bank_id"]

    def __str__(self) -> str:
        return str(_("Standing rules"))

    def grams_of(self, zone: str, what: str) -> int | None:
        """Return a weight told by zone of the warehouse; ``what``: ``auto``, ``most`` or ``free``."""
        grams: int | None = getattr(self, f"{zone.lower()}_{what}_grams")
        return grams


class RoutingGrounds(models.Model):
    """What the rule knew of a bank when it asked it: read by that bank and the federation. Append-only.

    A row of its own beside the step, which every bank asked reads: the database hides whole rows.
    ``fill`` is what the bank received over its need, ``mean_fill`` the same of all banks; ``marginal`` what
    the next gram there is worth, in grams at the average bank.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT"
    BANK_RIGHTS: ClassVar[str] = "SELECT"
    BANK_ROWS: ClassVar[str] = HERE

    step = models.OneToOneField(
        "network.RoutingStep", on_delete=models.CASCADE, primary_key=True, related_name="grounds"
    )
    bank = models.ForeignKey(
        FoodBank, on_delete=models.PROTECT, related_name="+", verbose_name=_("food bank")
    )
    room_grams = models.PositiveBigIntegerField(_("room free"), null=True)
    fill = models.FloatField(_("need met"), null=True)
    mean_fill = models.FloatField(_("need met on average"), null=True)
    marginal = models.FloatField(_("worth of the next gram"), null=True)

    class Meta:
        verbose_name = _("grounds of a routing step")
        verbose_name_plural = _("grounds of routing steps")

    def __str__(self) -> str:
        return str(self.step_id)


class RoutingAct(models.Model):
    """What the federation did to an offer by hand, and why; the banks asked read it. Append-only.

    The person is a row of its own (``actor``), which no bank reads.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT"
    BANK_RIGHTS: ClassVar[str] = "SELECT"
    BANK_ROWS: ClassVar[str] = ASKED

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    offer = models.ForeignKey("network.NetworkOffer", on_delete=models.PROTECT, related_name="acts")
    at = models.DateTimeField(_("at"), default=clock.now)
    action = models.CharField(_("act"), max_length=10, choices=DeskAct)
    bank_label = models.CharField(_("food bank"), max_length=120, blank=True)
    grams = models.PositiveBigIntegerField(_("proposed"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500)

    class Meta:
        verbose_name = _("act of the federation")
        verbose_name_plural = _("acts of the federation")
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.action}"


class RoutingActor(models.Model):
    """Who did an act of the desk: told to the federation, never to a bank. Append-only."""

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT"
    FEDERATION_RIGHTS: ClassVar[str] = "SELECT"

    act = models.OneToOneField(RoutingAct, on_delete=models.CASCADE, primary_key=True, related_name="actor")
    actor_id = models.UUIDField(_("actor"), null=True)
    actor_label = models.CharField(_("actor"), max_length=200)

    class Meta:
        verbose_name = _("person behind an act of the federation")
        verbose_name_plural = _("persons behind acts of the federation")

    def __str__(self) -> str:
        return self.actor_label
