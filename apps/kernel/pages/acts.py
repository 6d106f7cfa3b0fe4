"""Forms of a record's file: create, change, act; refusals come back to their field."""

import copy
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import StaffRequest
from apps.kernel.errors import DomainError, Forbidden, Text
from apps.kernel.forms import add_refusal
from apps.kernel.pages.base import M, RecordPage


class FormPage(RecordPage[M]):
    """A form whose valid data go to a service; refusals come back to their field."""

    writing = True
    template_name = "records/form.html"
    form_class: type[forms.BaseForm]
    service: Callable[..., Any]
    title: Text = ""
    lead: Text = ""
    submit: Text = _("Save")
    is_grave: bool = False
    """Whether it takes something away: the button says so in its colour, the way back in its words."""
    success: Text = _("%(record)s: saved.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form, bound to what was sent."""
        return self.form_class(data, files, initial=self.initial(), label_suffix="")

    def initial(self) -> dict[str, Any]:
        """Return the first values of the form; by default those the URL gives by field name."""
        return self.request.GET.dict()

    def perform(self, form: forms.BaseForm) -> Any:
        """Call the service with the actor and the cleaned data; returns the record."""
        return self.service(self.request.actor, **form.cleaned_data)

    def success_url(self, record: M) -> str:
        """Return where to go once the act is done."""
        return self.url("detail", record)

    def said(self, record: M) -> str:
        """Return the sentence that says it is done."""
        return str(self.success) % {"record": record}

    def undo_url(self, record: M) -> str:
        """Return the address to post to in order to undo the act, or an empty text."""
        return ""

    def back_url(self) -> str:
        """Return where "Cancel" leads."""
        return self.url("list")

    def answered(self) -> HttpResponse:
        """Handle a POST: perform and go on, or show the form again with status 422."""
        form = self.form(self.request.POST, self.request.FILES)
        if form.is_valid():
            try:
                record = self.perform(form)
            except Forbidden:
                raise
            except (DomainError, ValidationError) as error:
                add_refusal(form, error)
            else:
                said = self.said(record)
                undo = self.undo_url(record)
                messages.success(self.request, said, extra_tags=f"undo:{undo}" if undo else "")
                return HttpResponseRedirect(self.success_url(record))
        return self.shown(form, status=422)

    def shown(self, form: forms.BaseForm, *, status: int = 200) -> HttpResponse:
        """Show the form."""
        return self.page(
            status=status,
            title=self.title,
            lead=self.lead,
            form=form,
            submit=self.submit,
            is_grave=self.is_grave,
            back_url=self.back_url(),
        )


class RecordCreate(FormPage[M]):
    """A form that creates a record: ``service(actor, **cleaned_data) -> record``."""

    verb = "create"
    title = _("Add")

    def get(self, request: StaffRequest) -> HttpResponse:
        """Show the empty form."""
        return self.shown(self.form())

    def post(self, request: StaffRequest) -> HttpResponse:
        """Create the record."""
        return self.answered()


class RecordAct(FormPage[M]):
    """A form about one record, with its own ``verb``: ``service(actor, donor=record, **cleaned_data)``.

    The keyword is the model's name in lower case, or ``record_name``.
    """

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show the form."""
        return self.shown(self.form())

    def post(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Perform the act."""
        return self.answered()

    def perform(self, form: forms.BaseForm) -> Any:
        """Call the service; a service that returns nothing leaves the record at hand."""
        done = self.service(self.request.actor, **self.named_record, **form.cleaned_data)
        return done if isinstance(done, self.model) else self.record

    def back_url(self) -> str:
        """Return the sheet of the record."""
        return self.url("detail", self.record)


class RecordEdit(RecordAct[M]):
    """The form that changes a record's fields."""

    verb = "edit"
    title = _("Change")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form; a model form works on a copy, so that the service sees what changed."""
        if issubclass(self.form_class, forms.ModelForm):
            return self.form_class(data, files, instance=copy.copy(self.record), label_suffix="")
        return super().form(data, files)
