"""The wiring table says the same as the stages."""

import ast
import re
from typing import Any

from apps.flow import FLOW
from apps.kernel.facts import Errand, Fact
from collecto.wiring import WIRING
from tests.architecture.sources import ROOT, sources


def declared(stage: str, word: str) -> set[str]:
    """Return what a stage's docstring says it receives or emits."""
    text = ast.get_docstring(ast.parse((ROOT / "apps" / stage / "__init__.py").read_text())) or ""
    found = re.search(rf"{word}:\s*([^.]*)\.", text)
    names = {name.strip() for name in found[1].split(",")} if found else set()
    return names - {"nothing", ""}


def stage_of(thing: type | object) -> str:
    return thing.__module__.split(".")[1]


def test_every_fact_is_wired():
    written = {
        f"{source.path}:{kind.name}"
        for source in sources("apps", "tenants")
        if source.path.endswith("/facts.py") and source.path != "apps/kernel/facts.py"
        for kind in source.classes()
    }
    wired = {f"{kind.__module__.replace('.', '/')}.py:{kind.__name__}" for kind in WIRING}
    assert written == wired


def test_every_stage_emits_what_it_says():
    for stage in FLOW:
        assert declared(stage, "Emits") == {kind.__name__ for kind in WIRING if stage_of(kind) == stage}


def test_every_stage_receives_what_it_says():
    for stage in FLOW:
        received = {
            kind.__name__
            for kind, reactions in WIRING.items()
            for handler in (*reactions.inside, *reactions.later)
            if handler.__module__.startswith("apps.") and stage_of(handler) == stage
        }
        assert declared(stage, "Receives") == received


def test_facts_flow_downstream_only():
    for kind, reactions in WIRING.items():
        if issubclass(kind, Errand):
            continue
        for handler in (*reactions.inside, *reactions.later):
            if handler.__module__.startswith("apps."):
                assert FLOW.index(stage_of(handler)) > FLOW.index(stage_of(kind))
            assert not is_own(handler, kind)


def test_an_errand_is_run_later_by_its_own_stage_alone():
    """What a stage owes to itself after the commit, a letter asked for, is no fact for others."""
    errands = {kind: reactions for kind, reactions in WIRING.items() if issubclass(kind, Errand)}
    assert errands
    for kind, reactions in errands.items():
        assert (reactions.inside, len(reactions.later)) == ((), 1)
        assert is_own(reactions.later[0], kind)


def is_own(handler: Any, kind: Any) -> bool:
    """Tell whether a handler belongs to the stage, or the part of the network, that says the fact."""
    return bool(handler.__module__.rpartition(".")[0] == kind.__module__.rpartition(".")[0])


def test_facts_are_frozen_and_said_in_the_past_tense():
    for kind in WIRING:
        assert issubclass(kind, Fact)
        assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert re.search(r"(ed|Sent|Lost)$", kind.__name__)
