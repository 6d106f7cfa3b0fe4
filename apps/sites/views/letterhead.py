"""The letterhead of the bank: who it is on its papers, how they look, and a sample while it is changed."""

import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.kernel.abilities import require
from apps.kernel.doors import StaffRequest, reads, writes
from apps.kernel.errors import DomainError, Forbidden
from apps.kernel.forms import add_refusal
from apps.kernel.pages import history_panel
from apps.sites.abilities import letterhead_abilities
from apps.sites.forms import LetterheadForm
from apps.sites.models import Letterhead
from apps.sites.papers import sample_png
from apps.sites.selectors import letterhead_now, logo_of
from apps.sites.services import letterhead_update


@writes
def letterhead(request: StaffRequest) -> HttpResponse:
    """Show and change the letterhead; "preview" shows a sample of what is typed and saves nothing."""
    current = letterhead_now()
    require(letterhead_abilities(request.actor, current), "edit")
    if request.method != "POST":
        return _page(request, current, LetterheadForm(instance=copy.copy(current)), sample="")
    form = LetterheadForm(request.POST, request.FILES, instance=copy.copy(current))
    if form.is_valid() and "preview" not in request.POST:
        try:
            letterhead_update(request.actor, **form.cleaned_data)
        except Forbidden:
            raise
        except (DomainError, ValidationError) as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The letterhead is changed for the papers to come."))
            return HttpResponseRedirect(reverse("sites_letterhead"))
    sample = _typed(form) if form.is_valid() else ""
    return _page(request, current, form, sample=sample, status=422 if form.errors else 200)


@reads
def letterhead_sample(request: StaffRequest) -> HttpResponse:
    """Send a picture of a paper under what is typed, as far as it is right, else under what is saved."""
    current = letterhead_now()
    require(letterhead_abilities(request.actor, current), "edit")
    form = LetterheadForm(request.GET, instance=copy.copy(current)) if request.GET else None
    shown = form.instance if form is not None and form.is_valid() else current
    return HttpResponse(
        sample_png(shown), content_type="image/png", headers={"Cache-Control": "private, no-store"}
    )


def _typed(form: LetterheadForm) -> str:
    """Return what is typed as the query of the sample's address, without keys and files."""
    query = QueryDict(mutable=True)
    query.update({name: str(form.cleaned_data[name]) for name in form.Meta.fields if name in form.fields})
    return query.urlencode()


def _page(
    request: StaffRequest, current: Letterhead, form: LetterheadForm, *, sample: str, status: int = 200
) -> HttpResponse:
    allowed = letterhead_abilities(request.actor, current)
    shown: dict[str, Any] = {
        "letterhead": current,
        "form": form,
        "sample": sample,
        "has_logo": logo_of(current) is not None,
        "history": history_panel(request, current) if "history" in allowed else None,
    }
    if not shown["has_logo"]:
        del form.fields["remove_logo"]
    return render(request, "sites/letterhead.html", shown, status=status)
