"""What the catalogue refuses."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.kernel.errors import Conflict, DomainError


class FamilyInUse(DomainError):
    """A family is put away after its products."""

    code = "family_in_use"

    def __init__(self, count: int) -> None:
        message = ngettext_lazy(
            "%(count)s product of this family is in use. Archive it first, or give it another family.",
            "%(count)s products of this family are in use. Archive them first, or give them another family.",
            count,
        )
        super().__init__(message, params={"count": count})


class FamilyArchived(DomainError):
    """A product in use belongs to a family in use."""

    code = "family_archived"

    def __init__(self) -> None:
        super().__init__(_("This family is archived. Choose another one, or restore it."), field="family")


class FamilyExists(Conflict):
    """Another family has this name, or one so close that they would be taken for each other."""

    code = "family_exists"

    def __init__(self) -> None:
        super().__init__(_("A family has this name already, perhaps an archived one."), field="name")
