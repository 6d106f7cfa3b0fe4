"""From one host of the network to another without signing in twice.

Sessions are host-only, and no cookie spans the hosts. So the way is walked in four steps, plain pages all:

1. on this host, a form (with its CSRF token) asks for a ticket: kept as a digest, once, 30 seconds, for this
   person, this session and that host;
2. that host sets a challenge in a cookie of its own and leads back;
3. this host, if its session is the one the ticket was made for, signs the challenge with the ticket;
4. that host opens a session if ticket, signature and cookie fit, and the person has a role there.

A ticket that somebody else asked for fails at step 3 in anybody's browser, a copied address at step 4. What
the person proved in the first session is carried over, with its hour; the other
host asks for what it still needs.
"""

import datetime as dt
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from apps.kernel import clock
from apps.kernel.signing import NotSigned, signed, unsigned
from tenants.accounts.addresses import host_of, is_ours
from tenants.accounts.errors import NoWay
from tenants.accounts.models import SwitchTicket, User
from tenants.accounts.places import Place
from tenants.accounts.selectors import has_role_in
from tenants.accounts.signing_in.marks import CONFIRMED, DUE, PROVEN
from tenants.registry.states import BankStatus

GOOD_SECONDS: Final = 30
SEAL: Final = "accounts.switch"
CARRIED: Final = (CONFIRMED, PROVEN, DUE)
"""Marks of a session that go along."""


def ticket_issue(request: HttpRequest, *, user: User, source: Place, target: Place) -> str:
    """Return the secret of a ticket from the host of a request to another one; older ones are removed.

    Raises:
        NoWay: the person has no role there, or one of the hosts is a bank's own domain.
    """
    if not _is_open(target) or not has_role_in(user, target):
        raise NoWay
    if not (is_ours(request.get_host().partition(":")[0]) and is_ours(host_of(target))):
        raise NoWay
    secret = token_urlsafe(32)
    SwitchTicket.objects.filter(expires_at__lte=clock.now()).delete()
    SwitchTicket.objects.create(
        digest=_digest(secret),
        user=user,
        source=source,
        target=target,
        session_digest=_digest(request.session.session_key or ""),
        marks={name: request.session[name] for name in CARRIED if name in request.session},
        expires_at=clock.now() + dt.timedelta(seconds=GOOD_SECONDS),
    )
    return secret


def ticket_for(secret: str, *, target: Place) -> SwitchTicket:
    """Return the live ticket to this host.

    Raises:
        NoWay: there is none, it was used, is too old, or leads elsewhere.
    """
    return _live(secret, target=target)


def ticket_seal(
    request: HttpRequest, *, secret: str, source: Place, challenge: str
) -> tuple[SwitchTicket, str]:
    """Sign the challenge of the other host, in the session that the ticket was made for.

    Raises:
        NoWay: the ticket is not live, or another session asked for it.
    """
    ticket = _live(secret, source=source)
    here = _digest(request.session.session_key or "")
    if ticket.user_id != getattr(request.user, "pk", None) or not constant_time_compare(
        ticket.session_digest, here
    ):
        raise NoWay
    return ticket, str(signed([ticket.digest, challenge], purpose=SEAL))


@transaction.atomic
def ticket_use(*, secret: str, target: Place, seal: str, answer: str) -> SwitchTicket:
    """Use a ticket up, in the browser that the challenge was set in; returns it with its person.

    Raises:
        NoWay: ticket, signature and browser do not fit, or the person has no role here any more.
    """
    ticket = _live(secret, target=target, lock=True)
    try:
        digest, challenge = unsigned(seal, purpose=SEAL, max_age=GOOD_SECONDS)
    except NotSigned:
        raise NoWay from None
    fits = constant_time_compare(digest, ticket.digest) and constant_time_compare(
        challenge, challenge_of(answer)
    )
    if not fits or not ticket.user.is_active or not has_role_in(ticket.user, target):
        raise NoWay
    SwitchTicket.objects.filter(pk=ticket.pk).delete()
    return ticket


def challenge_of(answer: str) -> str:
    """Return what the first host may know of the cookie that the second one has set."""
    return _digest(answer)


def _live(secret: str, *, lock: bool = False, **where: Place) -> SwitchTicket:
    """Return the live ticket with a secret, to or from a host.

    Raises:
        NoWay: there is none.
    """
    tickets = SwitchTicket.objects.select_related("user", "source", "target")
    tickets = tickets.select_for_update(of=("self",)) if lock else tickets
    ticket = tickets.filter(digest=_digest(secret), expires_at__gt=clock.now(), **where).first()
    if ticket is None:
        raise NoWay
    return ticket


def _is_open(target: Place) -> bool:
    return target is None or target.status == BankStatus.ACTIVE


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
