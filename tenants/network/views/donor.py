"""Pages of donors: give food without an account, follow the offer, take it back."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.doors import reads, writes
from apps.kernel.errors import DomainError
from apps.kernel.forms import add_refusal
from apps.offers.services import Place
from tenants.accounts.addresses import Entry, entry_of
from tenants.isolation.throttle import address_of, count
from tenants.network import rules
from tenants.network.abilities import donor_actor
from tenants.network.advice import CARES, RULES
from tenants.network.forms import BaseGoodsFormSet, GiveForm, GoodsFormSet, LinkAskForm, PickUpForm
from tenants.network.givable import cares_of
from tenants.network.given import goods_again, last_offer_of
from tenants.network.links import GIVEN, account_behind
from tenants.network.models import DonorAccount, NetworkOffer
from tenants.network.needs import needs_for_donors
from tenants.network.offering import goods_of
from tenants.network.selectors import families_at_hand, offer_followed, zone_of
from tenants.network.services import (
    donor_account_ensure,
    link_ask,
    link_used,
    offer_publish,
    offer_withdraw,
)
from tenants.network.states import UNDER_WAY, StepState
from tenants.network.words import state_chip

View = Callable[..., HttpResponse]

ANYBODY = Actor(id=None, label="")
ABOUT_THE_DONOR = ("name", "kind", "contact_name", "phone", "email", "address", "city", "department")


def withheld(view: View) -> View:
    """Keep an address that is a secret out of search engines, of caches and of what other sites are told.

    Only the name of our site is ever told as where a visitor comes from. Not even that would be safer and
    would not work: the browser then hides it from our own forms, which refuse what comes from nowhere.
    """

    @wraps(view)
    def keeping(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Cache-Control"] = "private, no-store"
        return response

    return keeping


@login_not_required
@withheld
@writes
def offer_give(request: HttpRequest, word: str = "") -> HttpResponse:
    """Show the form and publish what it says; a signed link already knows who and where.

    A link that is false, too old or revoked says so, and how to get another one. What is sent through a link
    that died meanwhile is not lost: the page asks who gives it, as of anybody.

    Raises:
        TooMany: this donor, or this address, sent too many.
    """
    account = account_behind(word) if word else None
    if word and account is None and request.method != "POST":
        return link_gone(request)
    form_class = GiveForm if account is None else PickUpForm
    data = request.POST or None
    again = _again(account, request)
    form = form_class(data, initial=_initial(account, again, request), label_suffix="")
    goods = cast(
        "BaseGoodsFormSet",
        GoodsFormSet(data, prefix="goods", initial=goods_again(again), form_kwargs={"label_suffix": ""}),
    )
    if request.method == "POST":
        count("give-address", address_of(request))
    if request.method == "POST" and form.is_valid() and goods.is_valid():
        count("give-person", account.pk if account else form.cleaned_data["email"].lower())
        offer = _published(form, goods, account, entry=entry_of(request))
        if offer is not None:
            if account is not None:
                link_used(account)
            return HttpResponseRedirect(reverse("network_offer_status", args=[offer.public_token]))
    context = {
        "form": form,
        "goods": goods,
        "account": account,
        "is_link_over": bool(word) and account is None,
        "needs": needs_for_donors(),
        "rules": RULES,
        "is_again": again is not None,
        "draft": account.pk if account else "new",
        **_at_hand(account),
    }
    return render(request, "network/give.html", context, status=422 if request.method == "POST" else 200)


@login_not_required
@writes
def link_request(request: HttpRequest) -> HttpResponse:
    """Have a donor's own link sent to the address on file; the answer is the same for an unknown address.

    Raises:
        TooMany: this address, or whoever asks, asked too often.
    """
    form = LinkAskForm(request.POST or None, label_suffix="")
    if request.method == "POST":
        count("give-address", address_of(request))
        if form.is_valid():
            link_ask(email=form.cleaned_data["email"], entry=entry_of(request))
            messages.success(
                request,
                _("If food was ever given under this address, its link is on its way. Look in your mailbox."),
            )
            return HttpResponseRedirect(reverse("network_link_ask"))
    return render(request, "network/link_ask.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@withheld
@reads
def offer_status(request: HttpRequest, token: str) -> HttpResponse:
    """Show where an offer stands now, to whoever holds its secret address."""
    return render(request, "network/offer_status.html", _status(offer_followed(token)))


@login_not_required
@withheld
@writes
def offer_take_back(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more, then take the offer back."""
    offer = offer_followed(token)
    if request.method == "POST":
        offer_withdraw(donor_actor(offer.donor_account), offer=offer)
        messages.success(request, _("Your offer is withdrawn."))
        return HttpResponseRedirect(reverse("network_offer_status", args=[token]))
    return render(request, "network/offer_withdraw.html", _status(offer))


def link_gone(request: HttpRequest) -> HttpResponse:
    """Say that a link opens nothing any more, and how to go on; nothing is said of whose it was."""
    context = {"form": LinkAskForm(label_suffix=""), "is_gone": True}
    return render(request, "network/link_ask.html", context, status=410)


def _again(account: DonorAccount | None, request: HttpRequest) -> NetworkOffer | None:
    """Return the last offer of a donor who repeats it by its own word: the link on a wall shows none."""
    word = request.GET.get("again", "") if account and request.method != "POST" else ""
    own = account_behind(word, purpose=GIVEN) if word else None
    return last_offer_of(own) if own is not None and own == account else None


def _initial(
    account: DonorAccount | None, again: NetworkOffer | None, request: HttpRequest
) -> dict[str, object]:
    """Return what the form proposes: the donor's place, the terms of last time, and the next usual slot."""
    opens, until = rules.next_slot(clock.local(clock.now()))
    slot = {"day": opens.date(), "opens": opens.time(), "until": until.time()}
    if account is None:
        return {"department": request.GET.get("department", ""), **slot}
    place = again or account
    terms = {"terms": again.kind} if again else {}
    return {name: getattr(place, name) for name in ("address", "city", "department")} | slot | terms


def _at_hand(account: DonorAccount | None) -> dict[str, object]:
    """Return what one tap chooses: kinds of food, weights, dates."""
    today = clock.today()
    days = [
        (_("Today"), 0),
        (_("Tomorrow"), 1),
        (_("In 3 days"), 3),
        (_("In a week"), 7),
        (_("In a month"), 30),
    ]
    return {
        "usual": families_at_hand(account),
        "weights": [(f"{kg} kg", kg) for kg in (5, 10, 20, 50, 100, 200)],
        "dates": [(words, f"{today + dt.timedelta(days=after):%Y-%m-%d}") for words, after in days],
    }


def _published(
    form: PickUpForm, goods: BaseGoodsFormSet, account: DonorAccount | None, *, entry: Entry
) -> NetworkOffer | None:
    """Publish valid forms; a refusal goes back to its field."""
    data = form.cleaned_data
    zone = zone_of(data["department"])
    opens = _at(data["day"], data["opens"], zone)
    if not goods.refuse_goods(on=max(data["day"], clock.now().astimezone(zone).date()), terms=data["terms"]):
        return None
    try:
        account = account or donor_account_ensure(ANYBODY, **{name: data[name] for name in ABOUT_THE_DONOR})
        return offer_publish(
            donor_actor(account),
            op_key=data["op_key"],
            account=account,
            place=Place(address=data["address"], city=data["city"], department=data["department"]),
            pickup_from=opens,
            pickup_until=_at(data["day"], data["until"], zone),
            lines=goods.lines(),
            kind=data["terms"],
            comment=data["comment"],
            entry=entry,
        )
    except DomainError as error:
        add_refusal(form, error)
        return None


def _at(day: dt.date, hour: dt.time, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, hour, tzinfo=zone)


def _status(offer: NetworkOffer) -> dict[str, object]:
    """Return what a donor sees: who was asked and who takes it, never why a bank declined."""
    steps = list(offer.steps.all())
    zone = zone_of(offer.department)
    opens = offer.pickup_from.astimezone(zone).date()
    return {
        "offer": offer,
        "state": state_chip(offer),
        "steps": [{"step": step, "state": state_chip(step)} for step in steps],
        "asked": [step for step in steps if step.state == StepState.ASKED],
        "takers": [step for step in steps if step.accepted_grams],
        "is_open": offer.status in UNDER_WAY,
        "zone": str(zone),
        "is_one_day": opens == offer.pickup_until.astimezone(zone).date(),
        "lines": [
            {"line": line, "cares": [CARES[care] for care in cares_of(goods_of(line), on=opens)]}
            for line in offer.lines.all()
        ],
    }
