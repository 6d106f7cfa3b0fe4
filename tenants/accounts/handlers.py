"""What follows when somebody is invited: the letter. It runs later, maybe twice; the last letter counts."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from apps.kernel import clock
from apps.kernel.abilities import Role
from tenants.accounts.addresses import Entry
from tenants.accounts.facts import PersonInvited
from tenants.accounts.inviting import word_of
from tenants.accounts.models import ROLE_LABELS, Invitation


def on_person_invited(fact: PersonInvited) -> None:
    """Send the letter of an invitation that can still be accepted, in the language of whoever gets it."""
    waiting = Invitation.objects.select_for_update(of=("self",)).select_related("bank")
    invitation = waiting.filter(pk=fact.invitation_id).first()
    if invitation is None or not invitation.is_open:
        return
    word = word_of(invitation)
    invitation.sent_at = clock.now()
    invitation.save(update_fields=["digest", "sent_at"])
    path = reverse("account_join", args=[word], urlconf=settings.PUBLIC_SCHEMA_URLCONF)
    link = Entry(scheme=fact.scheme, port=fact.port).address(invitation.bank, path)
    with translation.override(invitation.language):
        context = {
            "invitation": invitation,
            "place": invitation.bank.name if invitation.bank else "COLLECTO",
            "roles": [ROLE_LABELS[Role(role)] for role in invitation.roles],
            "link": link,
            "days": settings.INVITATION_DAYS,
        }
        subject = " ".join(render_to_string("accounts/mail/invitation_subject.txt", context).split())
        text = render_to_string("accounts/mail/invitation.txt", context)
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [invitation.email])
