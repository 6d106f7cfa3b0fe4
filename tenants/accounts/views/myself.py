"""One's own name, language and address; leaving a bank."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from apps.kernel.abilities import Role
from apps.kernel.doors import StaffRequest, writes
from apps.kernel.errors import DomainError
from apps.kernel.forms import add_refusal
from tenants.accounts.codes import code_send, code_use, is_waited_for
from tenants.accounts.errors import RoleChanged
from tenants.accounts.forms import CodeForm, IdentityForm, NewAddressForm
from tenants.accounts.hats import hat_leave
from tenants.accounts.models import ROLE_LABELS, Membership, User
from tenants.accounts.services import address_change, identity_change, require_free_address
from tenants.accounts.signing_in.confirmation import confirmed

ADDRESS = "address"
MAIL = "accounts/mail/address_code"


@writes
def identity(request: HttpRequest) -> HttpResponseBase:
    """Change one's name and the language one reads, which wins over the browser's."""
    user = _me(request)
    initial = {"full_name": user.full_name, "language": user.language or None}
    form = IdentityForm(request.POST or None, initial=initial, label_suffix="")
    if request.method == "POST" and form.is_valid():
        identity_change(user=user, bank=getattr(request, "bank", None), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("account_hub")
    return _form(request, form, title=_("My name and language"), submit=_("Save"))


@confirmed
@writes
def address(request: HttpRequest) -> HttpResponseBase:
    """Change the address one signs in with: a code is sent to the new one first."""
    user = _me(request)
    form = NewAddressForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            email = require_free_address(user=user, email=form.cleaned_data["email"])
            code_send(
                request, about=ADDRESS, email=email, language=user.language, mail=MAIL, context={"user": user}
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("account_address_code")
    lead = _("You sign in with %(email)s today.") % {"email": user.email}
    return _form(request, form, title=_("Change my e-mail address"), lead=lead, submit=_("Send me a code"))


@confirmed
@writes
def address_code(request: HttpRequest) -> HttpResponseBase:
    """Take the code that was sent to the new address, and change it."""
    user, email = _me(request), is_waited_for(request, about=ADDRESS)
    if not email:
        return redirect("account_address")
    form = CodeForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            code = form.cleaned_data["code"]
            proved = code_use(request, about=ADDRESS, code=code)
            address_change(user=user, email=proved, bank=getattr(request, "bank", None))
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("You now sign in with %(email)s.") % {"email": user.email})
            return redirect("account_hub")
    lead = _("We sent a code to %(email)s. Look among unwanted mail too.") % {"email": email}
    return _form(request, form, title=_("Write the code"), lead=lead, submit=_("Change my address"))


@writes
def leave(request: StaffRequest, hat_id: UUID) -> HttpResponseBase:
    """Ask once more, then give one's own role back.

    Raises:
        Http404: it is somebody else's, or of another place.
        RoleChanged: it has ended.
    """
    hat = _mine(request, hat_id)
    if request.method == "POST":
        hat_leave(request.actor, place=request.bank, hat_id=hat_id)
        messages.success(request, _("You have given back the role “%(role)s”.") % {"role": hat})
        return redirect("home")
    return render(request, "accounts/leave.html", {"role": hat, "place": request.bank})


def _mine(request: StaffRequest, hat_id: UUID) -> Any:
    """Return the name of one's own role here.

    Raises:
        Http404: it is somebody else's, or of another place.
        RoleChanged: it has ended.
    """
    if request.bank is None and request.actor.is_any(Role.OPERATOR) and hat_id == request.actor.id:
        return ROLE_LABELS[Role.OPERATOR]
    hats = cast("list[Membership]", getattr(request, "hats", []))
    mine = next(
        (hat for hat in hats if hat.pk == hat_id and hat.bank_id == getattr(request.bank, "pk", None)), None
    )
    if mine is None:
        get_object_or_404(Membership, pk=hat_id, user=request.user, bank=request.bank)
        raise RoleChanged
    return mine.get_role_display()


def _me(request: HttpRequest) -> User:
    return cast("User", request.user)


def _form(request: HttpRequest, form: Any, *, title: str, submit: str, lead: str = "") -> HttpResponse:
    """Show a form about oneself, with the hub as the way back."""
    shown = {"form": form, "title": title, "submit": submit, "lead": lead}
    return render(request, "accounts/own_form.html", shown, status=422 if form.errors else 200)
