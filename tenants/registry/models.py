"""Food banks, the hosts they answer on and the departments they serve."""

from typing import ClassVar, Self
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from apps.kernel import clock
from apps.kernel.models import new_id
from tenants.registry.states import BankKind, BankStatus


def validate_timezone(name: str) -> None:
    """Refuse a time zone that the system does not know.

    Raises:
        ValidationError: unknown name.
    """
    if name not in available_timezones():
        raise ValidationError(_("Unknown time zone."), code="timezone_unknown")


class FoodBankQuerySet(models.QuerySet["FoodBank"]):
    """Reads over the members of the network."""

    def operating(self) -> Self:
        """Keep the banks and antennas at work: those with stock of their own."""
        return self.filter(status=BankStatus.ACTIVE).exclude(kind=BankKind.FEDERATION)

    def serving(self, department: str) -> Self:
        """Keep those that serve a department (code such as ``21`` or ``2A``)."""
        return self.filter(territories__department=department).distinct()


class FoodBank(TenantMixin):  # type: ignore[misc]
    """A member of the network: a bank, an antenna of a bank, or the federation.

    A bank and an antenna each have a schema of their own; the federation reads consolidated figures
    and has none. An antenna has no legal personality: papers are issued by its parent.
    """

    BANK_RIGHTS: ClassVar[str] = "SELECT"
    auto_create_schema = False

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=BankKind)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="antennas",
        verbose_name=_("parent bank"),
    )
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("sub-domain"), max_length=40, unique=True)
    status = models.CharField(_("state"), max_length=14, choices=BankStatus, default=BankStatus.PROVISIONING)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=5, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)
    department = models.CharField(_("department"), max_length=3, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    timezone = models.CharField(
        _("time zone"), max_length=40, default="Europe/Paris", validators=[validate_timezone]
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    created_at = models.DateTimeField(_("created at"), default=clock.now, editable=False)

    objects = FoodBankQuerySet.as_manager()

    class Meta:
        verbose_name = _("food bank")
        verbose_name_plural = _("food banks")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="antenna_has_parent",
                condition=models.Q(kind="antenna", parent__isnull=False)
                | (~models.Q(kind="antenna") & models.Q(parent__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_schema(self) -> bool:
        """Tell whether this member has goods, and so a schema, of its own."""
        return self.kind != BankKind.FEDERATION

    @property
    def host(self) -> str:
        """Host name of the member's own site."""
        domain = next((d for d in self.domains.all() if d.is_primary), None)
        return domain.domain if domain else ""


class Domain(DomainMixin):  # type: ignore[misc]
    """A host name on which a member of the network answers."""

    BANK_RIGHTS: ClassVar[str] = "SELECT"

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")


class Territory(models.Model):
    """A department served by a bank; several banks may share one."""

    BANK_RIGHTS: ClassVar[str] = "SELECT"

    bank = models.ForeignKey(
        FoodBank, on_delete=models.CASCADE, related_name="territories", verbose_name=_("food bank")
    )
    department = models.CharField(_("department"), max_length=3)

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bank", "department"], name="territory_bank_department")
        ]
        indexes: ClassVar = [models.Index(fields=["department"], name="territory_department")]

    def __str__(self) -> str:
        return f"{self.bank_id} · {self.department}"
