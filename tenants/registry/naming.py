"""Which sub-domains are free, and renaming: the new address answers, the former one leads to it."""

import datetime as dt
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.errors import Conflict
from tenants.registry.models import Domain, FoodBank
from tenants.registry.rules import NameProblem, name_problem, skeleton

_SAID: Final = {
    NameProblem.MALFORMED: _("Two to 40 small letters, digits and single hyphens, beginning with a letter."),
    NameProblem.RESERVED: _("This sub-domain is reserved."),
}


def require_free_name(slug: str, *, bank: FoodBank | None = None) -> None:
    """Refuse a sub-domain that is malformed, reserved, taken, or that a hurried eye takes for another.

    ``bank`` is the one that asks: its own former names are free to it.

    Raises:
        ValidationError: malformed or reserved.
        Conflict: taken, or too much like a taken one.
    """
    problem = name_problem(slug)
    if problem is not None:
        raise ValidationError({"slug": ValidationError(_SAID[problem], code=problem)})
    others = Q() if bank is None else ~Q(tenant=bank)
    known = Domain.objects.filter(others).filter(
        Q(redirect_until=None) | Q(redirect_until__gt=clock.now()) | Q(is_primary=True)
    )
    names = {host.removesuffix(f".{settings.BASE_DOMAIN}") for host in known.values_list("domain", flat=True)}
    if slug in names:
        raise Conflict(_("This sub-domain is taken."), field="slug", code="slug_taken")
    alike = sorted(name for name in names if skeleton(name) == skeleton(slug))
    if alike:
        raise Conflict(
            _("This sub-domain looks too much like “%(name)s”."),
            field="slug",
            code="slug_confusable",
            params={"name": alike[0]},
        )


def schema_for(slug: str) -> str:
    """Return a free schema name: it is made once from the sub-domain, and no renaming changes it."""
    plain = "b_" + slug.replace("-", "_")
    taken = FoodBank.objects.filter(schema_name=plain).exists()
    return f"{plain}_{uuid4().hex[:6]}" if taken else plain


def host_replaced(bank: FoodBank, slug: str) -> str:
    """Give a bank its new sub-domain and host; the present host leads there for a time. Returns it.

    The caller holds the transaction. A name that stopped leading is taken over.
    """
    until = clock.now() + dt.timedelta(days=settings.HOST_REDIRECT_DAYS)
    former, host = bank.host, f"{slug}.{settings.BASE_DOMAIN}"
    Domain.objects.filter(domain=host).exclude(is_primary=True).delete()
    Domain.objects.filter(tenant=bank, is_primary=True).update(is_primary=False, redirect_until=until)
    Domain.objects.create(tenant=bank, domain=host, is_primary=True)
    FoodBank.objects.filter(pk=bank.pk).update(slug=slug)
    bank.slug = slug
    return former


def forget_expired_hosts() -> int:
    """Remove the former names that lead nowhere any more; returns how many."""
    expired = Domain.objects.filter(is_primary=False, redirect_until__lt=clock.now())
    return int(expired.delete()[0])
