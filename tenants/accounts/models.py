"""People: one account for the whole network, one membership per hat."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.models import new_id
from tenants.accounts.signing_in import models as _signing_in  # noqa: F401  (their tables are of this application)
from tenants.accounts.states import HatAct, InvitationAct
from tenants.registry.models import FoodBank

ROLE_LABELS = {
    Role.MANAGER: _("Manager"),
    Role.STOCK: _("Warehouse"),
    Role.ROUNDS: _("Rounds"),
    Role.ORDERS: _("Orders"),
    Role.ACCOUNTS: _("Accounts"),
    Role.VOLUNTEER: _("Volunteer"),
    Role.PARTNER: _("Partner charity"),
    Role.DRIVER: _("Driver"),
    Role.FEDERATION: _("Federation"),
    Role.OPERATOR: _("Platform operator"),
}

ROLE_CHOICES = [(role.value, ROLE_LABELS[role]) for role in Role]


class UserManager(BaseUserManager["User"]):
    """Makes people from an e-mail address."""

    def create_user(self, email: str, full_name: str = "", **extra: Any) -> "User":
        """Create a person who signs in with a code sent by e-mail."""
        user = self.model(email=self.normalize_email(email).lower(), full_name=full_name, **extra)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Create an operator of the platform."""
        user = self.create_user(email, is_staff=True, is_superuser=True, **extra)
        if password:
            user.set_password(password)
            user.save(update_fields=["password"])
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by e-mail address."""

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("platform operator"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=clock.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.full_name or self.email


class Membership(models.Model):
    """One hat of one person in one bank; a partner's person is narrowed to one charity.

    ``may_invite``: a charity's person who may invite colleagues of the same charity. ``seen_on``: the last
    day on which the person worked in this bank.
    """

    BANK_ROWS: ClassVar[str] = "bank_id = (SELECT public.current_bank())"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    bank = models.ForeignKey(
        FoodBank, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("food bank")
    )
    role = models.CharField(_("role"), max_length=12, choices=ROLE_CHOICES)
    partner_id = models.UUIDField(_("partner"), null=True, blank=True)
    may_invite = models.BooleanField(_("may invite colleagues"), default=False, db_default=False)
    created_at = models.DateTimeField(_("created at"), default=clock.now, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    seen_on = models.DateField(_("last seen"), null=True, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "bank", "role", "partner_id"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="membership_once",
            ),
            models.CheckConstraint(
                name="membership_invites_for_its_partner",
                condition=models.Q(may_invite=False) | models.Q(role=Role.PARTNER.value),
            ),
            models.CheckConstraint(
                name="membership_partner_scope",
                condition=models.Q(role=Role.PARTNER.value, partner_id__isnull=False)
                | (~models.Q(role=Role.PARTNER.value) & models.Q(partner_id__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.bank_id}"


class ApiToken(models.Model):
    """A secret that lets a program act as one person in one bank; only its hash is kept.

    With a ``role`` the program may do what that role may, and nothing else.
    """

    BANK_ROWS: ClassVar[str] = "bank_id = (SELECT public.current_bank())"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    bank = models.ForeignKey(FoodBank, on_delete=models.CASCADE, related_name="api_tokens")
    label = models.CharField(_("label"), max_length=80)
    role = models.CharField(
        _("role"), max_length=12, choices=ROLE_CHOICES, blank=True, default="", db_default=""
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")

    def __str__(self) -> str:
        return self.label


class Invitation(models.Model):
    """Somebody asked to join a bank, the federation or, without a bank, those who run the platform.

    The link of the last mail is kept as a digest. ``partner_label`` is copied: whoever is invited reads it
    before having any right in the bank.
    """

    BANK_ROWS: ClassVar[str] = "bank_id = (SELECT public.current_bank())"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bank = models.ForeignKey(
        FoodBank, on_delete=models.CASCADE, null=True, related_name="invitations", verbose_name=_("food bank")
    )
    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=5)
    roles = models.JSONField(_("roles"), default=list)
    partner_id = models.UUIDField(_("partner"), null=True)
    partner_label = models.CharField(max_length=200, blank=True)
    may_invite = models.BooleanField(_("may invite colleagues"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    invited_by_id = models.UUIDField(_("invited by"), null=True)
    invited_by_label = models.CharField(_("invited by"), max_length=200)
    created_at = models.DateTimeField(_("invited on"), default=clock.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    expires_at = models.DateTimeField(_("good until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["bank", "email"],
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                nulls_distinct=False,
                name="invitation_pending_once",
            ),
            models.CheckConstraint(
                name="invitation_partner_scope",
                condition=models.Q(roles__contains=[Role.PARTNER.value], partner_id__isnull=False)
                | (~models.Q(roles__contains=[Role.PARTNER.value]) & models.Q(partner_id__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def is_open(self) -> bool:
        """Tell whether it can still be accepted."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > clock.now()


class InvitationEvent(models.Model):
    """What became of an invitation after it was written: sent again, or taken back; by whom. Append-only.

    ``changes`` is ``{field: [before, after]}``.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(_("at"), default=clock.now, editable=False)
    actor_id = models.UUIDField(_("actor"), null=True)
    actor_label = models.CharField(_("actor"), max_length=200)
    act = models.CharField(_("what"), max_length=8, choices=InvitationAct)
    changes = models.JSONField(_("changes"), default=dict)

    class Meta:
        verbose_name = _("change of an invitation")
        verbose_name_plural = _("changes of invitations")
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.act} {self.invitation_id}"


class HatEvent(models.Model):
    """One turn in what a person does in a bank: who gave or took which hat, when, why. Append-only.

    Without a bank it is about those who run the platform.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT"
    BANK_ROWS: ClassVar[str] = "bank_id = (SELECT public.current_bank())"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bank = models.ForeignKey(FoodBank, on_delete=models.PROTECT, null=True, related_name="hat_events")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="hat_events")
    at = models.DateTimeField(_("at"), default=clock.now, editable=False)
    actor_id = models.UUIDField(_("actor"), null=True)
    actor_label = models.CharField(_("actor"), max_length=200)
    action = models.CharField(_("action"), max_length=12, choices=HatAct)
    role = models.CharField(_("role"), max_length=12, choices=ROLE_CHOICES)
    partner_id = models.UUIDField(_("partner"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("change of role")
        verbose_name_plural = _("changes of role")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["user", "bank", "-at"], name="hat_event_person")]

    def __str__(self) -> str:
        return f"{self.action} {self.role}"


class SwitchTicket(models.Model):
    """Leave to open a session on another host of the network, once, within seconds, for one session.

    ``marks`` is what the session that asks says of how its person was recognised.
    """

    digest = models.CharField(primary_key=True, max_length=64, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(FoodBank, on_delete=models.CASCADE, null=True, related_name="+")
    target = models.ForeignKey(FoodBank, on_delete=models.CASCADE, null=True, related_name="+")
    session_digest = models.CharField(max_length=64, editable=False)
    marks = models.JSONField(default=dict)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("way to another bank")
        verbose_name_plural = _("ways to other banks")

    def __str__(self) -> str:
        return f"{self.user_id} {self.target_id}"
