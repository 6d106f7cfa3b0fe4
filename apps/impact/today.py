"""What the bank did lately, for whoever works there."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.impact.abilities import abilities
from apps.impact.rules.periods import Period, Span
from apps.impact.selectors import indicators
from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.pages import Panel

SHOWN = ("received", "handed_over", "meals", "lost", "stock")
DAYS = 7


def panels(actor: Actor) -> list[Panel]:
    """Return the figures of the last seven days beside the seven before (two queries)."""
    if not actor.is_staff or "view" not in abilities(actor):
        return []
    today = clock.today()
    week = Period(span=Span.CUSTOM, since=today - dt.timedelta(days=DAYS - 1), until=today)
    readings = {reading.definition.code: reading for reading in indicators(week)}
    context = {
        "readings": [readings[code] for code in SHOWN],
        "url": f"{reverse('impact_indicator_list')}?since={week.since:%Y-%m-%d}&until={week.until:%Y-%m-%d}",
    }
    return [Panel(title=_("The last seven days"), template="impact/week.html", context=context)]
