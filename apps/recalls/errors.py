"""Why an act of a recall is refused, in words that say what to do."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, DomainError, Text
from apps.kernel.quantity import format_kg


class CaseClosed(Conflict):
    """The case is closed: nothing of it changes any more."""

    code = "case_closed"

    def __init__(self, *, case: str) -> None:
        super().__init__(_("Recall %(case)s is closed."), params={"case": case})


class NothingNamed(DomainError):
    """A recall that names nothing would find nothing."""

    code = "nothing_named"

    def __init__(self) -> None:
        super().__init__(_("Name at least a barcode, a brand, or a donor with its period."), field="gtin")


class WrongBarcode(DomainError):
    """A barcode identifies nothing: wrong check digit, or a shop's own code."""

    code = "wrong_barcode"

    def __init__(self, text: str) -> None:
        message = _("%(text)s is no barcode that identifies goods. Leave it out, and name brand or donor.")
        super().__init__(message, field="gtin", params={"text": text})


class ReasonMissing(DomainError):
    """A decision needs its reason: it is in the report."""

    code = "reason_missing"

    def __init__(self, field: str = "reason") -> None:
        super().__init__(_("Say why: the reason stands in the closing report."), field=field)


class LotUnderRecall(Conflict):
    """A lot that a recall keeps back is freed there, with its reason, and nowhere else."""

    code = "lot_under_recall"

    def __init__(self, *, case: str) -> None:
        super().__init__(
            _("Recall %(case)s keeps this lot back. Release it there, with the reason."),
            params={"case": case},
        )


class AnswerIncomplete(DomainError):
    """What a partner says became of the goods does not add up to what it got."""

    code = "answer_incomplete"

    def __init__(self, *, served: int, accounted: int) -> None:
        message = _("You received %(served)s; your answer adds up to %(accounted)s. Account for all of it.")
        params = {"served": format_kg(served), "accounted": format_kg(accounted)}
        super().__init__(message, field="returned_grams", params=params)


class NotFinished(DomainError):
    """The case cannot be closed yet; ``left`` says what is still to do."""

    code = "not_finished"

    def __init__(self, left: Sequence[Text]) -> None:
        self.left = list(left)
        super().__init__(_("Not finished: %(left)s"), params={"left": " ".join(map(str, left))})
