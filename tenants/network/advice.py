"""What may not be given and what needs care, told to donors: why, and what to do instead."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Text
from tenants.network.givable import Care, Refusal

REFUSED: Final[Mapping[Refusal, Text]] = {
    Refusal.USE_BY_OVER: _(
        "This use-by date is over on the day of the pick-up: the food may not be given. Choose an earlier "
        "pick-up, or leave it out and put it with the bio-waste."
    ),
    Refusal.INFANT_OVER: _(
        "Food for infants is not given after its best-before date. Leave it out; give what is in date."
    ),
    Refusal.UNDATED: _(
        "Prepared dishes are given packed, with a label that says their date. Write the date of the label; "
        "without a label they may not be given."
    ),
    Refusal.UNLABELLED: _(
        "Food without a label may not be given: nobody would know its date or its allergens. Put the missing "
        "label on, or leave it out."
    ),
    Refusal.ALCOHOL: _(
        "Alcohol above 1.2 % may not be given. Leave it out; if there is none in it, write “alcohol-free”."
    ),
    Refusal.OPENED: _("Opened packs may not be given. Give those that are closed, and leave the others out."),
    Refusal.COLD_BROKEN: _(
        "Food that thawed or was out of the cold may not be given, even cooled again. Leave it out: it is "
        "bio-waste."
    ),
}
"""Why, at the field where it was written, and what to do instead."""

RULES: Final[tuple[Text, ...]] = (
    _("food whose use-by date is over: the day itself is still good;"),
    _("food for infants after its best-before date;"),
    _("alcohol above 1.2 %;"),
    _("opened or damaged packs;"),
    _("prepared dishes, meat or fish without a pack and a label;"),
    _("food that thawed, or was out of the cold."),
)
"""What may not be given, before anything is typed."""

CARES: Final[Mapping[Care, Text]] = {
    Care.SHORT: _("Under 48 hours before the use-by date: only a bank that hands it out at once takes it."),
    Care.BEST_BEFORE_OVER: _("Past its best-before date: it is checked before it is handed out."),
    Care.CHILLED: _("Keep it in the cold until it is picked up, and give its temperature to the driver."),
    Care.FROZEN: _("Keep it frozen at −18 °C until it is picked up."),
}
"""What to watch with food that may be given."""

FIELDS: Final[Mapping[Refusal, str]] = {
    Refusal.USE_BY_OVER: "expires_on",
    Refusal.INFANT_OVER: "expires_on",
    Refusal.UNDATED: "date_kind",
}
"""Where a refusal is shown; those that words tell are shown at the words."""
FIELD_OF_WORDS: Final = "label"
