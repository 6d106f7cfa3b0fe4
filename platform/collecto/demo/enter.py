"""Entering the demonstration as anybody, in one click. Routed only where ``settings.DEMO`` is on."""

from collections import defaultdict
from uuid import UUID

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from apps.kernel.abilities import Role
from collecto.demo.hats import donor_with_link
from tenants.accounts.middleware import SPACE, space_of
from tenants.accounts.models import ROLE_LABELS, Membership, User
from tenants.accounts.services import person_ensure
from tenants.accounts.signing_in.marks import mark_proven
from tenants.accounts.signing_in.sessions import session_open
from tenants.network.links import declaration_word
from tenants.registry.models import FoodBank

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
OPERATOR = {"email": "exploitation@example.org", "full_name": "Sacha Colin"}
"""The invented person who runs the platform of the demonstration."""


@login_not_required
@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """List who one can be: here on a bank's host, everywhere on the public site."""
    hats = Membership.objects.filter(ended_at__isnull=True).select_related("bank", "user")
    here: FoodBank | None = getattr(request, "bank", None)
    if here:
        hats = hats.filter(bank=here)
    by_bank: dict[FoodBank, list[Membership]] = defaultdict(list)
    for hat in hats.prefetch_related("bank__domains").order_by("bank__created_at", "user__full_name"):
        by_bank[hat.bank].append(hat)
    port = request.get_host().partition(":")[2]
    in_order = sorted(by_bank.items(), key=lambda found: (found[0].kind != "federation", -len(found[1])))
    spaces = [_space(bank, held, port) for bank, held in in_order]
    donor = None if here else donor_with_link()
    shown = {
        "spaces": spaces,
        "operator": "" if here else OPERATOR["full_name"],
        "donor": donor,
        "donor_word": declaration_word(donor) if donor else "",
    }
    return render(request, "demo/enter.html", shown)


def _space(bank: FoodBank, hats: list[Membership], port: str) -> dict[str, object]:
    """Describe a member for the page: its people by role, its charities apart."""
    roles = list(Role)
    people = [
        {"id": hat.pk, "role": ROLE_LABELS[Role(hat.role)], "person": hat.user.full_name, "key": hat.role}
        for hat in sorted(hats, key=lambda hat: roles.index(Role(hat.role)))
    ]
    return {
        "bank": bank,
        "host": f"{bank.host}:{port}" if port else bank.host,
        "staff": [person for person in people if person["key"] != Role.PARTNER],
        "partners": [person for person in people if person["key"] == Role.PARTNER],
    }


@login_not_required
@require_GET
def enter_as(request: HttpRequest, hat_id: UUID) -> HttpResponse:
    """Sign in as the person who holds a hat in this bank, and go to its first page."""
    bank: FoodBank | None = getattr(request, "bank", None)
    hat = get_object_or_404(Membership, pk=hat_id, bank=bank, ended_at__isnull=True)
    user: User = hat.user
    _let_in(request, user, bank)
    return redirect("home")


@login_not_required
@require_GET
def enter_operator(request: HttpRequest) -> HttpResponse:
    """Sign in as the operator of the platform, and go to the banks.

    Raises:
        Http404: asked on the host of a bank.
    """
    if getattr(request, "bank", None) is not None:
        raise Http404
    user = person_ensure(**OPERATOR)
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    _let_in(request, user, None)
    return redirect("operator_bank_list")


def _let_in(request: HttpRequest, user: User, bank: FoodBank | None) -> None:
    """Open a session as one that showed a second factor: nobody of the demonstration has one."""
    login(request, user, backend=BACKEND)
    request.session[SPACE] = space_of(bank)
    mark_proven(request.session)
    session_open(request=request, user=user, bank=bank)
