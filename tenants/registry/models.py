"""Food banks, the hosts they answer on and the departments they serve."""

from typing import ClassVar, Self
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from apps.kernel import clock
from apps.kernel.models import new_id
from apps.kernel.sentences import told
from tenants.registry.states import UNFINISHED, BankKind, BankStatus, StepKind, StepState


def validate_timezone(name: str) -> None:
    """Refuse a time zone that the system does not know.

    Raises:
        ValidationError: unknown name.
    """
    if name not in available_timezones():
        raise ValidationError(_("Unknown time zone."), code="timezone_unknown")


def erased_name(number: str) -> str:
    """Return what an erased bank is called, in the current language, from the number its row keeps."""
    return gettext("Erased bank %(number)s") % {"number": number} if number else gettext("An erased bank")


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

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
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
    status_since = models.DateTimeField(_("in this state since"), default=clock.now, editable=False)

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
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name; of an erased bank, whose row keeps no name, its number in the current language."""
        return erased_name(self.name) if self.status == BankStatus.ERASED else self.name

    @property
    def has_schema(self) -> bool:
        """Tell whether this member has goods, and so a schema, of its own."""
        return self.kind != BankKind.FEDERATION

    @property
    def host(self) -> str:
        """Host name of the member's own site."""
        domain = next((d for d in self.domains.all() if d.is_primary), None)
        return domain.domain if domain else ""

    @property
    def former_hosts(self) -> list[str]:
        """Host names that this member answered on before, and that still lead to it."""
        now = clock.now()
        return [d.domain for d in self.domains.all() if d.redirect_until and d.redirect_until > now]


class Domain(DomainMixin):  # type: ignore[misc]
    """A host name on which a member of the network answers; a former one leads to the present one.

    ``redirect_until`` is set on a former name only; after that instant the name answers nobody.
    """

    BANK_RIGHTS: ClassVar[str] = "SELECT"

    redirect_until = models.DateTimeField(_("leads to the new name until"), null=True, blank=True)

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


class BankEvent(models.Model):
    """One turn in the life of a bank: who, when, from which state to which, why. Append-only."""

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bank = models.ForeignKey(FoodBank, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("at"), default=clock.now, editable=False)
    actor_id = models.UUIDField(_("actor"), null=True)
    actor_label = models.CharField(_("actor"), max_length=200)
    action = models.CharField(_("action"), max_length=20)
    from_status = models.CharField(max_length=14, choices=BankStatus, blank=True)
    to_status = models.CharField(max_length=14, choices=BankStatus, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of a bank")
        verbose_name_plural = _("events of a bank")
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.bank_id} {self.action}"


class BankStep(models.Model):
    """Work on one bank that the owner of the database does in the background; one at a time per bank.

    ``done`` of ``total`` parts are over; ``facts`` is what came of it; ``error`` is the code of why it failed
    and ``failure`` the sentence, in no language.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bank = models.ForeignKey(FoodBank, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(_("step"), max_length=10, choices=StepKind)
    state = models.CharField(_("state"), max_length=8, choices=StepState, default=StepState.WAITING)
    actor_id = models.UUIDField(_("actor"), null=True)
    actor_label = models.CharField(_("actor"), max_length=200)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    params = models.JSONField(default=dict)
    stage = models.CharField(_("stage"), max_length=40, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    facts = models.JSONField(default=dict)
    error = models.CharField(_("error"), max_length=500, blank=True)
    failure = models.JSONField(default=dict, db_default={})
    asked_at = models.DateTimeField(_("asked at"), default=clock.now)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["bank"], condition=models.Q(state__in=UNFINISHED), name="bank_step_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.bank_id}"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.state not in UNFINISHED

    @property
    def failed_because(self) -> str:
        """Why it failed, in the current language; a fault of the software has only its class."""
        return told(self.failure) or gettext(self.error) if self.error else ""


class ErasureProof(models.Model):
    """What was removed with a bank, when, by whom, and what was looked at afterwards. Append-only.

    ``removed`` counts rows and files before, ``checks`` says what was found after; ``digest`` is the
    SHA-256 of the statement as :func:`tenants.registry.erasure.statement_of` writes it.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT"

    bank = models.OneToOneField(FoodBank, on_delete=models.PROTECT, primary_key=True, related_name="proof")
    name = models.CharField(_("name"), max_length=120)
    host = models.CharField(_("address"), max_length=253)
    erased_at = models.DateTimeField(_("erased at"), default=clock.now, editable=False)
    actor_label = models.CharField(_("actor"), max_length=200)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    removed = models.JSONField()
    kept = models.JSONField()
    checks = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("proof of erasure")
        verbose_name_plural = _("proofs of erasure")

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:12]}"
