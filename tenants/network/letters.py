"""What a donor gets by e-mail: the link to follow an offer, and the link to declare the next one."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.kernel import clock
from apps.kernel.display import paper_day
from apps.kernel.scope import current_scope
from tenants.accounts.addresses import Entry
from tenants.network.links import declaration_address
from tenants.network.models import DonorAccount, NetworkOffer


def offer_links_send(offer: NetworkOffer, *, account: DonorAccount, entry: Entry, language: str) -> None:
    """Send its donor the way to follow an offer and the link for the next one, in a language."""
    follow = reverse(
        "network_offer_status", args=[offer.public_token], urlconf=settings.PUBLIC_SCHEMA_URLCONF
    )
    context = {
        "offer": offer,
        "follow_url": entry.address(None, follow),
        "declare_url": declaration_address(account, entry),
    }
    with override(language):
        send_mail(
            subject=_("Your offer %(number)s") % {"number": offer.number},
            message=render_to_string("network/mail/offer_links.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            recipient_list=[account.email],
        )


def links_send(email: str, *, accounts: Sequence[DonorAccount], entry: Entry) -> None:
    """Send the declaration links of donors to an address, on behalf of the open bank if there is one."""
    if not accounts:
        return
    links = [
        {
            "name": account.name,
            "address": declaration_address(account, entry),
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
