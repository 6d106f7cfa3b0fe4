"""Minimum levels are set, changed and put away.

``fields`` are those of the model. A wrong field raises ``ValidationError``, a missing right ``Forbidden``.
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from apps.kernel.abilities import Actor, require
from apps.kernel.history import record_archive, record_create_once, record_update
from apps.stock.abilities import abilities
from apps.stock.models import MinimumLevel


@transaction.atomic
def level_create(actor: Actor, *, op_key: UUID, **fields: Any) -> MinimumLevel:
    """Set a minimum for a product or a family; sent again with the same key, return the first."""
    require(abilities(actor), "set_levels")
    return record_create_once(actor, MinimumLevel(id=op_key, **fields))


@transaction.atomic
def level_update(actor: Actor, *, level: MinimumLevel, **fields: Any) -> MinimumLevel:
    """Change a minimum, or who is told."""
    require(abilities(actor, level), "set_levels")
    record_update(actor, level, fields)
    return level


@transaction.atomic
def level_archive(
    actor: Actor, *, level: MinimumLevel, archived: bool = True, reason: str = ""
) -> MinimumLevel:
    """Put a minimum away, or take it out again."""
    require(abilities(actor, level), "set_levels")
    return record_archive(actor, level, archived=archived, reason=reason)
