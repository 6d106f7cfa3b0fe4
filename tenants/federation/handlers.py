"""What follows when a month is over: the report. It runs later, maybe twice; each month is sent once."""

from django.conf import settings
from django.utils import timezone, translation

from apps.impact.abilities import abilities
from apps.impact.rules.periods import Span, period_around
from tenants.accounts.selectors import actor_in
from tenants.crossing import Purpose, in_federation, in_tenant
from tenants.federation.facts import MonthEnded
from tenants.federation.letters import letter_of, letter_send
from tenants.federation.models import ReportSubscription
from tenants.registry.states import BankStatus


def on_month_ended(fact: MonthEnded) -> None:
    """Send the report of a month to who still asks for it and still works there, in their language."""
    waiting = ReportSubscription.objects.select_for_update(of=("self",)).select_related("user", "bank")
    subscription = waiting.filter(pk=fact.subscription_id, ended_at=None).first()
    if subscription is None or (subscription.sent_month and subscription.sent_month >= fact.month):
        return
    user, bank = subscription.user, subscription.bank
    actor = actor_in(user, bank) if user.is_active and bank.status == BankStatus.ACTIVE else None
    if actor is None or "subscribe" not in abilities(actor):
        return
    opened = in_tenant if bank.has_schema else in_federation
    month = period_around(Span.MONTH, fact.month)
    with (
        opened(bank, Purpose.INDICATORS),
        timezone.override(bank.timezone),
        translation.override(user.language or settings.LANGUAGE_CODE),
    ):
        letter = letter_of(subscription, month)
    subscription.sent_month = fact.month
    subscription.save(update_fields=["sent_month"])
    letter_send(letter, to=user.email)
