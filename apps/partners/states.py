"""Choices of the partners."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartnerType(models.TextChoices):
    """What a partner organisation is."""

    ASSO_COLIS = "ASSO_COLIS", _("Charity giving parcels")
    ANTENNE_RESEAU = "ANTENNE_RESEAU", _("Branch of a national network")
    CCAS_CIAS = "CCAS_CIAS", _("CCAS / CIAS")
    EPICERIE_SOCIALE = "EPICERIE_SOCIALE", _("Social grocery")
    EPICERIE_SOLIDAIRE = "EPICERIE_SOLIDAIRE", _("Solidarity grocery")
    EPICERIE_ETUDIANTE = "EPICERIE_ETUDIANTE", _("Student grocery")
    RESTAURANT_SOCIAL = "RESTAURANT_SOCIAL", _("Social restaurant")
    CHRS = "CHRS", _("Shelter")
    MARAUDE = "MARAUDE", _("Street outreach")
    ITINERANT = "ITINERANT", _("Mobile distribution")


class AccreditationKind(models.TextChoices):
    """On what ground a partner may receive public food (CASF L.266-2)."""

    NATIONAL_VIA_NETWORK = "NATIONAL_VIA_NETWORK", _("National, through its network")
    REGIONAL = "REGIONAL", _("Regional")
    PUBLIC_BODY_EXEMPT = "PUBLIC_BODY_EXEMPT", _("Public body, not concerned")
    NONE = "NONE", _("None")


class AccreditationState(models.TextChoices):
    """Where the accreditation of a partner stands on a day."""

    VALID = "valid", _("Accredited")
    NOT_NEEDED = "not_needed", _("Accreditation not needed")
    EXPIRED = "expired", _("Accreditation expired")
    MISSING = "missing", _("Not accredited")


class OrderRhythm(models.TextChoices):
    """How often a partner comes."""

    TWICE_WEEKLY = "TWICE_WEEKLY", _("Twice a week")
    WEEKLY = "WEEKLY", _("Weekly")
    MONTHLY = "MONTHLY", _("Monthly")
