"""The driver's day on a telephone: the round, each stop, what it gave."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.abilities import require
from apps.kernel.doors import StaffRequest, reads, writes
from apps.kernel.errors import DomainError, Forbidden
from apps.kernel.forms import add_refusal
from apps.rounds import services
from apps.rounds.abilities import abilities
from apps.rounds.errors import StopDone
from apps.rounds.forms import MissForm, StopForms
from apps.rounds.models import Round, Stop
from apps.rounds.selectors import next_stop, rounds_to_drive, rounds_with_stops, stops_with_goods
from apps.rounds.states import RoundStatus, StopStatus


@reads
def drive_day(request: StaffRequest) -> HttpResponse:
    """Show the rounds that this person may drive today; a single one opens at once."""
    require(abilities(request.actor), "drive")
    found = list(rounds_to_drive(request.actor, day=clock.today()))
    if len(found) == 1:
        return HttpResponseRedirect(reverse("rounds_drive_round", kwargs={"pk": found[0].pk}))
    return render(request, "rounds/drive_day.html", {"rounds": found, "today": clock.today()})


@reads
def drive_round(request: StaffRequest, pk: Any) -> HttpResponse:
    """Show a round as its driver needs it: the next stop first."""
    planned = get_object_or_404(rounds_with_stops(), pk=pk)
    require(abilities(request.actor, planned), "collect")
    stops = list(planned.stops.all())
    done = sum(stop.status != StopStatus.WAITING for stop in stops)
    return render(
        request,
        "rounds/drive_round.html",
        {
            "round": planned,
            "stops": stops,
            "done": done,
            "next": next_stop(stops),
            "is_planned": planned.status == RoundStatus.PLANNED,
            "is_on_road": planned.status == RoundStatus.ON_THE_ROAD,
        },
    )


@writes
def drive_stop(request: StaffRequest, pk: Any) -> HttpResponse:
    """Record what a stop gave, then go to the next one."""
    stop = _stop(request, pk)
    if stop.status != StopStatus.WAITING:
        return _go_on(request, stop)
    forms = StopForms(stop, request.POST if request.method == "POST" else None)
    if request.method == "POST" and forms.is_valid():
        try:
            services.stop_collect(request.actor, stop=stop, weights=forms.found(), **forms.stop.cleaned_data)
        except (Forbidden, StopDone):
            raise
        except DomainError as error:
            forms.refuse(error)
        else:
            messages.success(request, _("%(donor)s: recorded.") % {"donor": stop.offer.donor})
            return _go_on(request, stop)
    status = 422 if forms.failed else 200
    return render(request, "rounds/drive_stop.html", {"stop": stop, "forms": forms}, status=status)


@writes
def drive_miss(request: StaffRequest, pk: Any) -> HttpResponse:
    """Record that a stop gave nothing, and why."""
    stop = _stop(request, pk)
    if stop.status != StopStatus.WAITING:
        return _go_on(request, stop)
    form = MissForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            services.stop_miss(request.actor, stop=stop, **form.cleaned_data)
        except (Forbidden, StopDone):
            raise
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("%(donor)s: nothing taken.") % {"donor": stop.offer.donor})
            return _go_on(request, stop)
    status = 422 if form.errors else 200
    return render(request, "rounds/drive_miss.html", {"stop": stop, "form": form}, status=status)


def _stop(request: StaffRequest, pk: Any) -> Stop:
    """Return the stop, if this person drives its round.

    Raises:
        Forbidden: they do not.
    """
    stop = get_object_or_404(stops_with_goods().filter(round__isnull=False), pk=pk)
    require(abilities(request.actor, stop), "collect")
    return stop


def _go_on(request: StaffRequest, stop: Stop) -> HttpResponse:
    """Lead to the next stop of the round, or back to the round when none waits."""
    planned = get_object_or_404(Round, pk=stop.round_id)
    following = next_stop(planned.stops.order_by("sequence", "pk"))
    if following is not None and planned.status == RoundStatus.ON_THE_ROAD and request.method == "POST":
        return HttpResponseRedirect(reverse("rounds_drive_stop", kwargs={"pk": following.pk}))
    return HttpResponseRedirect(reverse("rounds_drive_round", kwargs={"pk": planned.pk}))
