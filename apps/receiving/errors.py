"""Why a receipt cannot be opened or posted."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, DomainError, Text
from apps.receiving.rules import Problem


def field_of(line_id: UUID, name: str) -> str:
    """Return the name of an input about one line of a receipt: ``line-<id>-accepted_grams``."""
    return f"line-{line_id}-{name}"


_AT: Mapping[Problem, tuple[str, Text]] = {
    Problem.REFUSAL_UNEXPLAINED: ("refusal_reason", _("%(line)s: say why %(refused)s are refused.")),
    Problem.TEMPERATURE_MISSING: (
        "temperature_c",
        _("%(line)s: measure the temperature before accepting %(accepted)s."),
    ),
    Problem.TOO_WARM: (
        "temperature_c",
        _("%(line)s: %(temperature)s °C, and nothing is accepted above %(limit)s °C. Refuse %(accepted)s."),
    ),
    Problem.DATE_MISSING: ("expires_on", _("%(line)s: write the date on the label, the nearest of a mix.")),
    Problem.DATE_NOT_EXPECTED: (
        "date_kind",
        _("%(line)s: say whether the date is a use-by or a best-before date."),
    ),
    Problem.USE_BY_PASSED: (
        "expires_on",
        _("%(line)s: the use-by date is over. Refuse %(accepted)s: they are never given out."),
    ),
    Problem.DATE_TOO_SHORT: (
        "short_date",
        _(
            "%(line)s: less than 48 hours were left when the bank took charge. "
            "Confirm that it will be given out before its date, or refuse %(accepted)s."
        ),
    ),
    Problem.LOCATION_MISSING: ("location", _("%(line)s: say where %(accepted)s are put.")),
    Problem.LOCATION_ELSEWHERE: ("location", _("%(line)s: this location is not in use at this site.")),
    Problem.WRONG_ZONE: ("location", _("%(line)s: this location is not at the right temperature.")),
    Problem.WRONG_PROGRAMME: (
        "location",
        _("%(line)s: goods of a public programme and other goods are not stored at the same location."),
    ),
}


class LineRefused(DomainError):
    """One thing to correct on one line before the receipt can be posted."""

    def __init__(self, problem: Problem, *, line_id: UUID, **params: object) -> None:
        name, sentence = _AT[problem]
        super().__init__(sentence, code=problem.value, field=field_of(line_id, name), params=params)


class ControlFailed(DomainError):
    """The control of the lines found things to correct; ``refusals`` has one per field."""

    def __init__(self, refusals: Sequence[LineRefused]) -> None:
        first = refusals[0]
        super().__init__(first.message, code=first.code, field=first.field)
        self.refusals = refusals


class CampaignUnknown(DomainError):
    """Goods of a public programme were to be received for a campaign that is not open."""

    code = "campaign_unknown"

    def __init__(self, campaign: str) -> None:
        super().__init__(
            _("The programme of these goods has no open campaign “%(campaign)s”."),
            field="campaign",
            params={"campaign": campaign},
        )


class ReceiptMovedOn(Conflict):
    """The receipt was posted or cancelled meanwhile."""

    code = "receipt_moved_on"

    def __init__(self, *, name: str, state: Text) -> None:
        super().__init__(
            _("Nothing more to do on %(receipt)s: %(state)s."), params={"receipt": name, "state": state}
        )


class NoLines(DomainError):
    """A receipt without goods."""

    code = "no_lines"

    def __init__(self) -> None:
        super().__init__(_("Write at least one line of goods."))


class LineUnknown(DomainError):
    """A control names a line that the receipt does not have."""

    code = "line_unknown"

    def __init__(self) -> None:
        super().__init__(_("This line is not part of the receipt. Open the receipt again."))


class LineUnchecked(DomainError):
    """A line of the receipt that nobody controlled."""

    code = "line_unchecked"

    def __init__(self, *, line_id: UUID, label: str) -> None:
        super().__init__(
            _("%(line)s: write what came, 0 kg if nothing did."),
            field=field_of(line_id, "accepted_grams"),
            params={"line": label},
        )


class NothingReceived(DomainError):
    """A receipt on which nothing was accepted and nothing refused."""

    code = "nothing_received"

    def __init__(self) -> None:
        super().__init__(_("Nothing is written. If nothing arrived, cancel the receipt."))


class LimitTooLax(DomainError):
    """A bank's own limit above what the network's allows."""

    code = "limit_too_lax"

    def __init__(self, *, limit: str) -> None:
        super().__init__(
            _("Maximum and tolerance together may not pass %(limit)s °C: the law is not to be relaxed."),
            field="max_c",
            params={"limit": limit},
        )


class SiteArchived(DomainError):
    """A site that is no longer in use."""

    code = "site_archived"

    def __init__(self) -> None:
        super().__init__(_("This site is no longer in use. Choose another one."), field="site")


class CollectedNotDry(DomainError):
    """Cold goods under the name of a national collection, which takes dry food and hygiene only."""

    code = "collected_not_dry"

    def __init__(self, *, label: str) -> None:
        super().__init__(
            _("%(goods)s: a national collection takes dry food and hygiene products only."),
            field="goods",
            params={"goods": label},
        )


class SortedBeyondWeighed(DomainError):
    """Sorting has passed what was weighed, beyond the tolerance, and nobody says why."""

    code = "sorted_beyond_weighed"

    def __init__(self, *, weighed: str, sorted_: str) -> None:
        super().__init__(
            _("%(weighed)s were weighed, and this makes %(sorted)s sorted or thrown away. Say why."),
            field="comment",
            params={"weighed": weighed, "sorted": sorted_},
        )


class TareTooHeavy(DomainError):
    """The containers weigh as much as the scale shows, or more."""

    code = "tare_too_heavy"

    def __init__(self, *, tare: str) -> None:
        super().__init__(
            _("The containers alone weigh %(tare)s. Check the weight, the container and how many there are."),
            field="scale_grams",
            params={"tare": tare},
        )


class CollectionClosed(DomainError):
    """A collection that was put away."""

    code = "collection_closed"

    def __init__(self, *, name: str) -> None:
        super().__init__(
            _("%(collection)s is put away. Ask a manager to take it out again."), params={"collection": name}
        )


class NoCodeSeen(DomainError):
    """A photograph on which no code can be read."""

    code = "no_code_seen"

    def __init__(self) -> None:
        super().__init__(
            _("No code can be read here. Come closer, hold still, and take it again."), field="photo"
        )


class CodeUnclear(DomainError):
    """A code that does not say which goods it is on; the sentence shows what was read."""

    code = "code_unclear"


def article_unknown(raw: str) -> CodeUnclear:
    """Return the refusal of an article number that the catalogue does not have."""
    message = _("%(code)s is not in the catalogue. Choose what it is.")
    return CodeUnclear(message, code="article_unknown", field="goods", params={"code": raw})


def article_of_a_shop(raw: str) -> CodeUnclear:
    """Return the refusal of a code that a shop made for itself."""
    message = _("%(code)s was made by a shop for itself: it does not say what it is. Choose.")
    return CodeUnclear(message, code="article_of_a_shop", field="goods", params={"code": raw})


def article_unsaid(raw: str) -> CodeUnclear:
    """Return the refusal of a code that names no goods, such as the number of a pallet."""
    message = _("%(code)s does not say what the goods are. Choose.")
    return CodeUnclear(message, code="article_unsaid", field="goods", params={"code": raw})


class TooManyPhotos(DomainError):
    """A line of a receipt with as many photographs as it may have."""

    code = "too_many_photos"

    def __init__(self, *, most: int) -> None:
        super().__init__(
            _("These goods have %(most)s photographs already."), field="photo", params={"most": most}
        )
