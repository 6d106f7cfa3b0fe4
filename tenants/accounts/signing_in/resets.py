"""Taking a lost second factor away, by somebody who answers for it."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Abilities, Actor, Role, require, verbs
from apps.kernel.errors import DomainError
from tenants.accounts.models import User
from tenants.accounts.selectors import hats_of
from tenants.accounts.signing_in.events import event_keep
from tenants.accounts.signing_in.models import SignInAct
from tenants.accounts.signing_in.proconnect.identities import identities_remove
from tenants.accounts.signing_in.requirement import is_required
from tenants.accounts.signing_in.sessions import sessions_end_all
from tenants.registry.models import FoodBank


def reset_abilities(actor: Actor, *, user: User, bank: FoodBank | None) -> Abilities:
    """Return *reset* for whoever may take a person's second factor away; never one's own.

    The operator may for everybody, a manager for people of the bank, unless they also hold a role that needs
    a second factor elsewhere: what protects another bank is not this bank's to take away.
    """
    if actor.id == user.pk:
        return verbs()
    if actor.is_any(Role.OPERATOR):
        return verbs("reset")
    return verbs("reset", when=actor.is_any(Role.MANAGER) and bank is not None and _is_of(user, bank))


@transaction.atomic
def second_factor_reset(actor: Actor, *, user: User, reason: str, bank: FoodBank | None) -> None:
    """Take away every second factor of a person and end all their sessions; they are told by e-mail.

    Identities of ProConnect go too: one that was linked by somebody else outlives no reset.

    Their next sign-in is by a code sent by e-mail, and leads them to make a new second factor.

    Raises:
        Forbidden: this actor may not.
        DomainError: no reason is given.
    """
    require(reset_abilities(actor, user=user, bank=bank), "reset")
    if not reason.strip():
        raise DomainError(_("Say why."), code="reason_missing", field="reason")
    Authenticator.objects.filter(user=user).delete()
    identities_remove(user=user)
    sessions_end_all(user=user)
    event_keep(user=user, act=SignInAct.FACTORS_RESET, bank=bank, actor=actor, reason=reason.strip()[:300])
    told = {"person": user, "who": actor.label, "reason": reason.strip(), "timestamp": clock.now()}
    transaction.on_commit(lambda: _tell(user, told))


def second_factor_reset_of(actor: Actor, *, email: str, reason: str) -> User:
    """Do the same for whoever signs in with an address, by the operator; returns the person.

    Raises:
        Forbidden: only the operator, and never their own.
        DomainError: nobody signs in with this address; no reason is given.
    """
    require(verbs("reset", when=actor.is_any(Role.OPERATOR)), "reset")
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise DomainError(_("Nobody signs in with this address."), code="person_unknown", field="email")
    second_factor_reset(actor, user=user, reason=reason, bank=None)
    return user


def _is_of(user: User, bank: FoodBank) -> bool:
    """Tell whether a person works in a bank, and holds a role that needs a second factor in no other."""
    hats = list(hats_of(user))
    elsewhere = [Role(hat.role) for hat in hats if hat.bank_id != bank.pk]
    return not user.is_staff and any(hat.bank_id == bank.pk for hat in hats) and not is_required(elsewhere)


def _tell(user: User, told: dict[str, object]) -> None:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = render_to_string("account/email/factors_reset_subject.txt", told)
        body = render_to_string("account/email/factors_reset_message.txt", told)
    send_mail(subject.strip(), body.strip(), settings.DEFAULT_FROM_EMAIL, [user.email])
