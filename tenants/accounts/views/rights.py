"""Who can do what in this bank: on screen, on paper, as a file."""

from collections.abc import Iterator
from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.abilities import Role, require
from apps.kernel.display import Chip, Tone
from apps.kernel.doors import StaffRequest, reads
from apps.kernel.pages import Column, Panel, table_panel
from apps.kernel.tables import csv_response
from tenants.accounts.abilities import abilities
from tenants.accounts.models import ROLE_LABELS
from tenants.accounts.places import OF_A_BANK
from tenants.accounts.rights import Group, Right, groups, rights_of
from tenants.crossing import Purpose, in_tenant


@reads
def rights(request: StaffRequest) -> HttpResponse:
    """Show what each role may do, stage by stage, as the stages themselves answer.

    Raises:
        Forbidden: only a manager.
    """
    require(abilities(request.actor), "see_rights")
    with in_tenant(request.bank, Purpose.REQUEST):
        found = [(group, [right for right in rights_of(group) if right.is_of_somebody]) for group in groups()]
    if request.GET.get("format") == "csv":
        stage = Column(label=_("Stage"), value=lambda line: line[0].title)
        columns = (stage, *(_inside(column) for column in _columns()))
        return csv_response(columns, list(_lines(found)), name=f"{_('rights')}-{clock.today():%Y-%m-%d}")
    return render(request, "accounts/rights.html", {"panels": [_panel(*each) for each in found if each[1]]})


def _columns() -> list[Column]:
    """Return the verb in words, and one column for each role."""
    said = Column(label=_("Allowed to"), value="sentence")
    return [said, *(Column(label=ROLE_LABELS[role], value=partial(_reach, role)) for role in OF_A_BANK)]


def _reach(role: Role, right: Right) -> Chip | str:
    reach = right.reach.get(role)
    if not reach:
        return ""
    if reach is True:
        return Chip(_("Yes"), Tone.OK)
    return Chip(", ".join(str(label) for label in reach).capitalize(), Tone.INFO)


def _panel(group: Group, found: list[Right]) -> Panel:
    return table_panel(group.title, columns=_columns(), records=found, empty="")


def _lines(found: list[tuple[Group, list[Right]]]) -> Iterator[tuple[Group, Right]]:
    for group, rights_here in found:
        for right in rights_here:
            yield group, right


def _inside(column: Column) -> Column:
    """Return the column of a right as a column of its line in the file."""
    return Column(label=column.label, value=lambda line: column.read(line[1]))
