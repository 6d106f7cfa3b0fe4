"""What of the workshop is found in the search box: batches, by number and what they make."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.search import Searched, every_when
from apps.workshop.abilities import abilities
from apps.workshop.models import ProductionBatch

SEARCHED: Final = (
    Searched(
        model=ProductionBatch,
        title=_("Batches"),
        icon="chef-hat",
        source=(
            "SELECT r.id, 'workshop.productionbatch', r.label, r.number, '', '', ARRAY[]::text[],"
            " NULL::uuid, r.created_at, false FROM %1$I.workshop_productionbatch AS r"
        ),
        columns=("number", "label"),
        reach=lambda actor: every_when(allowed="view" in abilities(actor)),
        page="workshop_batch_detail",
        is_paper=True,
    ),
)
