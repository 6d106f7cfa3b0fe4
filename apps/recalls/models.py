"""Recalls in one bank: the case, what it names, the lots found, the partners served."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.errors import Text
from apps.kernel.models import Record, SharedRef
from apps.partners.models import Partner
from apps.recalls.rules import Reason, Rung
from apps.recalls.states import (
    REASON_LABELS,
    RUNG_LABELS,
    SETTLED,
    AnswerWay,
    CaseSource,
    CaseState,
    MatchState,
    ReachState,
)
from apps.stock.models import Lot


class RecallCase(Record):
    """Goods that must not be eaten, as this bank deals with them from the notice to the closing report.

    ``source_key`` names the notice so that it opens one case; ``version`` is the notice's own. An exercise
    does everything a recall does and says everywhere that it is one.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    NAMED_BY: ClassVar[str] = "number"
    UNTOLD: ClassVar[frozenset[str]] = frozenset({"opened_by", "closed_by", "searched_at"})
    ACTS: ClassVar[Mapping[str, Text]] = {
        "kept_back": _("Lots blocked and kept back"),
        "orders_frozen": _("Orders frozen"),
        "partners_told": _("Partners told"),
        "read": _("Read by the partner"),
        "answered": _("Answered"),
        "explained": _("Explained"),
        "reminded": _("Reminded"),
        "decided": _("Decided"),
        "released": _("Lot released"),
        "searched": _("Lots searched again"),
        "new_version": _("New version of the notice"),
    }

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    source = models.CharField(_("source"), max_length=12, choices=CaseSource)
    source_key = models.CharField(max_length=120, unique=True, editable=False)
    notice_id = SharedRef(to="federation.RecallNotice", null=True, blank=True)
    version = models.PositiveIntegerField(_("version of the notice"), default=1)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    title = models.CharField(_("goods recalled"), max_length=200)
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    motive = models.CharField(_("why"), max_length=1000, blank=True)
    advice = models.CharField(_("what to do"), max_length=2000, blank=True)
    distributors = models.CharField(_("distributors or donors"), max_length=1000, blank=True)
    sold_from = models.DateField(_("sold or given from"), null=True, blank=True)
    sold_until = models.DateField(_("sold or given until"), null=True, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    ends_on = models.DateField(_("procedure ends on"), null=True, blank=True)
    link = models.URLField(_("notice"), max_length=500, blank=True)
    told_by = models.CharField(_("told by"), max_length=120, blank=True)
    is_exercise = models.BooleanField(_("exercise"), default=False)
    state = models.CharField(_("state"), max_length=6, choices=CaseState, default=CaseState.OPEN)
    opened_by = models.CharField(_("opened by"), max_length=200)
    opened_at = models.DateTimeField(_("opened at"), default=clock.now)
    searched_at = models.DateTimeField(_("lots searched at"), null=True, blank=True)
    kept_back_at = models.DateTimeField(_("kept back at"), null=True, blank=True)
    told_at = models.DateTimeField(_("partners told at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=200, blank=True)
    conclusion = models.CharField(_("conclusion"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")
        ordering: ClassVar = ["-opened_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["state", "-opened_at"], name="recall_case_state")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        """Tell whether something may still be done."""
        return self.state == CaseState.OPEN


class RecallGroup(Record):
    """One product that a case names: barcode (fourteen digits), lot and date as written, or an origin."""

    case = models.ForeignKey(RecallCase, on_delete=models.CASCADE, related_name="groups")
    position = models.PositiveSmallIntegerField(default=0)
    gtin = models.CharField(_("barcode"), max_length=14, blank=True)
    lot_text = models.CharField(_("lot"), max_length=600, blank=True)
    date_kind = models.CharField(_("kind of date"), max_length=11, blank=True)
    date_text = models.CharField(_("date"), max_length=500, blank=True)
    origin_lot_id = models.UUIDField(null=True, blank=True)
    unread = models.CharField(_("not understood"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("product named")
        verbose_name_plural = _("products named")
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return " · ".join(filter(None, [self.gtin, self.lot_text, self.date_text])) or str(self.position)


class RecallMatch(Record):
    """A lot that a case found, how sure, and what was decided; found is never forgotten.

    ``was_blocked``: the lot was already kept from leaving for another reason, which a release respects.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    UNTOLD: ClassVar[frozenset[str]] = frozenset({"was_blocked", "decided_at", "decided_by"})

    case = models.ForeignKey(RecallCase, on_delete=models.PROTECT, related_name="matches")
    lot = models.ForeignKey(
        Lot, on_delete=models.PROTECT, related_name="recall_matches", verbose_name=_("lot")
    )
    made_from = models.ForeignKey(
        Lot, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made from")
    )
    rung = models.PositiveSmallIntegerField(_("how sure"), choices=[(r.value, RUNG_LABELS[r]) for r in Rung])
    reason = models.CharField(_("why"), max_length=16, choices=[(r.value, REASON_LABELS[r]) for r in Reason])
    state = models.CharField(_("state"), max_length=8, choices=MatchState)
    was_blocked = models.BooleanField(default=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=200, blank=True)
    decision = models.CharField(_("reason of the decision"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("lot found")
        verbose_name_plural = _("lots found")
        ordering: ClassVar = ["rung", "lot__number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "lot"], name="recall_finds_a_lot_once")
        ]

    def __str__(self) -> str:
        return str(self.lot)


class RecallReach(Record):
    """A partner that was served recalled goods: what it got, what it was told, what became of it (grams).

    ``link_version`` is signed into its link: raised, the words sent before open nothing.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    UNTOLD: ClassVar[frozenset[str]] = frozenset({"link_version", "answered_by"})

    case = models.ForeignKey(RecallCase, on_delete=models.PROTECT, related_name="reaches")
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="recalls", verbose_name=_("partner")
    )
    served_grams = models.PositiveBigIntegerField(_("served"))
    state = models.CharField(_("state"), max_length=9, choices=ReachState, default=ReachState.WAITING)
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    told_to = models.CharField(_("told to"), max_length=254, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    reminder_count = models.PositiveSmallIntegerField(_("reminders"), default=0)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=200, blank=True)
    answered_way = models.CharField(_("how"), max_length=5, choices=AnswerWay, blank=True)
    returned_grams = models.PositiveBigIntegerField(_("returned"), default=0)
    destroyed_grams = models.PositiveBigIntegerField(_("destroyed"), default=0)
    used_grams = models.PositiveBigIntegerField(_("already handed out or eaten"), default=0)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("partner served")
        verbose_name_plural = _("partners served")
        ordering: ClassVar = ["partner__name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "partner"], name="recall_tells_a_partner_once")
        ]

    def __str__(self) -> str:
        return str(self.partner)

    @property
    def is_to_telephone(self) -> bool:
        """Tell whether the partner has no address to write to, and nobody has settled it yet."""
        return not self.told_to and self.state not in SETTLED

    @property
    def accounted_grams(self) -> int:
        """Grams that the partner has accounted for."""
        return self.returned_grams + self.destroyed_grams + self.used_grams
