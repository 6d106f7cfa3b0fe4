"""What the operator does with a bank: each act has a page that says what it does, and asks."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Actor, require
from apps.kernel.doors import StaffRequest, reads, writes
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.kernel.forms import add_refusal
from apps.kernel.pages import RecordAct, RecordCreate
from tenants.outbox.selectors import parked_rows
from tenants.outbox.services import row_discard, row_retry
from tenants.registry.abilities import abilities
from tenants.registry.forms import DiscardForm, NamedForm, NewBankForm, ReasonForm, RenameForm, SuspendForm
from tenants.registry.models import FoodBank
from tenants.registry.renaming import bank_rename
from tenants.registry.selectors import all_banks
from tenants.registry.services import NewBank, bank_move, bank_register
from tenants.registry.states import BankKind, BankStatus, StepKind
from tenants.registry.steps import step_ask
from tenants.registry.views.words import ACT_LABELS, ACT_LEADS

Perform = Callable[[Actor, FoodBank, dict[str, Any]], Any]
GRAVE: Final = frozenset({"suspend", "archive", "erase"})
"""Acts that take a bank away from its people."""


def _moving(to: BankStatus) -> Perform:
    return lambda actor, bank, data: bank_move(actor, bank=bank, to=to, reason=data.get("reason", ""))


def _asking(kind: StepKind) -> Perform:
    return lambda actor, bank, data: step_ask(actor, bank=bank, kind=kind, reason=data.get("reason", ""))


def _renaming(actor: Actor, bank: FoodBank, data: dict[str, Any]) -> FoodBank:
    return bank_rename(actor, bank=bank, slug=data["slug"], reason=data["reason"])


PERFORM: Final[dict[str, tuple[type[forms.Form], Perform]]] = {
    "provision": (ReasonForm, _asking(StepKind.PROVISION)),
    "activate": (ReasonForm, _moving(BankStatus.ACTIVE)),
    "resume": (ReasonForm, _moving(BankStatus.ACTIVE)),
    "restore": (ReasonForm, _moving(BankStatus.SUSPENDED)),
    "export": (ReasonForm, _asking(StepKind.EXPORT)),
    "rename": (RenameForm, _renaming),
    "suspend": (SuspendForm, _moving(BankStatus.SUSPENDED)),
    "archive": (NamedForm, _asking(StepKind.ARCHIVE)),
    "erase": (NamedForm, _asking(StepKind.ERASE)),
}


class BankOpen(RecordCreate[FoodBank]):
    """Registers a bank and has its space built in the background."""

    model = FoodBank
    urls = "operator_bank"
    abilities = staticmethod(abilities)
    verb = "open"
    form_class = NewBankForm
    title = submit = _("Open a food bank")
    lead = _("Its space is built in the background; it takes a second or two.")
    success = _("%(record)s: being opened.")

    def perform(self, form: forms.BaseForm) -> FoodBank:
        """Register the bank and ask for its space."""
        assert isinstance(form, NewBankForm)  # noqa: S101
        data = form.cleaned_data
        new = NewBank(
            name=data["name"],
            slug=data["slug"],
            kind=BankKind(data["kind"]),
            parent=data["parent"],
            departments=data["departments"],
            address=form.address,
        )
        bank = bank_register(self.request.actor, new=new)
        if bank.status == BankStatus.PROVISIONING:
            params = {"activate": data["activate"]}
            step_ask(self.request.actor, bank=bank, kind=StepKind.PROVISION, params=params)
        return bank


class BankAct(RecordAct[FoodBank]):
    """One act on one bank, named by the address."""

    model = FoodBank
    urls = "operator_bank"
    abilities = staticmethod(abilities)

    @property
    def success(self) -> Any:  # type: ignore[override]
        """What is said once it is done, or asked for."""
        return _("%(record)s: asked for.") if self.act in StepKind.values else _("%(record)s: done.")

    @property
    def act(self) -> str:
        """The verb of the address.

        Raises:
            Http404: there is no such act.
        """
        verb = str(self.kwargs["act"])
        if verb not in PERFORM:
            raise Http404
        return verb

    @property
    def verb(self) -> str:  # type: ignore[override]
        """The verb that the person needs with this bank now."""
        return self.act

    @property
    def title(self) -> str:  # type: ignore[override]
        """What is about to be done, and to whom."""
        return f"{ACT_LABELS[self.act]}{_(': ')}{self.record}"

    @property
    def submit(self) -> Any:  # type: ignore[override]
        """The button."""
        return ACT_LABELS[self.act]

    @property
    def is_grave(self) -> bool:  # type: ignore[override]
        """Whether it takes the bank away from its people."""
        return self.act in GRAVE

    @property
    def lead(self) -> Any:  # type: ignore[override]
        """What will happen."""
        return ACT_LEADS[self.act]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say to the operator that the bank's state has changed; refuse everybody else.

        Raises:
            Conflict: in its present state the bank does not take this act.
            Forbidden: only the operator.
        """
        require(self.allowed, "view")
        if self.act not in self.allowed:
            raise Conflict(_("This bank has just been changed by somebody else."))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: StaffRequest, pk: Any, act: str) -> HttpResponse:  # type: ignore[override]
        """Show the form."""
        return super().get(request, pk)

    def post(self, request: StaffRequest, pk: Any, act: str) -> HttpResponse:  # type: ignore[override]
        """Perform the act."""
        return super().post(request, pk)

    def records(self) -> QuerySet[FoodBank]:
        """Return every member there ever was."""
        return all_banks()

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the act's form; a grave one asks for the bank's name."""
        kind = PERFORM[self.act][0]
        if issubclass(kind, NamedForm):
            return kind(data, label_suffix="", slug=self.record.slug)
        return kind(data, label_suffix="")

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Show the form, with the bank as the way back."""
        return super().page(status=status, template=template, **{**context, "list_label": self.record.name})

    def perform(self, form: forms.BaseForm) -> FoodBank:
        """Do it; returns the bank."""
        PERFORM[self.act][1](self.request.actor, self.record, form.cleaned_data)
        return self.record


@reads
def outbox(request: StaffRequest) -> HttpResponse:
    """List the work that failed too often and waits for a person.

    Raises:
        Forbidden: only the operator.
    """
    require(abilities(request.actor), "outbox")
    rows = list(parked_rows()[:200])
    names = {bank.pk: bank for bank in FoodBank.objects.filter(pk__in={row.bank_id for row in rows})}
    lines = [{"row": row, "bank": names.get(row.bank_id)} for row in rows]
    return render(request, "operator/outbox.html", {"lines": lines})


@writes
def outbox_retry(request: StaffRequest, row_id: int) -> HttpResponse:
    """Have a row tried again, on POST.

    Raises:
        Forbidden: only the operator.
        Conflict: somebody dealt with it.
    """
    require(abilities(request.actor), "outbox")
    if request.method == "POST":
        row_retry(request.actor, row_id=row_id)
        messages.success(request, _("It will be tried again."))
    return HttpResponseRedirect(reverse("operator_outbox"))


@writes
def outbox_discard(request: StaffRequest, row_id: int) -> HttpResponse:
    """Ask why a row is given up, and give it up.

    Raises:
        Forbidden: only the operator.
        Http404: the row is not set aside any more.
    """
    require(abilities(request.actor), "outbox")
    row = get_object_or_404(parked_rows(), pk=row_id)
    form = DiscardForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            row_discard(request.actor, row_id=row_id, reason=form.cleaned_data["reason"])
        except Forbidden:
            raise
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Given up."))
            return HttpResponseRedirect(reverse("operator_outbox"))
    shown = {
        "title": _("Give this work up?"),
        "lead": f"{row.fact} → {row.handler}",
        "form": form,
        "submit": _("Give up"),
        "is_grave": True,
        "back_url": reverse("operator_outbox"),
        "list_label": _("Work set aside"),
    }
    return render(request, "records/form.html", shown, status=422 if form.errors else 200)
