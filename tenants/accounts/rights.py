"""Who can do what in a bank, worked out from the abilities of every stage: what a page says is what it asks.

A stage says what its verbs let do in ``SENTENCES`` beside ``abilities`` (``RATE_SENTENCES`` beside
``rate_abilities``). Where a role may do something with some objects only, a case here gives such an object.
"""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from inspect import getsource
from types import ModuleType
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.delivery.models import DeliveryNote
from apps.flow import FLOW
from apps.kernel import clock
from apps.kernel.abilities import Abilities, Actor, Role
from apps.kernel.errors import Text
from apps.kernel.jobs.kinds import kind_choices
from apps.kernel.models import Job, new_id
from apps.kernel.scope import current_bank_id
from apps.orders.models import Order
from apps.partners.models import Partner
from apps.recalls.models import RecallReach
from apps.rounds.models import Round
from apps.sites.models import Vehicle
from tenants.accounts.places import OF_A_BANK
from tenants.network.models import Transfer

MODULES: Final = (
    *(f"apps.{stage}.abilities" for stage in FLOW),
    "apps.kernel.jobs.abilities",
    "tenants.network.abilities",
    "tenants.accounts.abilities",
)
OF_PLATFORM: Final = (
    "tenants.federation.abilities",
    "tenants.registry.abilities",
    "tenants.outbox.abilities",
)
"""Abilities of those who work for the network: their verbs have sentences too, on no page yet."""
TITLES: Final[dict[str, Text]] = {
    "sites": _("Sites"),
    "sites.letterhead": _("Letterhead"),
    "donors": _("Donors"),
    "partners": _("Partners"),
    "catalogue": _("Catalogue"),
    "offers": _("Offers"),
    "rounds": _("Rounds"),
    "receiving": _("Receiving"),
    "stock": _("Stock"),
    "workshop": _("Workshop"),
    "orders": _("Orders"),
    "delivery": _("Delivery"),
    "delivery.rate": _("Solidarity contribution"),
    "recalls": _("Recalls"),
    "impact": _("Figures"),
    "kernel.job": _("Background jobs"),
    "network": _("Other banks"),
    "accounts": _("People"),
}
"""What each group of verbs is called; a group without a title is named after its stage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Some objects, or some people of a role: what it is called, and an example that is never stored."""

    label: Text
    about: Callable[[Actor], Any] = lambda _actor: None
    as_: Callable[[Actor], Actor] = lambda actor: actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The verbs of one abilities function, with their sentences."""

    name: str
    abilities: Callable[..., Abilities]
    sentences: Mapping[str, Text]

    @property
    def title(self) -> Text:
        """What the group is called."""
        return TITLES.get(self.name, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One verb in words, and how far each role goes with it: ``True``, or the cases it is narrowed to."""

    verb: str
    sentence: Text
    reach: Mapping[Role, bool | list[Text]] = field(default_factory=dict)

    @property
    def is_of_somebody(self) -> bool:
        """Tell whether any role may do it; what only the software does is nobody's."""
        return any(self.reach.values())


def _charity_of(actor: Actor) -> UUID:
    return actor.partner_id or new_id()


def _job_of(person_id: UUID | None) -> Job:
    """Return a job of the first kind there is."""
    return Job(kind=kind_choices()[0][0], asked_by_id=person_id)


FOREIGN: Final[dict[str, Callable[[], Any]]] = {
    "partners": Partner,
    "orders": lambda: Order(partner_id=new_id()),
    "delivery": lambda: DeliveryNote(partner_id=new_id()),
    "recalls": lambda: RecallReach(partner_id=new_id()),
    "rounds": lambda: Round(driver_id=new_id(), day=clock.today()),
    "kernel.job": lambda: _job_of(new_id()),
}
"""An object that is nobody's own: what a role may do with it, it may do with any."""

OWN_CHARITY: Final = _("own charity")
CASES: Final[dict[str, Sequence[Case]]] = {
    "sites": (Case(label=_("vehicles"), about=lambda _actor: Vehicle()),),
    "partners": (Case(label=OWN_CHARITY, about=lambda actor: Partner(pk=_charity_of(actor))),),
    "orders": (Case(label=OWN_CHARITY, about=lambda actor: Order(partner_id=_charity_of(actor))),),
    "delivery": (Case(label=OWN_CHARITY, about=lambda actor: DeliveryNote(partner_id=_charity_of(actor))),),
    "recalls": (Case(label=OWN_CHARITY, about=lambda actor: RecallReach(partner_id=_charity_of(actor))),),
    "rounds": (
        Case(
            label=_("own round of the day"), about=lambda actor: Round(driver_id=actor.id, day=clock.today())
        ),
    ),
    "kernel.job": (Case(label=_("one’s own"), about=lambda actor: _job_of(actor.id)),),
    "network": (
        Case(label=_("goods that leave"), about=lambda _actor: Transfer(from_bank_id=current_bank_id())),
        Case(label=_("goods that come"), about=lambda _actor: Transfer(to_bank_id=current_bank_id())),
    ),
    "accounts": (
        Case(
            label=_("own charity, when a manager allows it"),
            as_=lambda actor: replace(actor, is_responsible=Role.PARTNER in actor.roles),
        ),
    ),
}


def groups(modules: Sequence[str] = MODULES) -> list[Group]:
    """Return every group of verbs, in the order goods travel."""
    return [group for name in modules for group in _groups_of(import_module(name))]


def rights_of(group: Group) -> list[Right]:
    """Return what each role may do in the open bank, verb by verb, as the stage's own function answers.

    A verb without a sentence (``collecto check`` refuses one) is shown as it is written, after the others: a
    right that is there must be on the page.
    """
    reach: defaultdict[str, dict[Role, bool | list[Text]]] = defaultdict(dict)
    reach.update({verb: {} for verb in group.sentences})
    for role in OF_A_BANK:
        actor = actor_as(role)
        for verb in group.abilities(actor, *_foreign(group)):
            reach[verb][role] = True
        for case in CASES.get(group.name, ()):
            for verb in group.abilities(case.as_(actor), case.about(actor)):
                if reach[verb].get(role) is not True:
                    reach[verb].setdefault(role, []).append(case.label)  # type: ignore[union-attr]
    return [
        Right(verb=verb, sentence=group.sentences.get(verb, verb.replace("_", " ")), reach=found)
        for verb, found in reach.items()
    ]


def verbs_without_sentence(modules: Sequence[str] = MODULES) -> list[str]:
    """Return ``module: verb`` for each verb that a module of abilities gives and says no sentence for.

    Verbs are read from the source, so that one that only some object gives is found too.
    """
    missing = []
    for name in modules:
        module = import_module(name)
        said = {verb for group in _groups_of(module) for verb in group.sentences}
        missing += [f"{name}: {verb}" for verb in sorted(_verbs_written(module) - said)]
    return missing


def _verbs_written(module: ModuleType) -> set[str]:
    tree = ast.parse(getsource(module))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    words = [word for call in calls if getattr(call.func, "id", "") == "verbs" for word in call.args]
    return {str(word.value) for word in words if isinstance(word, ast.Constant)}


def actor_as(role: Role, partner_id: UUID | None = None) -> Actor:
    """Return somebody who holds one role, and nothing else."""
    partner = (partner_id or new_id()) if role is Role.PARTNER else None
    return Actor(id=new_id(), label=role.value, roles=frozenset({role}), partner_id=partner)


def _groups_of(module: ModuleType) -> Iterator[Group]:
    stage = module.__name__.split(".")[1]
    for name, function in sorted(vars(module).items()):
        prefix, is_function, _rest = name.partition("abilities")
        if is_function and not _rest and callable(function) and function.__module__ == module.__name__:
            sentences = getattr(module, f"{prefix.upper()}SENTENCES", {})
            part = prefix.rstrip("_")
            yield Group(name=f"{stage}.{part}" if part else stage, abilities=function, sentences=sentences)


def _foreign(group: Group) -> list[Any]:
    return [FOREIGN[group.name]()] if group.name in FOREIGN else []
