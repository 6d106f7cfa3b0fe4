"""What the partners' files refuse."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class AgreementOverlaps(DomainError):
    """Another agreement with the partner covers part of the period."""

    code = "agreement_overlaps"

    def __init__(self, other: object) -> None:
        message = _("Another agreement covers part of this period: %(other)s.")
        super().__init__(message, field="starts_on", params={"other": other})


class VisitInFuture(DomainError):
    """A visit is recorded once it has been made."""

    code = "visit_in_future"

    def __init__(self) -> None:
        super().__init__(_("Write the day of the visit, today at the latest."), field="visited_on")
