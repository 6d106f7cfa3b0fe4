"""Accounts of the ledger, kinds of movement, states of a lot, reasons of loss."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountKind(models.TextChoices):
    """Where grams of a lot can be; the first two are inside the bank, the others are the outside world."""

    ON_HAND = "on_hand", _("On hand")
    RESERVED = "reserved", _("Reserved")
    DONOR = "donor", _("Donor")
    SUPPLIER = "supplier", _("Supplier")
    PARTNER = "partner", _("Partner")
    TRANSIT = "transit", _("In transit between banks")
    WORKSHOP = "workshop", _("Workshop")
    LOSS = "loss", _("Loss")
    COUNT = "count", _("Stock count")


INSIDE = frozenset({AccountKind.ON_HAND, AccountKind.RESERVED})


class MovementKind(models.TextChoices):
    """Why grams move."""

    RECEIVE = "receive", _("Received")
    MOVE = "move", _("Moved")
    RESERVE = "reserve", _("Reserved")
    RELEASE = "release", _("Released")
    DELIVER = "deliver", _("Delivered")
    LOSE = "lose", _("Lost")
    COUNT = "count", _("Counted")
    SHIP = "ship", _("Shipped to another bank")
    ARRIVE = "arrive", _("Arrived from another bank")
    TRANSFORM = "transform", _("Taken to the workshop")
    PRODUCE = "produce", _("Made in the workshop")
    RETURN = "return", _("Returned by a partner")
    REVERSE = "reverse", _("Reversed")


class Granularity(models.TextChoices):
    """How precisely a lot is known."""

    ITEM = "item", _("One product")
    FAMILY_MIX = "family_mix", _("Mix of one family")


class LinkKind(models.TextChoices):
    """How a lot came out of another one."""

    TRANSFORM = "transform", _("Transformed")
    FREEZE = "freeze", _("Frozen")
    REPACK = "repack", _("Repacked")


class LotStatus(models.TextChoices):
    """Whether a lot may leave."""

    AVAILABLE = "available", _("Available")
    BLOCKED = "blocked", _("Blocked")


class LossReason(models.TextChoices):
    """Why goods are lost."""

    USE_BY_PASSED = "use_by_passed", _("Use-by date passed")
    BEST_BEFORE_REFUSED = "best_before_refused", _("Past best before, refused")
    COLD_BREAK = "cold_break", _("Cold chain broken")
    DAMAGED = "damaged", _("Damaged")
    PESTS = "pests", _("Pests")
    RECALL = "recall", _("Recall")
    SORTING = "sorting", _("Sorting")
    MISSING = "missing", _("Missing")
    TRANSPORT = "transport", _("Lost in transport")
    TRANSFORMATION = "transformation", _("Peeled or cooked away")


class ReturnReason(models.TextChoices):
    """Why a partner brings goods back."""

    RECALL = "recall", _("Recall")
    REFUSED = "refused", _("Refused on arrival")
    SURPLUS = "surplus", _("More than could be given out")
    COLD_BREAK = "cold_break", _("Cold chain broken")


class LossDestination(models.TextChoices):
    """Where lost goods go."""

    ANIMAL_FEED = "animal_feed", _("Animal feed")
    COMPOST = "compost", _("Compost")
    METHANISATION = "methanisation", _("Methanisation")
    INCINERATION = "incineration", _("Incineration")
    BACK_TO_DONOR = "back_to_donor", _("Back to the donor")
    NONE = "none", _("None")


class LabelPaper(models.TextChoices):
    """What labels are printed on."""

    A4 = "a4", _("A4 sheets, four labels each, to cut")
    A6 = "a6", _("A6 labels, one by one")


class SheetStatus(models.TextChoices):
    """Whether a count sheet still takes counts."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class EntryStatus(models.TextChoices):
    """What became of one count of a lot at a location."""

    MATCHED = "matched", _("As in the books")
    WAITING = "waiting", _("Waits for approval")
    POSTED = "posted", _("Difference posted")
    REFUSED = "refused", _("Refused: count again")
    REPLACED = "replaced", _("Counted again")


class LevelShare(models.TextChoices):
    """Who is told when goods are below their minimum level."""

    NOBODY = "nobody", _("Nobody")
    DONORS = "donors", _("Donors")
    BANKS = "banks", _("Other food banks")
    ALL = "all", _("Donors and other food banks")


FOR_DONORS = frozenset({LevelShare.DONORS, LevelShare.ALL})
FOR_BANKS = frozenset({LevelShare.BANKS, LevelShare.ALL})
