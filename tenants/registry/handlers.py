"""Reactions of the register. They run later, in the bank's scope, maybe twice."""

from dataclasses import asdict

from apps.kernel.abilities import software
from apps.kernel.scope import current_bank_id
from apps.sites.facts import LetterheadChanged
from apps.sites.services import letterhead_follow
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.registry.models import FoodBank


def on_letterhead_changed(fact: LetterheadChanged) -> None:
    """Tell the bank's antennas in whose name they issue papers; an antenna itself has none."""
    parent_id = current_bank_id()
    with in_platform(Purpose.OUTBOX):
        antennas = list(FoodBank.objects.operating().filter(parent_id=parent_id))
    for antenna in antennas:
        with in_tenant(antenna, Purpose.OUTBOX):
            letterhead_follow(software("registry"), legal=asdict(fact))
