"""Who deals with recalls, and who answers for a charity."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text
from apps.recalls.models import RecallCase, RecallMatch, RecallReach


def abilities(actor: Actor, obj: RecallCase | RecallMatch | RecallReach | None = None) -> Abilities:
    """Return what this person may do with recalls, or with one case, one lot found or one partner served.

    ``view``: the whole staff; ``view_own`` and ``answer``: a charity, for itself; ``receive``: notices come
    from the network, through the software alone.
    """
    keepers = actor.is_any(Role.MANAGER, Role.STOCK)
    return (
        verbs("view", "history", when=actor.is_staff)
        | verbs("open", "decide", "release", "close", "search", when=keepers)
        | verbs("record_answer", "explain", "remind", when=keepers or actor.is_any(Role.ORDERS))
        | verbs("view_own", "answer", when=_is_own(actor, obj))
        | verbs("receive", when=actor.is_software)
    )


def _is_own(actor: Actor, obj: RecallCase | RecallMatch | RecallReach | None) -> bool:
    """Tell whether the actor speaks for a charity, and the object is what that charity was told."""
    if Role.PARTNER not in actor.roles or actor.partner_id is None:
        return False
    return obj is None or (isinstance(obj, RecallReach) and obj.partner_id == actor.partner_id)


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the recalls"),
    "history": _("Read the history of a recall"),
    "open": _("Open a recall"),
    "decide": _("Decide whether a lot is recalled"),
    "release": _("Release a lot that a recall keeps back"),
    "close": _("Close a recall"),
    "search": _("Search the lots of a recall again"),
    "record_answer": _("Record what a charity answers by telephone"),
    "explain": _("Explain why a charity does not answer"),
    "remind": _("Remind a charity of a recall"),
    "view_own": _("See the recalls of goods one’s charity received"),
    "answer": _("Answer a recall for one’s charity"),
    "receive": _("Take a recall from the network"),
}
"""What each verb lets do, in words."""
