"""Sites of one bank, their storage locations, vehicles and opening slots."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.models import ArchivableRecord, Record
from apps.sites import rules
from apps.sites.states import LocationPurpose, SiteKind, SlotPurpose

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
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Location(ArchivableRecord):
    """A storage location of a site, in one of three temperature zones.

    ``zone`` is ``AMBIENT``, ``CHILLED`` or ``FROZEN``; ``capacity_grams`` 0 means not limited.
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
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class OpeningSlot(Record):
    """A weekly period in which a dock receives goods or hands them over."""

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
