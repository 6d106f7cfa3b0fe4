"""An antenna has no legal personality: its papers are issued in the name of its bank, and follow it."""

from apps.kernel.abilities import Role
from apps.sites.facts import LetterheadChanged
from apps.sites.selectors import letterhead_now
from apps.sites.services import letterhead_update
from tenants.crossing import Purpose, in_tenant
from tenants.registry.states import BankKind
from tests.making.facts import facts_told
from tests.people import actor_as


def test_an_antenna_begins_with_the_name_of_its_bank_and_follows_it(fresh_bank, deliver):
    bank = fresh_bank()
    antenna = fresh_bank(kind=BankKind.ANTENNA, parent=bank)
    with in_tenant(antenna, Purpose.TEST):
        assert (letterhead_now().legal_name, letterhead_now().issued_for) == (bank.name, bank.name)
    with in_tenant(bank, Purpose.TEST):
        letterhead_update(actor_as(Role.MANAGER), legal_name="Banque Alimentaire du Nord", rna="W212001234")
    deliver()
    with in_tenant(antenna, Purpose.TEST):
        followed = letterhead_now()
    assert (followed.legal_name, followed.rna) == ("Banque Alimentaire du Nord", "W212001234")
    assert followed.issued_for == "Banque Alimentaire du Nord"


def test_a_bank_tells_its_legal_identity_when_its_letterhead_is_written(bank):
    with facts_told(LetterheadChanged) as told:
        letterhead_update(actor_as(Role.MANAGER), legal_name="Banque Alimentaire du Sud", rna="W212001235")
    (said,) = told
    assert isinstance(said, LetterheadChanged)
    assert (said.legal_name, said.rna) == ("Banque Alimentaire du Sud", "W212001235")
