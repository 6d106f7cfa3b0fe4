"""Pages of a charity: recalls of what it received; and the page behind the link of the message."""

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_protect

from apps.kernel.abilities import Actor, require
from apps.kernel.doors import StaffRequest, writes
from apps.kernel.errors import DomainError
from apps.kernel.forms import add_refusal
from apps.kernel.pages import Column, Kind, RecordList, RecordPage
from apps.kernel.scope import current_scope
from apps.recalls.abilities import abilities
from apps.recalls.forms import AnswerForm
from apps.recalls.models import RecallReach
from apps.recalls.selectors import link_reach, reaches_of_charity, taken_by
from apps.recalls.services import reach_answer, reach_read
from apps.recalls.states import SETTLED, AnswerWay, ReachState
from apps.recalls.views.chips import reach_chip


class OwnPage(RecordPage[RecallReach]):
    """What the pages of a charity share: it only ever sees what itself was told."""

    model = RecallReach
    urls = "recalls_mine"
    verb = "view_own"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[RecallReach]:
        """Return what this person's charity was told."""
        return reaches_of_charity(self.request.actor)


class OwnList(OwnPage, RecordList[RecallReach]):
    """The recalls of what the charity received, newest first."""

    columns = (
        Column(label=gettext_lazy("Goods recalled"), value="case.title"),
        Column(label=gettext_lazy("Told"), value="told_at", kind=Kind.MOMENT, sort="told_at"),
        Column(label=gettext_lazy("You received"), value="served_grams", kind=Kind.KG, sort="served_grams"),
        Column(label=gettext_lazy("State"), value=reach_chip, sort="state"),
    )
    search_fields = ("case__title", "case__number")
    empty_text = gettext_lazy("Nothing of what you received was recalled so far.")


class OwnDetail(OwnPage):
    """One recall: which goods, how much, what to do, and the answer."""

    writing: ClassVar[bool] = True
    template_name = "recalls/mine.html"

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show what is recalled, and the form."""
        return self.page(**_shown(self.record, AnswerForm(initial=_known(self.record, request.actor.label))))

    def post(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Note that it was read, or take the answer."""
        require(self.allowed, "answer")
        form = _answered(request, self.record, request.actor, way=AnswerWay.PAGE)
        if form is None:
            return HttpResponseRedirect(self.url("detail", self.record))
        return self.page(status=422, **_shown(self.record, form))


@login_not_required
@csrf_protect
@writes
def answer_by_link(request: HttpRequest, word: str) -> HttpResponse:
    """Show and answer a recall by the link of the message; it opens this one page and signs nobody in.

    Opening the link changes nothing: programs that check mails open every link in them.
    """
    reach = link_reach(word)
    if reach is None:
        return render(request, "recalls/link_gone.html", status=404)
    form = AnswerForm(initial=_known(reach, ""))
    if request.method == "POST":
        actor = Actor(id=None, label=reach.partner.name, via=AnswerWay.LINK.value)
        refused = _answered(request, reach, actor, way=AnswerWay.LINK)
        if refused is None:
            return HttpResponseRedirect(reverse("recalls_answer", args=[word]))
        form = refused
    status = 422 if form.is_bound else 200
    return render(request, "recalls/link.html", _shown(reach, form), status=status)


def _answered(request: HttpRequest, reach: RecallReach, actor: Actor, *, way: AnswerWay) -> AnswerForm | None:
    """Do what was sent: note that it was read, or take the answer; returns the form that was refused."""
    if request.POST.get("act") == "read":
        reach_read(actor, reach=reach)
        return None
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            reach_answer(actor, reach=reach, way=way, **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Thank you: your answer is recorded. You can still correct it."))
            return None
    return form


def _known(reach: RecallReach, name: str) -> dict[str, Any]:
    """Return the first values of the form: the answer already given, or who is answering."""
    if reach.state != ReachState.ANSWERED:
        return {"answered_by": name}
    names = ("returned_grams", "destroyed_grams", "used_grams", "answered_by", "comment")
    return {field: getattr(reach, field) for field in names}


def _shown(reach: RecallReach, form: AnswerForm) -> dict[str, Any]:
    return {
        "reach": reach,
        "case": reach.case,
        "taken": taken_by(reach),
        "state": reach_chip(reach),
        "form": form,
        "bank": current_scope().bank_name,
        "is_waiting": reach.state == ReachState.WAITING,
        "is_settled": reach.state in SETTLED,
        "may_answer": reach.case.is_open,
    }
