"""Reactions to orders, inside their transaction: a confirmed order has its picking list at once.

What people ask to be sent is sent later, from the outbox.
"""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.delivery.facts import NoteMailed
from apps.delivery.models import DeliveryNote
from apps.delivery.papers import file_name, note_pdf
from apps.delivery.selectors import notes_with_lines
from apps.delivery.services import picking_cancel, picking_open, picking_revise
from apps.kernel.abilities import software
from apps.kernel.files import PDF
from apps.kernel.scope import current_scope
from apps.orders.facts import OrderCancelled, OrderConfirmed, OrderRevised
from apps.orders.models import Order


def on_order_confirmed(fact: OrderConfirmed) -> None:
    """Open the picking list of the order."""
    picking_open(software("delivery"), order=Order.objects.get(pk=fact.order_id))


def on_order_revised(fact: OrderRevised) -> None:
    """Take what the order gave back off its picking list, and put on what took its place."""
    picking_revise(software("delivery"), order=Order.objects.get(pk=fact.order_id))


def on_order_cancelled(fact: OrderCancelled) -> None:
    """Close the picking list of the order."""
    picking_cancel(software("delivery"), order=Order.objects.get(pk=fact.order_id))


def on_note_mailed(fact: NoteMailed) -> None:
    """Send the note as a PDF, in the language of who gets it."""
    note = notes_with_lines(DeliveryNote.objects.all()).get(pk=fact.note_id)
    with override(fact.language):
        said = {"note": note, "bank": current_scope().bank_name}
        mail = EmailMessage(
            subject=_("Delivery note %(number)s") % {"number": note.number},
            body=render_to_string("delivery/mail/note.txt", said),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[fact.email],
        )
        mail.attach(file_name(note), note_pdf(note, base=fact.base), PDF)
        mail.send()
