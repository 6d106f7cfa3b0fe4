"""People: one account for the whole network, one membership per hat."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.models import new_id
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
    """One hat of one person in one bank; a partner's person is narrowed to one charity."""

    BANK_ROWS: ClassVar[str] = "bank_id = (SELECT public.current_bank())"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    bank = models.ForeignKey(
        FoodBank, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("food bank")
    )
    role = models.CharField(_("role"), max_length=12, choices=[(r.value, ROLE_LABELS[r]) for r in Role])
    partner_id = models.UUIDField(_("partner"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=clock.now, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

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
                name="membership_partner_scope",
                condition=models.Q(role=Role.PARTNER.value, partner_id__isnull=False)
                | (~models.Q(role=Role.PARTNER.value) & models.Q(partner_id__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.bank_id}"


class ApiToken(models.Model):
    """A secret that lets a program act as one person in one bank; only its hash is kept."""

    BANK_ROWS: ClassVar[str] = "bank_id = (SELECT public.current_bank())"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    bank = models.ForeignKey(FoodBank, on_delete=models.CASCADE, related_name="api_tokens")
    label = models.CharField(_("label"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.label
