"""What can be refused about people: invitations, roles, codes, ways to other banks."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, DomainError


class AlreadyHere(DomainError):
    """The person to invite works here already."""

    code = "already_here"

    def __init__(self, *, name: str) -> None:
        message = _("%(name)s already has a role here. Open their page to give another one.")
        super().__init__(message, field="email", params={"name": name})


class AlreadyInvited(Conflict):
    """The person to invite was invited and has not answered yet."""

    code = "already_invited"

    def __init__(self) -> None:
        message = _("This person has been invited and has not answered yet. Send that invitation again.")
        super().__init__(message, field="email")


class NoRole(DomainError):
    """An invitation or a grant names no role, or one that does not exist here."""

    code = "role_missing"

    def __init__(self) -> None:
        super().__init__(_("Choose at least one role of this place."), field="roles")


class CharityMissing(DomainError):
    """A partner's person must belong to a charity of the bank."""

    code = "partner_missing"

    def __init__(self) -> None:
        super().__init__(_("Choose the charity that this person belongs to."), field="partner_id")


class OtherCharity(DomainError):
    """The person already speaks for another charity here."""

    code = "partner_other"

    def __init__(self) -> None:
        message = _("This person already belongs to a charity here. Change it instead of adding one.")
        super().__init__(message, field="partner_id")


class RoleHeld(DomainError):
    """The person already holds the role."""

    code = "role_held"

    def __init__(self) -> None:
        super().__init__(_("This person already has this role here."), field="role")


class LastOne(DomainError):
    """Nobody would be left who may give roles."""

    code = "last_one"

    def __init__(self) -> None:
        super().__init__(
            _("This is the last person here who may give roles. Give that role to somebody else first.")
        )


class ReasonMissing(DomainError):
    """Taking a role away asks why."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(_("Say why, in a few words."), field="reason")


class RoleChanged(Conflict):
    """Somebody else has just given or taken this role."""

    code = "role_changed"

    def __init__(self) -> None:
        super().__init__(_("Somebody has just changed the roles of this person. Look at the page again."))


class InvitationClosed(Conflict):
    """The invitation was used, revoked or is too old."""

    code = "invitation_closed"

    def __init__(self) -> None:
        super().__init__(_("This invitation can no longer be used. Ask for a new one."))


class AccountClosed(DomainError):
    """The account of this address was closed."""

    code = "account_closed"

    def __init__(self) -> None:
        super().__init__(_("The account of this address is closed. Write to those who run the platform."))


class AddressTaken(DomainError):
    """Somebody else signs in with this address."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__(_("This address cannot be used here. Choose another one."), field="email")


class WrongCode(DomainError):
    """The code typed is not the one that was sent."""

    code = "code_wrong"

    def __init__(self) -> None:
        super().__init__(
            _("This is not the code of the last mail. Look again, or ask for a new one."), field="code"
        )


class CodeGone(DomainError):
    """No code is waited for in this browser, or it is too old, or was typed wrong too often."""

    code = "code_gone"

    def __init__(self) -> None:
        super().__init__(_("This code is no longer good. Ask for a new one."), field="code")


class NoWay(DomainError):
    """The way to another bank does not exist, was used, or was not made for this browser."""

    code = "no_way"

    def __init__(self) -> None:
        super().__init__(
            _("This way in was used, is too old, or was made for another browser. Sign in instead.")
        )


class TokenShown(Conflict):
    """The form was sent before; a secret is shown once."""

    code = "token_shown"

    def __init__(self) -> None:
        super().__init__(_("This secret was shown already. Revoke that program and let it in again."))
