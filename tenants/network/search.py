"""Transfers with other banks in the search box of a bank: shared rows, read where they are."""

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Concat

from apps.kernel.abilities import Actor
from tenants.network.abilities import abilities
from tenants.network.models import Transfer


def transfers_found(actor: Actor, words: tuple[str, ...]) -> QuerySet[Transfer]:
    """Return the transfers of the open bank with every word in their number or the banks' names.

    The recent come first. Row-level security shows a bank its own; who may not see transfers finds none.
    """
    if "view" not in abilities(actor) or not words:
        return Transfer.objects.none()
    space = Value(" ")
    said = Concat("number", space, "from_label", space, "to_label", output_field=TextField())
    found = Transfer.objects.annotate(said=said).order_by("-created_at", "-pk")
    for word in words:
        found = found.filter(said__holds=word)
    return found
