"""The people of a place, for whoever gives roles there: list, sheet, roles given and taken."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Role, require
from apps.kernel.display import NOTHING, Chip, Tone, day
from apps.kernel.doors import StaffRequest
from apps.kernel.errors import Text
from apps.kernel.forms import FilterForm
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    Panel,
    RecordAct,
    RecordDetail,
    RecordList,
    RecordPage,
    table_panel,
)
from apps.kernel.telling import software_in_words
from tenants.accounts.abilities import abilities
from tenants.accounts.errors import RoleChanged
from tenants.accounts.forms import EndForm, GrantForm, NarrowForm, PersonFilter
from tenants.accounts.hats import hat_end, hat_grant, hat_narrow, hat_restore
from tenants.accounts.models import ROLE_LABELS, HatEvent, User
from tenants.accounts.people import Hat, hat_events_of, hats_by_person, hats_seen_by, people_of
from tenants.accounts.places import Place, charity_labels, is_of_power, roles_of
from tenants.accounts.signing_in.confirmation import confirmed, led_to_confirm
from tenants.accounts.signing_in.events import events_in, renamings_of
from tenants.accounts.signing_in.factors import has_second_factor
from tenants.accounts.signing_in.models import SignInAct, SignInEvent
from tenants.accounts.signing_in.resets import reset_abilities

EVENTS_SHOWN: Final = 50


class PersonPage(RecordPage[User]):
    """What the pages about the people of a place share."""

    model = User
    urls = "accounts_person"
    abilities = staticmethod(abilities)
    record_name = "user"

    @property
    def place(self) -> Place:
        """The bank or the federation of the host; the platform itself on the public site."""
        place: Place = self.request.bank
        return place

    def records(self) -> QuerySet[User]:
        """Return the people of this place, whatever they do elsewhere."""
        return people_of(self.place, self.request.actor)

    @cached_property
    def charities(self) -> dict[UUID, str]:
        """The charities of the bank, by name."""
        return charity_labels(self.place)

    def role_words(self, hat: Hat) -> Text:
        """Return a role with the charity it is narrowed to."""
        label = ROLE_LABELS[hat.role]
        return f"{label} ({self.charities.get(hat.partner_id, NOTHING)})" if hat.partner_id else label


def who_in_words(event: HatEvent | SignInEvent) -> Text:
    """Return who did something to a person's roles: a person by name, the software in words."""
    if event.actor_id is None:
        return software_in_words(event.actor_label)
    return event.actor_label or _("A former member")


class PersonList(PersonPage, RecordList[User]):
    """Who works here, as what, since when, and when they were last seen."""

    search_fields = ("full_name", "email")
    ordering = ("full_name", "email")
    empty_text = _("Nobody here yet. Invite the first person.")

    @property
    def lead(self) -> Text:  # type: ignore[override]
        """Say what may be read here, and what may not."""
        return _("Who has a role here. What these people do elsewhere is not shown.")

    @property
    def columns(self) -> tuple[Column, ...]:  # type: ignore[override]
        """What a line says; the roles of the whole list are read at once."""
        email = Column(label=_("E-mail"), value="email", sort="email")
        return (
            Column(label=_("Name"), value=str, sort="full_name", note=email),
            Column(label=_("Roles"), value=self._roles),
            Column(label=_("Since"), value=self._since, kind=Kind.DAY),
            Column(label=_("Last seen here"), value=self._seen, kind=Kind.DAY),
        )

    @cached_property
    def filter_form(self) -> FilterForm:
        """The filters as the URL sets them; where there is one role, nobody chooses among roles."""
        form = PersonFilter(self.request.GET)
        if len(roles_of(self.place)) == 1:
            del form.fields["role"]
        return form

    def found(self) -> QuerySet[User]:
        """Return who works here, or has left; those with a role, if one is asked for."""
        wanted = self.filter_form.cleaned_data if self.filter_form.is_valid() else {}
        is_here = Q(("is_here", wanted.get("state") != "ended"))
        found = super().found().filter(is_here)
        if wanted.get("role"):
            hats = hats_seen_by(self.request.actor, self.place).filter(role=wanted["role"])
            now = hats.filter(ended_at__isnull=wanted.get("state") != "ended")
            found = found.filter(pk__in=now.values("user_id"))
        return found

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the way to the invitations and to what else managers keep."""
        buttons = []
        if "see_rights" in allowed:
            buttons.append(
                Action(label=_("Who can do what"), url=reverse("accounts_rights"), icon="list-checks")
            )
        if "end" in allowed and self.place is None:
            lost = reverse("operator_person_reset")
            buttons.append(Action(label=_("Lost second factor"), url=lost, icon="shield-off"))
        if "invite" in allowed:
            waiting = reverse("accounts_invitation_list")
            invite = reverse("accounts_invitation_create")
            buttons.append(Action(label=_("Invitations"), url=waiting, icon="mail"))
            buttons.append(Action(label=_("Invite somebody"), url=invite, icon="user-plus", primary=True))
        return buttons

    @cached_property
    def _hats(self) -> dict[UUID, list[Hat]]:
        return hats_by_person(self.place, self.found(), self.request.actor)

    def _worn(self, person: User) -> list[Hat]:
        hats = self._hats.get(person.pk, [])
        return [hat for hat in hats if hat.ended_at is None] or hats

    def _roles(self, person: User) -> str:
        return ", ".join(dict.fromkeys(str(self.role_words(hat)) for hat in self._worn(person)))

    def _since(self, person: User) -> Any:
        return min((hat.since.date() for hat in self._worn(person)), default=None)

    def _seen(self, person: User) -> Any:
        return max((hat.seen_on for hat in self._hats.get(person.pk, []) if hat.seen_on), default=None)


class PersonDetail(PersonPage, RecordDetail[User]):
    """One person in this place: roles, since when, what changed, who decided it, and why."""

    def state(self, record: User) -> Chip | None:
        """Say that the person has left."""
        return None if record.is_here else Chip(_("Left"))  # type: ignore[attr-defined]

    @property
    def fields(self) -> tuple[Column, ...]:  # type: ignore[override]
        """What is known of the person here."""
        return (
            Column(label=_("E-mail"), value="email"),
            Column(label=_("Last seen here"), value=lambda _person: self._seen(), kind=Kind.DAY),
        )

    def actions(self, record: User, allowed: Abilities) -> list[Action]:
        """Return what may be done about the person: one more role, a second factor that was lost."""
        buttons = []
        if self._may_reset(record):
            url = reverse("accounts_person_reset", args=[record.pk])
            buttons.append(Action(label=_("Lost second factor"), url=url, icon="shield-off", grave=True))
        here = record.is_here and self.place is not None  # type: ignore[attr-defined]
        if "grant" in allowed and here and self._roles_left():
            url = reverse("accounts_person_grant", args=[record.pk])
            buttons.append(Action(label=_("Give another role"), url=url, icon="plus", primary=True))
        return buttons

    def _may_reset(self, record: User) -> bool:
        """Tell whether the person has a second factor, and whoever asks may take it away."""
        may = reset_abilities(self.request.actor, user=record, bank=self.place)
        return "reset" in may and has_second_factor(record)

    def panels(self, record: User) -> list[Panel]:
        """Return the roles held, those of the past, and what changed."""
        return [self._now(), self._history(record)]

    def _now(self) -> Panel:
        may = self.allowed
        return table_panel(
            _("Roles"),
            columns=(
                Column(label=_("Role"), value=self.role_words),
                Column(label=_("Since"), value="since", kind=Kind.DAY),
                Column(label=_("State"), value=_hat_state),
            ),
            records=self._hats,
            empty=_("No role here."),
            acts_of=self._acts if "end" in may else None,
        )

    def _acts(self, hat: Hat) -> list[Action]:
        if hat.ended_at is not None:
            return []
        args = [self.record.pk, hat.pk]
        narrow = Action(label=_("Charity"), url=reverse("accounts_person_narrow", args=args))
        end = Action(label=_("End"), url=reverse("accounts_person_end", args=args))
        return [narrow, end] if hat.role is Role.PARTNER else [end]

    def _history(self, record: User) -> Panel:
        return table_panel(
            _("What changed"),
            columns=(
                Column(label=_("When"), value="at", kind=Kind.MOMENT),
                Column(label=_("What"), value=self._event_words),
                Column(label=_("Who"), value=who_in_words),
                Column(label=_("Why"), value="reason"),
            ),
            records=self._events(record),
            empty=_("Nothing has changed since the role was given."),
        )

    def _events(self, record: User) -> list[HatEvent | SignInEvent]:
        """Return what changed in the person's roles, name, address and ways in here, newest first."""
        roles = hat_events_of(self.place, record)[:EVENTS_SHOWN]
        done = events_in(self.place, record)
        if "view_tokens" not in self.allowed:
            done = done.exclude(act=SignInAct.PROGRAM_ENDED)
        found: list[HatEvent | SignInEvent] = [*roles, *done[:EVENTS_SHOWN], *self._renamings(record)]
        return sorted(found, key=lambda event: event.at, reverse=True)[:EVENTS_SHOWN]

    def _renamings(self, record: User) -> list[SignInEvent]:
        """Return the names and addresses that the person took while having a role here."""
        since = min((hat.since for hat in self._hats), default=None)
        if since is None:
            return []
        return [
            event
            for event in renamings_of(record, since=since)[:EVENTS_SHOWN]
            if any(hat.since <= event.at <= (hat.ended_at or event.at) for hat in self._hats)
        ]

    def _event_words(self, event: HatEvent | SignInEvent) -> str:
        if isinstance(event, SignInEvent):
            words = {"act": event.get_act_display(), "role": event.said}
            return gettext("%(act)s: %(role)s") % words if event.said else str(words["act"])
        role = event.get_role_display()
        charity = f" ({self.charities.get(event.partner_id, NOTHING)})" if event.partner_id else ""
        return gettext("%(act)s: %(role)s") % {"act": event.get_action_display(), "role": f"{role}{charity}"}

    @cached_property
    def _hats(self) -> list[Hat]:
        return hats_by_person(self.place, [self.record], self.request.actor).get(self.record.pk, [])

    def _seen(self) -> Any:
        return max((hat.seen_on for hat in self._hats if hat.seen_on), default=None)

    def _roles_left(self) -> set[Role]:
        return set(roles_of(self.place)) - _worn(self._hats)


class HatAct(PersonPage, RecordAct[User]):
    """An act on the roles of one person, as a form."""

    verb = "grant"

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Show the form, with the person as the way back."""
        return super().page(status=status, template=template, **{**context, "list_label": str(self.record)})


class HatGrant(HatAct):
    """Gives one more role to somebody who works here, by somebody who has just proved that it is them."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """Return the view behind that proof."""
        return confirmed(super().as_view(**initkwargs))

    title = submit = _("Give another role")
    success = _("%(record)s has one more role.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the roles that the person does not hold."""
        hats = hats_by_person(self.place, [self.record], self.request.actor).get(self.record.pk, [])
        left = [role for role in roles_of(self.place) if role not in _worn(hats)]
        return GrantForm(data, roles=left, charities=self.charities, label_suffix="")

    def perform(self, form: forms.BaseForm) -> User:
        """Give it."""
        return hat_grant(self.request.actor, place=self.place, user=self.record, **form.cleaned_data)


class OneHatAct(HatAct):
    """An act on one role of one person, both named by the address."""

    @cached_property
    def hat(self) -> Hat:
        """The role.

        Raises:
            RoleChanged: it has ended.
        """
        hats = hats_by_person(self.place, [self.record], self.request.actor).get(self.record.pk, [])
        found = next((hat for hat in hats if hat.pk == self.kwargs["hat_id"] and not hat.ended_at), None)
        if found is None:
            raise RoleChanged
        return found

    @property
    def lead(self) -> Text:  # type: ignore[override]
        """Name the role."""
        return self.role_words(self.hat)

    def get(self, request: StaffRequest, pk: Any, hat_id: UUID) -> HttpResponse:  # type: ignore[override]
        """Show the form."""
        return super().get(request, pk)

    def post(self, request: StaffRequest, pk: Any, hat_id: UUID) -> HttpResponse:  # type: ignore[override]
        """Perform the act."""
        return super().post(request, pk)


class HatNarrow(OneHatAct):
    """Changes the charity that a person speaks for."""

    title = _("Charity of this person")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the charity as it is."""
        initial = {"partner_id": self.hat.partner_id, "may_invite": self.hat.may_invite}
        return NarrowForm(data, initial=initial, charities=self.charities, label_suffix="")

    def perform(self, form: forms.BaseForm) -> User:
        """Change it."""
        hat_narrow(self.request.actor, place=self.place, hat_id=self.hat.pk, **form.cleaned_data)
        return self.record


class HatEnd(OneHatAct):
    """Takes a role back, from the next request on; it can be undone for a moment.

    A role of power is taken by somebody who has just proved that it is them.
    """

    verb = "end"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for that proof where the role is one of power.

        Raises:
            Forbidden: the verb is missing.
            RoleChanged: the role has ended.
        """
        require(self.allowed, self.verb)
        asked = led_to_confirm(request) if is_of_power(self.hat.role) else None
        return asked or super().dispatch(request, *args, **kwargs)

    title = submit = _("End this role")
    is_grave = True
    success = _("%(record)s: the role has ended.")

    @property
    def is_own(self) -> bool:
        """Tell whether it is the role of whoever asks."""
        return bool(self.record.pk == self.request.actor.id)

    @property
    def lead(self) -> Text:  # type: ignore[override]
        """Say which role, and what happens."""
        return _(
            "%(role)s: the person loses it from the next click on. What they did stays in the history."
        ) % {"role": self.role_words(self.hat)}

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form; one's own role asks to be sure."""
        return EndForm(data, is_own=self.is_own, label_suffix="")

    def perform(self, form: forms.BaseForm) -> User:
        """End it."""
        return hat_end(
            self.request.actor, place=self.place, hat_id=self.kwargs["hat_id"], **form.cleaned_data
        )

    def undo_url(self, record: User) -> str:
        """Return the way back, unless one has just shut oneself out."""
        if self.is_own:
            return ""
        return reverse("accounts_person_restore", args=[record.pk, self.kwargs["hat_id"]])

    def success_url(self, record: User) -> str:
        """Return to the person, or home where one has no role any more."""
        return reverse("home") if self.is_own else super().success_url(record)


class HatRestore(HatAct):
    """Undoes the end of a role."""

    def get(self, request: StaffRequest, pk: Any, hat_id: UUID) -> HttpResponse:  # type: ignore[override]
        """Lead to the person: only the form of the message undoes."""
        return HttpResponseRedirect(self.url("detail", self.record))

    def post(self, request: StaffRequest, pk: Any, hat_id: UUID) -> HttpResponse:  # type: ignore[override]
        """Undo it."""
        hat_restore(request.actor, place=self.place, hat_id=hat_id)
        return redirect(self.url("detail", self.record))


def _worn(hats: Iterable[Hat]) -> set[Role]:
    """Return the roles held now."""
    return {hat.role for hat in hats if hat.ended_at is None}


def _hat_state(hat: Hat) -> Chip | str:
    if hat.ended_at is not None:
        return gettext("Ended on %(day)s") % {"day": day(hat.ended_at.date())}
    return Chip(_("Invites colleagues"), Tone.INFO) if hat.may_invite else Chip(_("In force"), Tone.OK)
