"""What waits today: recalls with something to decide, partners without answer; for a charity its own."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.kernel.abilities import Actor
from apps.kernel.today import Queue
from apps.recalls.abilities import abilities
from apps.recalls.models import RecallCase
from apps.recalls.selectors import reaches_of_charity
from apps.recalls.states import SETTLED, CaseState, MatchState


def queues(actor: Actor) -> list[Queue]:
    """Return the recalls that wait for this person (one query)."""
    allowed = abilities(actor)
    found: list[Queue] = []
    if "view_own" in allowed:
        found += _of_charity(actor)
    if allowed & {"decide", "record_answer"}:
        found += _of_bank()
    return [queue for queue in found if queue.count]


def _of_charity(actor: Actor) -> list[Queue]:
    waiting = reaches_of_charity(actor).exclude(state__in=SETTLED).filter(case__state=CaseState.OPEN).count()
    return [
        Queue(
            label=ngettext("recall to answer", "recalls to answer", waiting),
            count=waiting,
            hint=_("Hand none of it out; tell us what became of it"),
            url=reverse("recalls_mine_list"),
            tone="danger",
        )
    ]


def _of_bank() -> list[Queue]:
    counts = RecallCase.objects.filter(state=CaseState.OPEN).aggregate(
        open=Count("pk", distinct=True),
        to_check=Count("matches", filter=Q(matches__state=MatchState.TO_CHECK), distinct=True),
        waiting=Count("reaches", filter=~Q(reaches__state__in=SETTLED), distinct=True),
    )
    cases = f"{reverse('recalls_case_list')}?state={CaseState.OPEN}"
    return [
        Queue(
            label=ngettext("lot to check for a recall", "lots to check for a recall", counts["to_check"]),
            count=counts["to_check"],
            hint=_("Ours or not: look at the label"),
            url=cases,
            tone="danger",
        ),
        Queue(
            label=ngettext("open recall", "open recalls", counts["open"]),
            count=counts["open"],
            hint=ngettext(
                "%(count)s partner has not answered",
                "%(count)s partners have not answered",
                counts["waiting"],
            )
            % {"count": counts["waiting"]},
            url=cases,
            tone="danger",
        ),
    ]
