"""What every page of a record's file shares."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.views import View

from apps.kernel.abilities import Abilities, require
from apps.kernel.doors import StaffRequest, reads, writes
from apps.kernel.errors import Text

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button of a page: a link, or a small form when ``post`` is set. One per page is primary.

    A ``grave`` act looks like one; one that ``asks`` opens its page in a dialog where scripts run. An act
    that is ``held`` is sent ten seconds after the press, unless it is undone: the words say what waits.
    """

    label: Text
    url: str
    icon: str = ""
    primary: bool = False
    post: bool = False
    grave: bool = False
    asks: bool = False
    held: Text = ""


class RecordPage(View, Generic[M]):
    """What the pages of a record's file share: model, URL names, rights."""

    writing: ClassVar[bool] = False
    request: StaffRequest
    model: type[M]
    urls: str
    abilities: Callable[..., Abilities]
    verb: str = "view"
    record_name: str = ""
    template_name: str

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """Return the view behind its door: reading pages read, forms write on POST."""
        view = super().as_view(**initkwargs)
        return writes(view) if cls.writing else reads(view)

    def records(self) -> models.QuerySet[M]:
        """Return the records in reach; add ``select_related`` here so that the query count is constant."""
        return self.model._default_manager.all()

    @cached_property
    def record(self) -> M:
        """The record named by the URL."""
        return get_object_or_404(self.records(), pk=self.kwargs["pk"])

    @cached_property
    def allowed(self) -> Abilities:
        """What this person may do here: with the record named by the URL, or with the file."""
        about = [self.record] if "pk" in self.kwargs else []
        return self.abilities(self.request.actor, *about)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse, before anything else, whoever does not have the page's verb.

        Raises:
            Forbidden: the verb is missing.
        """
        require(self.allowed, self.verb)
        return super().dispatch(request, *args, **kwargs)

    @property
    def named_record(self) -> dict[str, M]:
        """The record as the keyword that services call it by: ``{"donor": …}`` for a ``Donor``."""
        return {self.record_name or str(self.model._meta.model_name): self.record}

    def url(self, page: str, record: M | None = None) -> str:
        """Return the address of another page of the file."""
        return reverse(f"{self.urls}_{page}", kwargs={"pk": record.pk} if record else None)

    def next_url(self, otherwise: str) -> str:
        """Return the page of this site that the sent form asks to come back to, or the other one."""
        asked = self.request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(asked, {self.request.get_host()})
        return asked if is_ours else otherwise

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Render the page with the names that every record template reads."""
        names = self.model._meta
        shared = {"list_url": self.url("list"), "list_label": capfirst(str(names.verbose_name_plural))}
        return render(self.request, template or self.template_name, {**shared, **context}, status=status)
