"""What a donor gets by e-mail: the link to follow an offer, and the link to declare the next one."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.kernel import clock
from apps.kernel.display import moment, paper_day
from apps.kernel.scope import current_scope
from tenants.accounts.addresses import Entry
from tenants.network.links import declaration_address, given_address
from tenants.network.models import DonorAccount, NetworkOffer, RoutingStep
from tenants.network.selectors import zone_of


def offer_links_send(
    offer: NetworkOffer,
    *,
    asked: RoutingStep | None,
    account: DonorAccount,
    entry: Entry,
    language: str,
    is_weekly: bool,
) -> None:
    """Send its donor when an offer is answered, the way to follow it, and its own links, in a language.

    ``asked`` is the question that is open, ``None`` when no bank is asked now.
    """
    follow = reverse(
        "network_offer_status", args=[offer.public_token], urlconf=settings.PUBLIC_SCHEMA_URLCONF
    )
    with override(language):
        context = {
            "offer": offer,
            "asked": asked,
            "answer_by": moment(asked.deadline.astimezone(zone_of(offer.department))) if asked else "",
            "is_weekly": is_weekly,
            "follow_url": entry.address(None, follow),
            "declare_url": declaration_address(account, entry),
            "given_url": given_address(account, entry),
        }
        send_mail(
            subject=_("Your offer %(number)s") % {"number": offer.number},
            message=render_to_string("network/mail/offer_links.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            recipient_list=[account.email],
        )


def links_send(email: str, *, accounts: Sequence[DonorAccount], entry: Entry, is_own: bool = False) -> None:
    """Send the declaration links of donors to an address, on behalf of the open bank if there is one.

    ``is_own``: the address is that of the accounts themselves, which may read what they gave to all.
    """
    if not accounts:
        return
    links = [
        {
            "name": account.name,
            "address": declaration_address(account, entry),
            "given": given_address(account, entry) if is_own else "",
            "day": paper_day(clock.day_of(account.link_expires_at or clock.now())),
        }
        for account in accounts
    ]
    context = {"links": links, "bank": current_scope().bank_name}
    send_mail(
        subject=_("Your link to give food"),
        message=render_to_string("network/mail/links.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        recipient_list=[email],
    )
