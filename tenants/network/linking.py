"""What is done with the declaration link of a donor: made, sent, renewed, revoked, used.

A bank does it from its own file on the donor, whose history tells it. The account is the network's: a new
link replaces the one that another bank handed out, and each of them sees where the link stands. A bank whose
file has the e-mail and name of an account that came about without it, and that never offered it anything, may
only have the link sent to the account's own address: the form shows what was typed elsewhere.
"""

import datetime as dt
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.donors.models import Donor
from apps.kernel import clock, facts
from apps.kernel.abilities import Actor, require
from apps.kernel.history import record_update, write_entry
from apps.kernel.scope import current_bank_id
from tenants.accounts.addresses import Entry
from tenants.crossing import Purpose, in_platform
from tenants.isolation.throttle import count
from tenants.network.abilities import abilities
from tenants.network.errors import (
    AddressMissing,
    FileAway,
    LinkChanged,
    LinkClosed,
    LinkWithheld,
    OtherFile,
)
from tenants.network.facts import LinkAsked
from tenants.network.links import is_good
from tenants.network.models import DonorAccount, RoutingStep
from tenants.network.offering import donor_account_ensure
from tenants.network.recurring import recurrences_pause_all, recurrences_resume_all

UNDO: Final = dt.timedelta(minutes=5)
"""How long a link that was revoked may be given back."""
PLACE: Final = ("kind", "siret", "contact_name", "phone", "address", "city", "latitude", "longitude")
"""What a new account takes from the bank's file on the donor, beside e-mail, name and department."""


def account_of(donor: Donor) -> DonorAccount | None:
    """Return the network's account of a donor of the open bank, ``None`` while it has none."""
    if donor.account_id is None:
        return None
    with in_platform(Purpose.REQUEST):
        return DonorAccount.objects.filter(pk=donor.account_id).first()


def is_withheld(account: DonorAccount) -> bool:
    """Tell whether the open bank may not see the link of an account: neither opened here, nor asked about."""
    bank_id = current_bank_id()
    if account.opening_bank_id == bank_id:
        return False
    return not RoutingStep.objects.filter(bank_id=bank_id, offer__donor_account_id=account.pk).exists()


def require_shown(account: DonorAccount | None) -> None:
    """Refuse to show or change a link that is withheld from the open bank.

    Raises:
        LinkWithheld: it is.
    """
    if account is not None and is_withheld(account):
        raise LinkWithheld


@transaction.atomic
def link_make(actor: Actor, *, donor: Donor) -> DonorAccount:
    """Make the first link of a donor, with an account if there is none; a good one is returned as it is.

    Of an account whose link is withheld from this bank nothing changes: the file points at it from now on.

    Raises:
        Forbidden: this person hands out no links.
        AddressMissing: the file says no e-mail, by which the donor is known to the network.
        OtherFile: another file of the bank is about the same donor.
        FileAway: the file is archived.
    """
    _require_file(actor, donor)
    account = _locked(_account_opened(actor, donor))
    if not is_good(account) and not is_withheld(account):
        _renewed(account)
        write_entry(actor, donor, "link_made")
    return account


@transaction.atomic
def link_renew(actor: Actor, *, donor: Donor, version: int, reason: str = "") -> DonorAccount:
    """Replace the link that the person has seen (its ``version``); the word of the one before is dead.

    Sent twice, it is renewed once.

    Raises:
        Forbidden: this person hands out no links.
        LinkChanged: the donor has no link any more.
        LinkWithheld: the link is not for this bank to change.
        FileAway: the file is archived.
    """
    _require_file(actor, donor)
    account = _held(donor)
    if account.link_version == version:
        _renewed(account)
        write_entry(actor, donor, "link_renewed", reason=reason.strip())
    return account


@transaction.atomic
def link_revoke(actor: Actor, *, donor: Donor, reason: str) -> Donor:
    """Let the link of a donor open nothing any more, from now on; what was offered weekly with it pauses.

    Raises:
        Forbidden: this person hands out no links.
        LinkChanged: it is not good any more.
        LinkWithheld: the link is not for this bank to change.
    """
    require(abilities(actor, donor), "link")
    account = _held(donor)
    if not is_good(account):
        raise LinkChanged
    account.link_revoked_at = clock.now()
    _kept(account, "link_revoked_at")
    recurrences_pause_all(account, at=account.link_revoked_at)
    write_entry(actor, donor, "link_revoked", reason=reason.strip())
    return donor


@transaction.atomic
def link_restore(actor: Actor, *, donor: Donor) -> Donor:
    """Undo the end of a link, within minutes; what paused with it goes on.

    Raises:
        Forbidden: this person hands out no links.
        LinkChanged: it was replaced meanwhile, or revoked too long ago.
        LinkWithheld: the link is not for this bank to change.
    """
    require(abilities(actor, donor), "link")
    account = _held(donor)
    revoked_at = account.link_revoked_at
    if revoked_at is None or revoked_at < clock.now() - UNDO:
        raise LinkChanged
    account.link_revoked_at = None
    _kept(account, "link_revoked_at")
    recurrences_resume_all(account, paused_at=revoked_at)
    write_entry(actor, donor, "link_restored")
    return donor


@transaction.atomic
def link_send(actor: Actor, *, donor: Donor, entry: Entry) -> str:
    """Have the link sent to the address in the bank's file, else to that of the account; returns it.

    One that is withheld from this bank goes to the address of the account alone, made anew if it is over.

    Raises:
        Forbidden: this person hands out no links.
        LinkClosed: there is no good link to send.
        TooMany: this address got many letters already.
        FileAway: the file is archived.
    """
    _require_file(actor, donor)
    account = account_of(donor)
    withheld = account is not None and is_withheld(account)
    if account is None or not (withheld or is_good(account)):
        raise LinkClosed
    email = account.email if withheld else donor.email or account.email
    count("link-mail", email.lower())
    if withheld:
        link_ensure(account)
    facts.emit(LinkAsked(email=email, account_id=account.pk, scheme=entry.scheme, port=entry.port))
    write_entry(actor, donor, "link_sent", changes={"email": [None, email]})
    return email


def link_ask(*, email: str, entry: Entry) -> None:
    """Have a donor's own links sent to the address on file; nothing tells whether it is known here.

    Raises:
        TooMany: this address was asked for often.
    """
    wanted = email.strip().lower()
    with in_platform(Purpose.REQUEST), transaction.atomic():
        count("link-mail", wanted)
        facts.emit(LinkAsked(email=wanted, account_id=None, scheme=entry.scheme, port=entry.port))


def link_ensure(account: DonorAccount) -> DonorAccount:
    """Return an account with a good link, made anew if the one before is over.

    For letters to the address of the account itself: whoever reads them may have a link.
    """
    with in_platform(Purpose.REQUEST), transaction.atomic():
        account = _locked(account)
        if not is_good(account):
            _renewed(account)
        return account


def link_used(account: DonorAccount) -> None:
    """Note that food was declared through the link of a donor."""
    with in_platform(Purpose.REQUEST):
        DonorAccount.objects.filter(pk=account.pk).update(link_used_at=clock.now())


def _require_file(actor: Actor, donor: Donor) -> None:
    """Refuse to hand out the link of a donor whose file was put away.

    Raises:
        Forbidden: this person hands out no links.
        FileAway: the file is archived.
    """
    require(abilities(actor, donor), "link")
    if donor.is_archived:
        raise FileAway


def _account_opened(actor: Actor, donor: Donor) -> DonorAccount:
    """Return the account of a donor, opened from the bank's file where it points at none.

    Raises:
        AddressMissing: the file says no e-mail.
        OtherFile: another file of the bank points at that account.
    """
    account = account_of(donor)
    if account is not None:
        return account
    if not donor.email:
        raise AddressMissing
    copied = {name: getattr(donor, name) for name in PLACE}
    account = donor_account_ensure(
        actor,
        email=donor.email,
        name=donor.name,
        department=donor.department,
        opening_bank_id=current_bank_id(),
        **copied,
    )
    if Donor.objects.filter(account_id=account.pk).exclude(pk=donor.pk).exists():
        raise OtherFile
    try:
        record_update(actor, donor, {"account_id": account.pk})
    except ValidationError as error:
        raise OtherFile from error
    return account


def _held(donor: Donor) -> DonorAccount:
    """Return the account of a donor, locked, for a bank that may change its link.

    Raises:
        LinkChanged: there is none.
        LinkWithheld: the link is not for this bank to change.
    """
    account = _locked(account_of(donor))
    require_shown(account)
    return account


def _locked(account: DonorAccount | None) -> DonorAccount:
    """Return the account as it is now, locked until the transaction ends.

    Raises:
        LinkChanged: there is none.
    """
    if account is None:
        raise LinkChanged
    with in_platform(Purpose.REQUEST):
        return DonorAccount.objects.select_for_update().get(pk=account.pk)


def _renewed(account: DonorAccount) -> None:
    """Give a locked account a new link: the words of the one before open nothing."""
    now = clock.now()
    if account.link_expires_at is not None:
        account.link_version += 1
    account.link_made_at = now
    account.link_expires_at = now + dt.timedelta(days=settings.DECLARATION_LINK_DAYS)
    account.link_revoked_at = account.link_used_at = None
    _kept(account, "link_version", "link_made_at", "link_expires_at", "link_revoked_at", "link_used_at")


def _kept(account: DonorAccount, *names: str) -> None:
    with in_platform(Purpose.REQUEST):
        account.save(update_fields=[*names, "updated_at"])
