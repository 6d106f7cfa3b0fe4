"""What a donor gets by e-mail: the link to follow an offer, and the link to declare the next one."""

from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tenants.network.models import NetworkOffer


def offer_links_send(offer: NetworkOffer, *, follow_url: str, declare_url: str) -> None:
    """Send the links of an offer to its donor, after the commit; a mail that fails stops nothing."""
    context = {"offer": offer, "follow_url": follow_url, "declare_url": declare_url}
    send = partial(
        send_mail,
        subject=_("Your offer %(number)s") % {"number": offer.number},
        message=render_to_string("network/mail/offer_links.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        recipient_list=[offer.donor_account.email],
    )
    transaction.on_commit(send, robust=True)
