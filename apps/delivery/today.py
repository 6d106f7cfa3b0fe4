"""What waits today: lists to pick, orders ready for their partner."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.delivery.abilities import abilities
from apps.delivery.selectors import notes_of_charity, pickings_due
from apps.delivery.states import PickingStatus
from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.pages import Action, Column, Kind, Panel, table_panel
from apps.kernel.today import Queue

NOTES_SHOWN = 3


def queues(actor: Actor) -> list[Queue]:
    """Return the lists to pick and to hand over, for whoever may (one query)."""
    allowed = abilities(actor)
    if not allowed & {"pick", "hand_over"}:
        return []
    today = clock.today()
    due = pickings_due(today)
    lists = reverse("delivery_picking_list")
    late = due["late"]
    found = [
        Queue(
            label=ngettext("order to pick today", "orders to pick today", due["to_pick"]),
            count=due["to_pick"] if "pick" in allowed else 0,
            hint=ngettext("%(count)s is late", "%(count)s are late", late) % {"count": late}
            if late
            else _("All wanted today"),
            url=f"{lists}?status={PickingStatus.TO_PICK}&until={today:%Y-%m-%d}",
            tone="danger" if late else "warn",
        ),
        Queue(
            label=ngettext("order ready for handover", "orders ready for handover", due["ready"]),
            count=due["ready"] if "hand_over" in allowed else 0,
            hint=_("Weighed, waiting for the partner"),
            url=f"{lists}?status={PickingStatus.PICKED}",
            tone="ok",
        ),
    ]
    return [queue for queue in found if queue.count]


def panels(actor: Actor) -> list[Panel]:
    """Return the latest delivery notes of a charity, with what each asks of it (one query)."""
    if "view_own_notes" not in abilities(actor):
        return []
    columns = [
        Column(label=_("Number"), value="number"),
        Column(label=_("Delivered on"), value="delivered_on", kind=Kind.DAY),
        Column(label=_("Weight"), value="grams", kind=Kind.KG),
        Column(label=_("Solidarity contribution"), value="contribution_cents", kind=Kind.EUROS),
    ]
    every = Action(label=_("All delivery notes"), url=reverse("delivery_mine_list"), icon="file-text")
    return [
        table_panel(
            _("Latest delivery notes"),
            columns=columns,
            records=notes_of_charity(actor)[:NOTES_SHOWN],
            empty=_("No delivery note yet. You get one with each collection."),
            url_of=lambda note: reverse("delivery_note_detail", args=[note.pk]),
            actions=[every],
        )
    ]
