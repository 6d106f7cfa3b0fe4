"""Why an order is refused, in words that say what to do."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, DomainError


class PartnerAway(DomainError):
    """The partner's file is archived."""

    code = "partner_away"

    def __init__(self, partner: str) -> None:
        super().__init__(
            _("%(partner)s is archived. Restore its file first."),
            field="partner",
            params={"partner": partner},
        )


class SiteClosed(DomainError):
    """The site is archived, or hands nothing over on the wanted day."""

    code = "site_closed"


class DayPassed(DomainError):
    """The wanted day is in the past."""

    code = "day_passed"

    def __init__(self) -> None:
        super().__init__(_("This day is past. Choose today or a later day."), field="wanted_on")


class AgreementMissing(DomainError):
    """No signed agreement covers the wanted day."""

    code = "agreement_missing"

    def __init__(self, *, partner: str, day: str) -> None:
        super().__init__(
            _("No agreement of %(partner)s covers %(day)s. Ask the food bank to renew it."),
            field="wanted_on",
            params={"partner": partner, "day": day},
        )


class NothingWanted(DomainError):
    """The order has no line."""

    code = "nothing_wanted"

    def __init__(self) -> None:
        super().__init__(_("Choose at least one thing to order."), field="lines")


class LinesRefused(DomainError):
    """Some lines cannot be ordered; ``problems`` gives the sentence for each position at fault."""

    code = "lines_refused"

    def __init__(self, problems: Mapping[int, str]) -> None:
        super().__init__(" ".join(problems.values()), field="lines")
        self.problems = dict(problems)


class NothingAvailable(DomainError):
    """Nothing of the order is in stock any more; nothing was written."""

    code = "nothing_available"

    def __init__(self, *, goods: str) -> None:
        super().__init__(
            _("Nothing of this is left for that day: %(goods)s. Nothing was ordered."),
            field="lines",
            params={"goods": goods},
        )


class ReasonMissing(DomainError):
    """An order is cancelled without a reason."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(_("Say why the order is cancelled."), field="reason")


class OrderClosed(Conflict):
    """The order has moved on: it can no longer be changed in this way."""

    code = "order_closed"


class KeyTaken(Conflict):
    """The key that makes an order unique has served another partner's order."""

    code = "key_taken"

    def __init__(self) -> None:
        super().__init__(_("This form was already used for another order. Reload the page."))
