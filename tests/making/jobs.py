"""A kind of background job for tests, and jobs of it; how its parts go is told by a script."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar
from uuid import UUID, uuid4

import msgspec

from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import DomainError, Text
from apps.kernel.jobs import kinds
from apps.kernel.jobs.kinds import JobKind, Made, Part
from apps.kernel.jobs.services import job_ask
from apps.kernel.models import Job
from collecto.demo.papers import pdf
from collecto.wiring import JOBS, install
from tests.people import actor_as


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """How many labels."""

    labels: int


class Labels(JobKind[Wanted]):
    """Prints labels, two in a file; before each part it does what ``script`` holds for its first label."""

    code = "test.labels"
    title = "Labels"
    params = Wanted
    chunk = 2
    words: ClassVar[Mapping[str, Text]] = {"no_paper": "Tray %(tray)s has no paper."}

    def __init__(self) -> None:
        self.script: dict[str, Callable[[], object]] = {}
        self.begun: list[str] = []

    def is_open_to(self, actor: Actor) -> bool:
        return actor.is_any(Role.MANAGER, Role.ORDERS)

    def heading(self, asked: Wanted) -> str:
        return f"{asked.labels} labels"

    def items(self, asked: Wanted) -> Sequence[str]:
        return [f"label-{number}" for number in range(asked.labels)]

    def counted(self, done: int, total: int) -> str:
        return f"{done} of {total} labels"

    def run(self, asked: Wanted, part: Part) -> Iterable[Made]:
        self.begun.append(part.items[0])
        self.script.get(part.items[0], lambda: None)()
        return [Made(name=f"{'-'.join(part.items)}.pdf", content=pdf(list(part.items)))]


def out_of_paper() -> None:
    """Fail as a rule of the trade does."""
    raise DomainError(Labels.words["no_paper"], code="no_paper", params={"tray": 2})


@contextmanager
def printing_labels() -> Iterator[Labels]:
    """Let labels be asked for, for a block."""
    labels = Labels()
    kinds.connect([*JOBS, labels])
    try:
        yield labels
    finally:
        install()


def make_job(
    labels: Labels, count: int = 6, *, actor: Actor | None = None, op_key: UUID | None = None
) -> Job:
    """Return a job that prints some labels, asked for by somebody who takes orders unless told."""
    asker = actor or actor_as(Role.ORDERS)
    return job_ask(asker, kind=labels, asked=Wanted(labels=count), op_key=op_key or uuid4())
