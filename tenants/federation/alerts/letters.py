"""What a partner is written: which goods, how much, what to do, and a link by which it answers."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.delivery.selectors import language_read_at
from apps.recalls.models import RecallReach
from apps.recalls.selectors import link_word, taken_by
from apps.recalls.states import SETTLED
from tenants.accounts.addresses import Entry
from tenants.registry.models import FoodBank


def warning_send(reach: RecallReach, bank: FoodBank, *, is_reminder: bool) -> bool:
    """Send the message, or the reminder, in the language of its reader; false when there is no address.

    What is written down as told is the address that was written to.

    A reminder to who has answered meanwhile stays at home.
    """
    partner = reach.partner
    if not partner.email or (is_reminder and reach.state in SETTLED) or not reach.served_grams:
        return False
    entry = Entry(scheme=settings.SITE_SCHEME, port=settings.SITE_PORT)
    path = reverse("recalls_answer", args=[link_word(reach)], urlconf=settings.ROOT_URLCONF)
    context = {
        "reach": reach,
        "case": reach.case,
        "partner": partner,
        "taken": taken_by(reach),
        "bank": bank.name,
        "is_reminder": is_reminder,
        "answer_url": entry.address(bank, path),
    }
    with override(language_read_at(partner.email)):
        send_mail(
            subject=_subject(reach, is_reminder=is_reminder),
            message=render_to_string("recalls/mail/warning.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            recipient_list=[partner.email],
        )
    if reach.told_to != partner.email:
        reach.told_to = partner.email
        reach.save(update_fields=["told_to"])
    return True


def _subject(reach: RecallReach, *, is_reminder: bool) -> str:
    """Return the subject: an exercise says so first, a reminder then."""
    words = _("Reminder, recall: %(title)s") if is_reminder else _("Recall: %(title)s")
    said = words % {"title": reach.case.title}
    return _("EXERCISE – %(subject)s") % {"subject": said} if reach.case.is_exercise else said
