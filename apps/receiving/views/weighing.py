"""The scale of a national collection: choose the shop, type what it shows, next; undo the last one."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.kernel.abilities import require
from apps.kernel.doors import StaffRequest, reads, writes
from apps.kernel.errors import DomainError, Forbidden
from apps.kernel.forms import add_refusal
from apps.kernel.quantity import format_kg
from apps.receiving import services
from apps.receiving.abilities import collecting_abilities
from apps.receiving.forms import WeighingForm
from apps.receiving.models import CollectionShop, NationalCollection, Weighing
from apps.receiving.selectors import collections_listed, shop_of, shops_of, weighings_of

LAST_SHOWN: Final = 8
"""Weighings of the shop that stay in sight under the scale."""


@reads
def weigh_shops(request: StaffRequest, pk: Any) -> HttpResponse:
    """Show the shops of a collection: one tap leads to the scale."""
    collection = get_object_or_404(collections_listed().filter(archived_at__isnull=True), pk=pk)
    require(collecting_abilities(request.actor, collection), "weigh")
    shown = {"collection": collection, "shops": shops_of(collection)}
    return render(request, "receiving/weigh_shops.html", shown)


@writes
def weigh_shop(request: StaffRequest, pk: Any) -> HttpResponse:
    """Record what the scale shows for a shop, and stay there for the next one."""
    shop = get_object_or_404(_open_shops(), pk=pk)
    require(collecting_abilities(request.actor, shop), "weigh")
    if request.method != "POST":
        return _scale(request, shop, WeighingForm(initial=request.GET.dict(), label_suffix=""))
    form = WeighingForm(request.POST, label_suffix="")
    if form.is_valid():
        try:
            weighing = services.weighing_record(request.actor, shop=shop, **form.cleaned_data)
        except Forbidden:
            raise
        except DomainError as error:
            add_refusal(form, error)
        else:
            return _next(request, shop, weighing)
    return _scale(request, shop, form, status=422)


def _open_shops() -> Any:
    return CollectionShop.objects.select_related("collection").filter(collection__archived_at__isnull=True)


def _next(request: StaffRequest, shop: CollectionShop, weighing: Weighing) -> HttpResponse:
    """Say what was recorded, with its undo, and offer the scale again with the same container."""
    undo = reverse("receiving_weighing_undo", args=[weighing.pk])
    said = _("%(weight)s recorded for %(shop)s.") % {"weight": format_kg(weighing.grams), "shop": shop}
    messages.success(request, said, extra_tags=f"undo:{undo}")
    kept = {"container": weighing.container_id or "", "container_count": weighing.container_count or 1}
    return HttpResponseRedirect(f"{reverse('receiving_shop_weigh', args=[shop.pk])}?{urlencode(kept)}")


def _scale(
    request: StaffRequest, shop: CollectionShop, form: WeighingForm, *, status: int = 200
) -> HttpResponse:
    shown = {"shop": shop_of(shop), "form": form, "weighings": weighings_of(shop, most=LAST_SHOWN)}
    return render(request, "receiving/weigh_shop.html", shown, status=status)


@writes
def weighing_undo(request: StaffRequest, pk: Any) -> HttpResponse:
    """Take a weighing back and return to the scale; GET shows what it would take back."""
    weighing = get_object_or_404(Weighing.objects.select_related("shop__collection", "container"), pk=pk)
    require(collecting_abilities(request.actor, weighing), "weigh")
    back = reverse("receiving_shop_weigh", args=[weighing.shop_id])
    if request.method != "POST":
        shown = {"weighing": weighing, "back": back}
        return render(request, "receiving/weighing_undo.html", shown)
    services.weighing_undo(request.actor, weighing=weighing)
    undone = {"weight": format_kg(weighing.grams), "shop": weighing.shop}
    messages.success(request, _("%(weight)s taken back from %(shop)s.") % undone)
    return HttpResponseRedirect(_home(weighing.shop.collection, back))


def _home(collection: NationalCollection, scale: str) -> str:
    """Return the scale while the collection is open, else its sheet."""
    return reverse("receiving_collection_detail", args=[collection.pk]) if collection.is_archived else scale
