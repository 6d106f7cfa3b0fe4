"""What the sites refuse."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class SlotOverlaps(DomainError):
    """Another slot of the dock, for the same purpose, covers part of these hours."""

    code = "slot_overlaps"

    def __init__(self, other: object) -> None:
        message = _("The dock is already open then: %(other)s. Change that slot instead.")
        super().__init__(message, field="opens_at", params={"other": other})


class SiteArchived(DomainError):
    """Nothing is added to a site that is put away."""

    code = "site_archived"

    def __init__(self) -> None:
        super().__init__(_("This site is archived. Restore it first."))


class SiteCodeFixed(DomainError):
    """The code of a site never changes: figures and papers are kept under it."""

    code = "site_code_fixed"

    def __init__(self) -> None:
        message = _("The code of a site cannot be changed: figures and papers are kept under it.")
        super().__init__(message, field="code")


class LetterheadFollows(DomainError):
    """An antenna has no legal personality: its papers say who its bank is, and only that bank changes it."""

    code = "letterhead_follows"

    def __init__(self, bank: str) -> None:
        message = _("Papers are issued in the name of %(bank)s: only that bank changes this.")
        super().__init__(message, field="legal_name", params={"bank": bank})
