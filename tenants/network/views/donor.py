"""Pages of donors: give food without an account, follow the offer, take it back."""

import datetime as dt
from typing import cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.doors import reads, writes
from apps.kernel.errors import DomainError
from apps.kernel.forms import add_refusal
from apps.offers.services import Place
from tenants.isolation.throttle import address_of, count
from tenants.network import rules
from tenants.network.abilities import donor_actor
from tenants.network.forms import BaseGoodsFormSet, GiveForm, GoodsFormSet, PickUpForm
from tenants.network.letters import offer_links_send
from tenants.network.links import account_behind, declaration_word
from tenants.network.models import DonorAccount, NetworkOffer
from tenants.network.selectors import offer_followed, zone_of
from tenants.network.services import donor_account_ensure, offer_publish, offer_withdraw
from tenants.network.states import UNDER_WAY, StepState
from tenants.network.words import state_chip

ANYBODY = Actor(id=None, label="")
ABOUT_THE_DONOR = ("name", "kind", "contact_name", "phone", "email", "address", "city", "department")


@login_not_required
@writes
def offer_give(request: HttpRequest, word: str = "") -> HttpResponse:
    """Show the form and publish what it says; a signed link already knows who and where.

    Raises:
        Http404: the link is false, too old or revoked.
        TooMany: this donor, or this address, sent too many.
    """
    account = account_behind(word) if word else None
    if word and account is None:
        raise Http404
    form_class = GiveForm if account is None else PickUpForm
    data = request.POST or None
    form = form_class(data, initial=_initial(account, request), label_suffix="")
    goods = cast("BaseGoodsFormSet", GoodsFormSet(data, prefix="goods", form_kwargs={"label_suffix": ""}))
    if request.method == "POST":
        count("give-address", address_of(request))
    if request.method == "POST" and form.is_valid() and goods.is_valid():
        count("give-person", account.pk if account else form.cleaned_data["email"].lower())
        offer = _published(form, goods, account)
        if offer is not None:
            _send_links(request, offer)
            return HttpResponseRedirect(reverse("network_offer_status", args=[offer.public_token]))
    context = {"form": form, "goods": goods, "account": account}
    return render(request, "network/give.html", context, status=422 if request.method == "POST" else 200)


@login_not_required
@reads
def offer_status(request: HttpRequest, token: str) -> HttpResponse:
    """Show where an offer stands now, to whoever holds its secret address."""
    return render(request, "network/offer_status.html", _status(offer_followed(token)))


@login_not_required
@writes
def offer_take_back(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more, then take the offer back."""
    offer = offer_followed(token)
    if request.method == "POST":
        offer_withdraw(donor_actor(offer.donor_account), offer=offer)
        messages.success(request, _("Your offer is withdrawn."))
        return HttpResponseRedirect(reverse("network_offer_status", args=[token]))
    return render(request, "network/offer_withdraw.html", _status(offer))


def _initial(account: DonorAccount | None, request: HttpRequest) -> dict[str, object]:
    """Return what the form proposes: the donor's place, and the next usual slot."""
    opens, until = rules.next_slot(clock.local(clock.now()))
    slot = {"day": opens.date(), "opens": opens.time(), "until": until.time()}
    if account is None:
        return {"department": request.GET.get("department", ""), **slot}
    return {"address": account.address, "city": account.city, "department": account.department, **slot}


def _published(
    form: PickUpForm, goods: BaseGoodsFormSet, account: DonorAccount | None
) -> NetworkOffer | None:
    """Publish valid forms; a refusal goes back to its field."""
    data = form.cleaned_data
    zone = zone_of(data["department"])
    if not goods.refuse_past(clock.now().astimezone(zone).date()):
        return None
    try:
        account = account or donor_account_ensure(ANYBODY, **{name: data[name] for name in ABOUT_THE_DONOR})
        return offer_publish(
            donor_actor(account),
            op_key=data["op_key"],
            account=account,
            place=Place(address=data["address"], city=data["city"], department=data["department"]),
            pickup_from=_at(data["day"], data["opens"], zone),
            pickup_until=_at(data["day"], data["until"], zone),
            lines=goods.lines(),
            comment=data["comment"],
        )
    except DomainError as error:
        add_refusal(form, error)
        return None


def _at(day: dt.date, hour: dt.time, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, hour, tzinfo=zone)


def _send_links(request: HttpRequest, offer: NetworkOffer) -> None:
    follow = reverse("network_offer_status", args=[offer.public_token])
    declare = reverse("network_offer_declare", args=[declaration_word(offer.donor_account)])
    offer_links_send(
        offer,
        follow_url=request.build_absolute_uri(follow),
        declare_url=request.build_absolute_uri(declare),
    )


def _status(offer: NetworkOffer) -> dict[str, object]:
    """Return what a donor sees: who was asked and who takes it, never why a bank declined."""
    steps = list(offer.steps.all())
    zone = zone_of(offer.department)
    days = {moment.astimezone(zone).date() for moment in (offer.pickup_from, offer.pickup_until)}
    return {
        "offer": offer,
        "state": state_chip(offer),
        "steps": [{"step": step, "state": state_chip(step)} for step in steps],
        "asked": next((step for step in steps if step.state == StepState.ASKED), None),
        "takers": [step for step in steps if step.accepted_grams],
        "is_open": offer.status in UNDER_WAY,
        "zone": str(zone),
        "is_one_day": len(days) == 1,
    }
