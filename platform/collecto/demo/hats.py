"""What shows of people in the demonstration: letters not answered yet, many hats, a donor's own link."""

import datetime as dt
from typing import Final

from django.conf import settings

from apps.donors.models import Donor
from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from tenants.accounts.addresses import Entry
from tenants.accounts.hats import hat_grant
from tenants.accounts.inviting import invitation_revoke, person_invite
from tenants.accounts.models import User
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.links import is_good
from tenants.network.models import DonorAccount
from tenants.network.services import link_make, link_revoke, link_used
from tenants.registry.models import FoodBank

TRAVELLER: Final = {"email": "nadia.ferrand@example.org", "full_name": "Nadia Ferrand"}
"""The invented person who works in two banks."""
NEWCOMERS: Final = (
    ("yann.tessier@example.org", "Yann Tessier", (Role.STOCK, Role.VOLUNTEER), 2),
    ("aicha.belkacem@example.org", "Aïcha Belkacem", (Role.ROUNDS,), 0),
    ("luc.girard@example.org", "Luc Girard", (Role.VOLUNTEER,), 30),
)
"""Who is invited, to do what, and how many days ago: the last of them let the letter grow too old."""
ENTRY: Final = Entry(scheme="http")


def show_people(home: FoodBank, antenna: FoodBank, manager: Actor) -> None:
    """Invite people who have not answered, and give somebody hats in two banks."""
    now = clock.now()
    with in_platform(Purpose.DEMONSTRATION):
        for email, name, roles, days in NEWCOMERS:
            with clock.time_set_to(now - dt.timedelta(days=days)):
                person_invite(
                    manager,
                    place=home,
                    entry=ENTRY,
                    email=email,
                    full_name=name,
                    language=settings.LANGUAGE_CODE,
                    roles=[role.value for role in roles],
                )
        mistaken = person_invite(
            manager,
            place=home,
            entry=ENTRY,
            email="nadia.ferand@example.org",
            full_name="Nadia Ferand",
            language=settings.LANGUAGE_CODE,
            roles=[Role.STOCK.value],
        )
        invitation_revoke(manager, invitation=mistaken)
        traveller = person_ensure(**TRAVELLER)
        membership_grant(user=traveller, bank=home, role=Role.STOCK)
        hat_grant(
            manager, place=home, user=traveller, role=Role.VOLUNTEER.value, reason="Aide au tri le samedi"
        )
        membership_grant(user=traveller, bank=antenna, role=Role.MANAGER)


def hand_out_links(home: FoodBank, rounds: Actor) -> None:
    """Give two donors of a bank their link: one declares with it, that of the other went astray."""
    with in_tenant(home, Purpose.DEMONSTRATION):
        donors = Donor.objects.exclude(account_id=None).order_by("code")
        first, second = donors[:2]
        used = link_make(rounds, donor=first)
        link_make(rounds, donor=second)
        link_revoke(rounds, donor=second, reason="Feuille perdue au marché")
    link_used(used)


def donor_with_link() -> DonorAccount | None:
    """Return the donor whose link is the last made of those that open the form, in the platform's scope."""
    made = DonorAccount.objects.exclude(link_made_at=None).order_by("-link_made_at", "pk")
    return next((account for account in made[:20] if is_good(account)), None)


def traveller_known() -> User | None:
    """Return the person who works in two banks, if the demonstration has lived that long."""
    return User.objects.filter(email=TRAVELLER["email"]).first()
