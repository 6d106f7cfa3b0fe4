"""What of the recalls is found in the search box: cases, by goods, number, brand and reference."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Actor
from apps.kernel.search import Reach, Searched, every_when
from apps.recalls.abilities import abilities
from apps.recalls.models import RecallCase


def _reach(actor: Actor) -> Reach | None:
    return every_when(allowed="view" in abilities(actor))


SEARCHED: Final = (
    Searched(
        model=RecallCase,
        title=_("Recalls"),
        icon="triangle-alert",
        source=(
            "SELECT r.id, 'recalls.recallcase', r.title, r.number, r.brand, r.reference,"
            " ARRAY[]::text[], NULL::uuid, r.opened_at, false FROM %1$I.recalls_recallcase AS r"
        ),
        columns=("number", "title", "brand", "reference"),
        follows={},
        reach=_reach,
        page="recalls_case_detail",
    ),
)
