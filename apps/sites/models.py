"""Sites of one bank, their storage locations, vehicles and opening slots."""

from collections.abc import Mapping
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.display import number
from apps.kernel.errors import Text
from apps.kernel.folding import Fold
from apps.kernel.models import ArchivableRecord, Record
from apps.sites import rules
from apps.sites.states import LocationPurpose, Programme, SiteKind, SlotPurpose

WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


def validate_postcode(text: str) -> None:
    """Refuse what is not a French postcode.

    Raises:
        ValidationError: wrong shape.
    """
    if not rules.is_postcode(text):
        raise ValidationError(_("Write a postcode of five digits, for example 21000."), code="postcode")


def validate_department(text: str) -> None:
    """Refuse what is not the code of a department.

    Raises:
        ValidationError: no such code.
    """
    if not rules.is_department(text):
        raise ValidationError(
            _("Write the code of a department, for example 21, 2A or 974."), code="department"
        )


def validate_siret(text: str) -> None:
    """Refuse what has not the shape of a SIRET.

    Raises:
        ValidationError: wrong shape.
    """
    if not rules.is_siret_shaped(text):
        raise ValidationError(_("A SIRET has fourteen digits, written without spaces."), code="siret")


def validate_rna(text: str) -> None:
    """Refuse what is no number of the register of associations.

    Raises:
        ValidationError: wrong shape.
    """
    if not rules.is_rna(text):
        raise ValidationError(_("An RNA number is a W and nine digits, for example W212001234."), code="rna")


def validate_gs1_prefix(text: str) -> None:
    """Refuse what is no GS1 company prefix.

    Raises:
        ValidationError: wrong shape.
    """
    if not rules.is_gs1_prefix(text):
        raise ValidationError(_("A GS1 company prefix has seven to ten digits."), code="gs1_prefix")


def validate_print_colour(text: str) -> None:
    """Refuse a colour that cannot be read on white paper.

    Raises:
        ValidationError: not a colour, or too light.
    """
    if not rules.is_colour(text):
        raise ValidationError(_("Write a colour as a # and six digits, for example #1E5B3E."), code="colour")
    contrast = rules.contrast_on_paper(text)
    if contrast < rules.READABLE:
        message = _(
            "This colour is too light to be read on white paper: its contrast is %(contrast)s, and "
            "%(least)s is needed. Choose a darker one."
        )
        values = {"contrast": number(contrast, decimals=1), "least": number(rules.READABLE, decimals=1)}
        raise ValidationError(message, code="colour_too_light", params=values)


class AddressedRecord(ArchivableRecord):
    """A file with an address; latitude and longitude are decimal degrees, both known or neither."""

    address = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=5, blank=True, validators=[validate_postcode])
    city = models.CharField(_("town"), max_length=80)
    department = models.CharField(_("department"), max_length=3, validators=[validate_department])
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse half a position.

        Raises:
            ValidationError: one coordinate is missing, or off the globe; told at that field.
        """
        if not rules.is_place(self.latitude, self.longitude):
            message = _("Write both latitude and longitude in degrees, or neither.")
            wrong = rules.coordinate_at_fault(self.latitude, self.longitude)
            raise ValidationError({wrong: ValidationError(message, code="place")})


class Site(AddressedRecord):
    """A place where goods are: warehouse, antenna, depot, workshop."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=SiteKind, default=SiteKind.WAREHOUSE)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering: ClassVar = [Fold("name")]

    def __str__(self) -> str:
        return self.name


class Location(ArchivableRecord):
    """A storage location of a site, in one of three temperature zones.

    ``zone`` is ``AMBIENT``, ``CHILLED`` or ``FROZEN``; ``capacity_grams`` 0 means not limited.
    Goods of a public programme are stored only where ``programme`` says so, and nothing else is put there.
    """

    class Zone(models.TextChoices):
        """Temperature zone of a storage location."""

        AMBIENT = "AMBIENT", _("Ambient")
        CHILLED = "CHILLED", _("Cold room")
        FROZEN = "FROZEN", _("Freezer")

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="locations", verbose_name=_("site"))
    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=80)
    zone = models.CharField(_("temperature zone"), max_length=8, choices=Zone)
    purpose = models.CharField(
        _("purpose"), max_length=10, choices=LocationPurpose, default=LocationPurpose.STORAGE
    )
    programme = models.CharField(
        _("reserved for a programme"), max_length=20, choices=Programme, blank=True, default="", db_default=""
    )
    capacity_grams = models.PositiveBigIntegerField(_("capacity"), default=0)

    class Meta:
        verbose_name = _("storage location")
        verbose_name_plural = _("storage locations")
        ordering: ClassVar = ["site", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["site", "code"],
                name="location_site_code",
                violation_error_message=_(
                    "This site has a location with this code, perhaps an archived one."
                ),
                violation_error_code="location_code_taken",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Vehicle(ArchivableRecord):
    """A vehicle for rounds; ``capacity_grams`` is its payload."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="vehicles", verbose_name=_("site"))
    name = models.CharField(_("name"), max_length=80)
    plate = models.CharField(_("number plate"), max_length=12, blank=True)
    capacity_grams = models.PositiveBigIntegerField(_("payload"))
    is_refrigerated = models.BooleanField(_("refrigerated"), default=False)

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        ordering: ClassVar = [Fold("name")]

    def __str__(self) -> str:
        return self.name


class OpeningSlot(Record):
    """A weekly period in which a dock receives goods or hands them over."""

    NAMED_BY: ClassVar[str] = "weekday"

    site = models.ForeignKey(
        Site, on_delete=models.CASCADE, related_name="opening_slots", verbose_name=_("site")
    )
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS, validators=[MaxValueValidator(6)])
    opens_at = models.TimeField(_("from"))
    closes_at = models.TimeField(_("to"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=SlotPurpose)

    class Meta:
        verbose_name = _("opening slot")
        verbose_name_plural = _("opening slots")
        ordering: ClassVar = ["weekday", "opens_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="slot_opens_before_it_closes", condition=models.Q(opens_at__lt=models.F("closes_at"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"

    def clean(self) -> None:
        """Refuse a slot that ends before it begins.

        Raises:
            ValidationError: the hours are in the wrong order.
        """
        if self.opens_at and self.closes_at and self.opens_at >= self.closes_at:
            message = _("Write an hour after the opening.")
            raise ValidationError({"closes_at": ValidationError(message, code="slot_order")})


class Letterhead(Record):
    """How the papers of this bank begin and end: who it is before the law, its logo, its colours. One row.

    ``issued_for`` names the bank in whose name an antenna, which has no legal personality, issues its
    papers: then the legal fields follow that bank's own. The logo is a file of this record.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    NAMED_BY: ClassVar[str] = "legal_name"
    ACTS: ClassVar[Mapping[str, Text]] = {
        "logo_changed": _("Logo changed"),
        "logo_removed": _("Logo taken off"),
    }
    LEGAL: ClassVar[tuple[str, ...]] = ("legal_name", "siret", "rna", "address", "postcode", "city")

    is_only = models.BooleanField(default=True, unique=True, editable=False)
    issued_for = models.CharField(_("issued in the name of"), max_length=120, blank=True, editable=False)
    legal_name = models.CharField(_("legal name"), max_length=120)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True, validators=[validate_siret])
    rna = models.CharField(_("RNA number"), max_length=10, blank=True, validators=[validate_rna])
    address = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=5, blank=True, validators=[validate_postcode])
    city = models.CharField(_("town"), max_length=80, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    opening = models.CharField(_("line under the name"), max_length=160, blank=True)
    footer = models.CharField(_("line at the foot of the page"), max_length=240, blank=True)
    colour = models.CharField(
        _("main colour"), max_length=7, default="#1E5B3E", validators=[validate_print_colour]
    )
    accent = models.CharField(
        _("second colour"), max_length=7, default="#AB4409", validators=[validate_print_colour]
    )
    gs1_prefix = models.CharField(
        _("GS1 company prefix"), max_length=10, blank=True, validators=[validate_gs1_prefix]
    )
    labels_name_donor = models.BooleanField(
        _("print the donor on the labels of pallets"), default=False, db_default=False
    )

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")
        constraints: ClassVar = [
            models.CheckConstraint(name="letterhead_only_one", condition=models.Q(is_only=True))
        ]

    def __str__(self) -> str:
        return str(_("Letterhead"))
