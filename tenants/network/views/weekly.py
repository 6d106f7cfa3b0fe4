"""Pages behind a donor's own word: what it offers every week, and what it gave so far."""

import datetime as dt
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.kernel import clock
from apps.kernel.doors import reads, writes
from apps.kernel.errors import DomainError
from apps.kernel.forms import add_refusal
from apps.kernel.tables import Column, Kind, csv_response
from apps.offers.services import Place
from tenants.accounts.addresses import entry_of
from tenants.isolation.throttle import address_of, count
from tenants.network.abilities import donor_actor
from tenants.network.given import SHOWN, offers_given, sum_given
from tenants.network.links import GIVEN, account_behind, declaration_word
from tenants.network.models import DonorAccount, NetworkOffer
from tenants.network.recurring import recurrences_of
from tenants.network.services import (
    recurrence_end,
    recurrence_make,
    recurrence_pause,
    recurrence_resume,
)
from tenants.network.views.donor import link_gone, withheld
from tenants.network.weekly_forms import WeeklyActForm, WeeklyForm
from tenants.network.words import state_chip

ACTS: Final = {
    "pause": (recurrence_pause, gettext_lazy("Paused: nothing more is offered until it goes on.")),
    "resume": (recurrence_resume, gettext_lazy("It goes on.")),
    "end": (recurrence_end, gettext_lazy("It is over.")),
}

PASSED: Final = ("op_key", "weekday", "opens", "until", "life_days", "active_from", "active_until")
"""Fields of the form that the service takes as they are."""


def _goods(offer: NetworkOffer) -> str:
    return ", ".join(line.label for line in offer.lines.all())


COLUMNS: Final = (
    Column(label=gettext_lazy("Offer"), value="number"),
    Column(label=gettext_lazy("Day"), value="created_at", kind=Kind.DAY),
    Column(label=gettext_lazy("Goods"), value=_goods),
    Column(label=gettext_lazy("Offered"), value="offered_grams", kind=Kind.KG),
    Column(label=gettext_lazy("Taken"), value="accepted_grams", kind=Kind.KG),
    Column(label=gettext_lazy("State"), value=state_chip),
)


@login_not_required
@withheld
@writes
def weekly(request: HttpRequest, word: str) -> HttpResponse:
    """Show what a donor offers every week, and take one more.

    Raises:
        TooMany: this donor, or this address, sent too many.
    """
    account = account_behind(word, purpose=GIVEN)
    if account is None:
        return link_gone(request)
    form = WeeklyForm(request.POST or None, initial=_initial(account), label_suffix="")
    if request.method == "POST":
        count("give-address", address_of(request))
        count("give-person", account.pk)
    if request.method == "POST" and form.is_valid() and _made(form, account, request):
        messages.success(request, _("Noted. Each time you get a letter the day before."))
        return HttpResponseRedirect(reverse("network_weekly", args=[word]))
    rows = [{"one": one, "weekday": WEEKDAYS[one.weekday]} for one in recurrences_of(account)]
    context = {"form": form, "account": account, "rows": rows, "word": word}
    return render(request, "network/weekly.html", context, status=422 if form.errors else 200)


@login_not_required
@withheld
@require_POST
@writes
def weekly_act(request: HttpRequest, word: str) -> HttpResponse:
    """Pause, resume or end a weekly gift of the donor behind the link.

    Raises:
        Http404: the link is over, or no such gift is this donor's.
        TooMany: this address sent too many.
    """
    account, form = account_behind(word, purpose=GIVEN), WeeklyActForm(request.POST)
    count("give-address", address_of(request))
    if account is None or not form.is_valid():
        raise Http404
    mine = {one.pk: one for one in recurrences_of(account)}
    recurrence = mine.get(form.cleaned_data["pk"])
    if recurrence is None:
        raise Http404
    act, said = ACTS[form.cleaned_data["act"]]
    act(donor_actor(account), recurrence=recurrence)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("network_weekly", args=[word]))


@login_not_required
@withheld
@reads
def given(request: HttpRequest, word: str) -> HttpResponse:
    """Show what a donor gave so far and what became of it; ``?format=csv`` gives the whole as a file."""
    account = account_behind(word, purpose=GIVEN)
    if account is None:
        return link_gone(request)
    if request.GET.get("format") == "csv":
        return csv_response(COLUMNS, offers_given(account.pk), name="offers")
    rows = [
        {"offer": offer, "goods": _goods(offer), "state": state_chip(offer)}
        for offer in offers_given(account.pk, most=SHOWN)
    ]
    total = sum_given(account.pk)
    context = {
        "account": account,
        "word": word,
        "declaration": declaration_word(account),
        "rows": rows,
        "total": total,
        "is_cut": total.offers > len(rows),
    }
    return render(request, "network/given.html", context)


def _initial(account: DonorAccount) -> dict[str, object]:
    """Return what the form proposes: the donor's place, from tomorrow on."""
    place = {name: getattr(account, name) for name in ("address", "city", "department")}
    tomorrow = clock.today() + dt.timedelta(days=1)
    return place | {"active_from": tomorrow, "opens": "08:00", "until": "09:00"}


def _made(form: WeeklyForm, account: DonorAccount, request: HttpRequest) -> bool:
    """Make the weekly gift of a valid form; a refusal goes back to its field."""
    data = form.cleaned_data
    try:
        recurrence_make(
            donor_actor(account),
            account=account,
            place=Place(address=data["address"], city=data["city"], department=data["department"]),
            line=form.line(),
            entry=entry_of(request),
            **{name: data[name] for name in PASSED},
        )
    except DomainError as error:
        add_refusal(form, error)
        return False
    return True
