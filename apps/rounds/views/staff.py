"""Pages of the rounds for those who plan: the day, a round, its stops."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.kernel import clock
from apps.kernel.abilities import Abilities, require
from apps.kernel.display import Chip, Tone
from apps.kernel.doors import StaffRequest, writes
from apps.kernel.errors import Text
from apps.kernel.pages import Action, Column, Kind, Panel, RecordAct, RecordCreate, RecordDetail, RecordPage
from apps.rounds import services
from apps.rounds.abilities import abilities
from apps.rounds.forms import AssignForm, RoundForm
from apps.rounds.models import Round, Stop
from apps.rounds.selectors import load_of, rounds_of, rounds_with_stops, stops_to_plan
from apps.rounds.services import RoundPlan
from apps.rounds.states import RoundStatus, StopStatus

TONES = {RoundStatus.PLANNED: Tone.NEUTRAL, RoundStatus.ON_THE_ROAD: Tone.INFO, RoundStatus.CLOSED: Tone.OK}


def status_chip(planned: Round) -> Chip:
    """Return the state of a round as a chip."""
    return Chip(planned.get_status_display(), TONES[RoundStatus(planned.status)])


def day_asked(request: StaffRequest) -> dt.date:
    """Return the day named by the address, today when it names none."""
    try:
        return parse_date(request.GET.get("day", "")) or clock.today()
    except ValueError:
        return clock.today()


def planning_url(day: dt.date) -> str:
    """Return the address of the planning of a day."""
    return f"{reverse('rounds_round_list')}?day={day:%Y-%m-%d}"


def way_back(request: StaffRequest, planned: Round) -> str:
    """Return the page that the button was on: the road, the round, or the planning of its day."""
    page = request.POST.get("back", "")
    if page in ("drive_round", "round_detail"):
        return reverse(f"rounds_{page}", kwargs={"pk": planned.pk})
    return planning_url(planned.day)


def round_card(planned: Round) -> dict[str, Any]:
    """Return a round with its stops, its load against the payload and its state."""
    stops = list(planned.stops.all())
    load = load_of(stops, planned.vehicle.capacity_grams if planned.vehicle else None)
    return {
        "round": planned,
        "stops": stops,
        "load": load,
        "state": status_chip(planned),
        "is_open": planned.status != RoundStatus.CLOSED,
    }


class RoundPage:
    """What the pages of a round share."""

    model = Round
    urls = "rounds_round"
    abilities = staticmethod(abilities)


class RoundPlanning(RoundPage, RecordPage[Round]):
    """The planning of a day: stops that wait on one side, rounds on the other."""

    template_name = "rounds/planning.html"

    def get(self, request: StaffRequest) -> HttpResponse:
        """Show the day."""
        day = day_asked(request)
        cards = [round_card(planned) for planned in rounds_of(day)]
        return self.page(
            title=_("Rounds"),
            day=day,
            is_today=day == clock.today(),
            day_before=planning_url(day - dt.timedelta(days=1)),
            day_after=planning_url(day + dt.timedelta(days=1)),
            waiting=stops_to_plan(),
            cards=cards,
            open_cards=[card for card in cards if card["is_open"]],
            may_plan="plan" in self.allowed,
            actions=self.actions(day),
        )

    def actions(self, day: dt.date) -> list[Action]:
        """Return the button that opens a round of the day."""
        if "create" not in self.allowed:
            return []
        url = f"{self.url('create')}?day={day:%Y-%m-%d}"
        return [Action(label=_("Open a round"), url=url, icon="plus", primary=True)]


class RoundDetail(RoundPage, RecordDetail[Round]):
    """A round: who, with what, its stops and what they brought."""

    fields = (
        Column(label=_("Day"), value="day", kind=Kind.DAY),
        Column(label=_("Site"), value="site.name"),
        Column(label=_("Vehicle"), value="vehicle.name"),
        Column(label=_("Driver"), value="driver_label"),
    )

    def records(self) -> QuerySet[Round]:
        """Return rounds with their stops."""
        return rounds_with_stops()

    def state(self, record: Round) -> Chip:
        """Return where the round stands."""
        return status_chip(record)

    def told_with(self, record: Round) -> Iterable[Stop]:
        """Return the stops: what they brought is part of the round's history."""
        return record.stops.all()

    def panels(self, record: Round) -> list[Panel]:
        """Return the load and the stops."""
        card = round_card(record)
        came = any(stop.status != StopStatus.WAITING for stop in card["stops"])
        shown = {**card, "may_plan": "plan" in self.allowed, "has_results": came}
        return [Panel(title=_("Stops"), template="rounds/round_stops.html", context=shown)]

    def actions(self, record: Round, allowed: Abilities) -> list[Action]:
        """Return what can be done in the state of the round."""
        is_planned = record.status == RoundStatus.PLANNED
        buttons = []
        if record.status == RoundStatus.CLOSED:
            return []
        if "edit" in allowed:
            buttons.append(Action(label=_("Change"), url=self.url("edit", record), icon="pencil"))
        if "close" in allowed:
            buttons.append(Action(label=_("Close the round"), url=self.url("close", record), icon="flag"))
        if "start" in allowed and is_planned:
            url = self.url("start", record)
            buttons.append(Action(label=_("Start"), url=url, icon="play", primary=True, post=True))
        elif "collect" in allowed:
            url = reverse("rounds_drive_round", kwargs={"pk": record.pk})
            buttons.append(Action(label=_("Record the stops"), url=url, icon="truck", primary=True))
        return buttons


class RoundCreate(RoundPage, RecordCreate[Round]):
    """Opens a round."""

    form_class = RoundForm
    title = _("Open a round")
    submit = _("Open the round")

    def perform(self, form: forms.BaseForm) -> Round:
        """Open the round."""
        plan = form.plan() if isinstance(form, RoundForm) else {}
        return services.round_create(self.request.actor, op_key=form.cleaned_data["op_key"], **plan)

    def success_url(self, record: Round) -> str:
        """Return to the planning of its day."""
        return planning_url(record.day)


class RoundEdit(RoundPage, RecordAct[Round]):
    """Changes the day, the vehicle or the driver of a round."""

    verb = "edit"
    title = _("Change the round")
    form_class = RoundForm

    def initial(self) -> dict[str, Any]:
        """Return what is planned."""
        return RoundForm.values_of(self.record)

    def perform(self, form: forms.BaseForm) -> Round:
        """Change the plan."""
        plan = RoundPlan(**form.plan()) if isinstance(form, RoundForm) else None
        if plan is not None:
            services.round_replan(self.request.actor, round=self.record, plan=plan)
        return self.record


def _pressed(request: StaffRequest, planned: Round, done: Text) -> HttpResponse:
    messages.success(request, str(done) % {"round": planned})
    return HttpResponseRedirect(way_back(request, planned))


@writes
def round_start(request: StaffRequest, pk: Any) -> HttpResponse:
    """Send a round on the road; ``GET`` leads back to it."""
    planned = get_object_or_404(Round, pk=pk)
    require(abilities(request.actor, planned), "start")
    if request.method == "POST":
        services.round_start(request.actor, round=planned)
        return _pressed(request, planned, _("Round %(round)s is on the road."))
    return HttpResponseRedirect(reverse("rounds_round_detail", kwargs={"pk": pk}))


@writes
def round_close(request: StaffRequest, pk: Any) -> HttpResponse:
    """Close a round; ``GET`` says what becomes of the stops left and asks once more."""
    planned = get_object_or_404(rounds_with_stops(), pk=pk)
    require(abilities(request.actor, planned), "close")
    if request.method == "POST":
        services.round_close(request.actor, round=planned)
        done = _("Round %(round)s is closed. Stops left over wait to be planned again.")
        return _pressed(request, planned, done)
    left = [stop for stop in planned.stops.all() if stop.status == StopStatus.WAITING]
    asked = {"round": planned, "left": left, "back": request.GET.get("back", "round_detail")}
    return render(request, "rounds/close.html", asked)


@writes
def stops_assign(request: StaffRequest) -> HttpResponse:
    """Put the ticked stops in the chosen round."""
    require(abilities(request.actor), "plan")
    form = AssignForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        messages.warning(request, _("Tick at least one stop and choose its round."))
        return HttpResponseRedirect(reverse("rounds_round_list"))
    planned, stops = form.cleaned_data["round"], form.stops()
    services.stops_assign(request.actor, round=planned, stops=stops)
    done = ngettext("%(count)s stop in %(round)s.", "%(count)s stops in %(round)s.", len(stops))
    messages.success(request, done % {"count": len(stops), "round": planned})
    return HttpResponseRedirect(planning_url(planned.day))


@writes
def stop_move(request: StaffRequest, pk: Any) -> HttpResponse:
    """Move a stop up or down, or out of its round: ``to`` is ``up``, ``down`` or ``out``."""
    stop = get_object_or_404(Stop.objects.select_related("round", "offer"), pk=pk)
    require(abilities(request.actor, stop), "plan")
    planned = stop.round
    if planned is None or request.method != "POST":
        return HttpResponseRedirect(reverse("rounds_round_list"))
    if request.POST.get("to") == "out":
        services.stop_unassign(request.actor, stop=stop)
    else:
        services.stop_move(request.actor, stop=stop, up=request.POST.get("to") == "up")
    return HttpResponseRedirect(f"{way_back(request, planned)}#stop-{stop.pk}")
