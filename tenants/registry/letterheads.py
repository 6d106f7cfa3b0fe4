"""The first letterhead of a bank: what the register knows of it, or of the bank it is an antenna of."""

from apps.kernel.abilities import software
from apps.sites.selectors import legal_of, letterhead_now
from apps.sites.services import letterhead_open
from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank

FROM_REGISTER = ("siret", "address", "postcode", "city")


def letterhead_prepare(bank: FoodBank) -> None:
    """Write the letterhead of a bank whose space has just been built; one that is there stays.

    An antenna has no legal personality: its papers are issued in the name of its bank.
    """
    if not bank.has_schema:
        return
    legal = _legal(bank.parent or bank)
    own = {"phone": bank.phone, "email": bank.email}
    with in_tenant(bank, Purpose.PROVISIONING):
        letterhead_open(
            software("registry"),
            issued_for=legal["legal_name"] if bank.parent else "",
            **legal,
            **own,
        )


def _legal(bank: FoodBank) -> dict[str, str]:
    """Return who a bank is before the law, in its own words when it has written them."""
    known = {"legal_name": bank.name, "rna": "", **{name: getattr(bank, name) for name in FROM_REGISTER}}
    if not bank.has_schema:
        return known
    with in_tenant(bank, Purpose.PROVISIONING):
        written = letterhead_now()
        return known if written._state.adding else legal_of(written)
