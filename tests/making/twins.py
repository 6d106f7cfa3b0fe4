"""Two banks that hold the same keys and different words: what one shows in the other's place is seen.

The same story is played in both, through the services, with identifiers that follow one another in the
same order; every text then carries the mark of its bank. The twins are committed in a database of
their own, once per run.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from unittest.mock import patch
from uuid import UUID

from django.conf import settings
from django.db import connections, models
from psycopg import sql

from apps.delivery.jobs import NOTES_OF_DAY, DayOfNotes
from apps.donors.services import campaign_create
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.jobs.services import job_ask
from apps.kernel.models import new_id
from apps.kernel.scope import OWNER_DATABASE
from apps.offers.services import Place, offer_accept
from apps.orders.models import Order
from apps.orders.services import order_place
from apps.partners.models import Partner
from apps.recalls.services import case_open
from apps.receiving.services import receipt_post
from apps.rounds.services import stop_collect
from apps.sites.models import Location
from apps.stock.models import CountEntry, Lot
from apps.stock.selectors import grams_at, lots_of_receipt, reservable
from apps.stock.services import (
    Item,
    NewPallets,
    labels_print,
    level_create,
    limits_set,
    sheet_open,
    stock_count,
)
from apps.stock.states import EntryStatus
from tenants.accounts.models import Membership, User
from tenants.accounts.services import membership_grant, person_ensure, token_issue
from tenants.crossing import Purpose, in_owner, in_platform, in_tenant
from tenants.isolation.rights import models_of
from tenants.network.models import NetworkOffer, Surplus, Transfer, TransferLine
from tenants.network.surplus.agreements import Terms, agreement_propose
from tenants.network.surplus.asking import surplus_ask
from tenants.network.surplus.publishing import surplus_publish
from tenants.network.surplus.states import Reach
from tenants.network.transfers import transfer_propose
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family, make_product
from tests.making.delivery import hand_over, make_picking, make_rate, weigh
from tests.making.donors import make_donor
from tests.making.network import make_account, make_network_line, publish
from tests.making.offers import TESTER, make_offer, make_offer_line
from tests.making.orders import DESK, kg, make_line, tomorrow
from tests.making.papers import make_paper
from tests.making.partners import make_agreement, make_hygiene_visit, make_partner
from tests.making.recalls import GTIN, OTHER_GTIN
from tests.making.receiving import (
    make_check,
    make_collection,
    make_container,
    make_receipt,
    make_receipt_line,
    make_shop,
    make_weighing,
)
from tests.making.rounds import make_round, make_stop, weights_as_planned
from tests.making.sites import make_location, make_opening_slot, make_site, make_vehicle
from tests.making.stock import make_lot
from tests.making.workshop import close, make_batch

MARKS: Final = {"twin-a": "CANARYA7F3", "twin-b": "CANARYB9D1"}
"""What every text of a bank says; no other word of the product does."""
BANK_ROLES: Final = (
    Role.MANAGER,
    Role.STOCK,
    Role.ROUNDS,
    Role.ORDERS,
    Role.ACCOUNTS,
    Role.VOLUNTEER,
    Role.PARTNER,
    Role.DRIVER,
)
NOT_WORDS: Final = {
    "department",
    "postcode",
    "siret",
    "gtin",
    "record_kind",
    "record_id",
    "action",
    "content_type",
    "storage_name",
    "sha256",
    "detail",
    "document_kind",
    "party_type",
    "kind",
    "rna",
    "gs1_prefix",
    "colour",
    "accent",
    "message_code",
    "source_key",
}
"""Columns of text that rules read: codes, kinds, digits and fingerprints."""
GTINS: Final = (GTIN, OTHER_GTIN)
_FIRST: Final = 0x01990000_0000_7000_8000_000000000000


@contextmanager
def same_keys() -> Iterator[None]:
    """Make identifiers that follow one another from the same beginning in every block."""
    numbers = count(_FIRST)
    with patch("apps.kernel.models.uuid7", lambda: UUID(int=next(numbers))):
        yield


def play_twins(twins: dict[str, FoodBank], neighbour: FoodBank) -> None:
    """Play the same story in both banks, mark every text, and let them deal with each other.

    The second part of the first bank's story is its own: keys of which its twin has no row.
    """
    for slug, bank in twins.items():
        with same_keys(), in_tenant(bank, Purpose.TEST):
            Story(MARKS[slug]).play()
            if slug == "twin-a":
                Story(MARKS[slug], part=2).play()
        people(bank)
        transfer(bank, neighbour)
        exchange(bank, neighbour)
        network_offer(bank)
    one, other = twins.values()
    transfer(one, other)
    transfer(other, one)
    for slug, bank in twins.items():
        mark_every_text(bank, MARKS[slug])
    _unmark_transfers_of(one, other)


@dataclass
class Story:
    """What happens in a bank, from a site to a delivery note, in the words of that bank."""

    mark: str
    part: int = 1

    def play(self) -> None:
        """Write one row of every kind, in the states that the pages act upon."""
        self.places()
        self.supply()
        self.reception()
        self.outflow()
        self.recall()

    def word(self, text: str) -> str:
        """Return a word of this bank."""
        return f"{text}{self.part} {self.mark}"

    def code(self, letter: str) -> str:
        """Return a code of this bank, of twelve signs at most."""
        return f"{letter}{self.part}{self.mark}"

    def places(self) -> None:
        """Open a site with a shelf, a cold room, a vehicle and an opening slot; know goods and people.

        The code of a family is counted with its weights, which the federation reads: it is no secret.
        """
        self.site = make_site(code=self.code("S"), name=self.word("Site"))
        self.shelf = make_location(self.site, code=self.code("L"), name=self.word("Shelf"))
        make_location(self.site, zone=Location.Zone.CHILLED, code=self.code("C"), name=self.word("Cold"))
        make_vehicle(self.site, name=self.word("Truck"), plate=self.code("V"))
        make_opening_slot(self.site)
        self.family = make_family(code=f"FAMILY_{self.part}", name=self.word("Family"))
        self.product = make_product(self.family, ref=self.code("P"), name=self.word("Product"))
        self.donor = make_donor(code=self.code("D"), name=self.word("Donor"))
        self.partner: Partner = make_partner(
            agreement=False, code=self.code("A"), name=self.word("Charity"), notes=self.word("Note")
        )
        agreement = make_agreement(self.partner, signed_by=self.word("President"))
        make_hygiene_visit(self.partner, visitor=self.word("Visitor"))
        make_paper(agreement, name=f"{self.code('paper')}.pdf")
        make_rate(starts_on=clock.today() - dt.timedelta(days=30 * self.part))

    def supply(self) -> None:
        """Leave an offer to answer, one accepted, a stop to plan, one on the road, one collected."""
        line = make_offer_line(family=self.family)
        make_offer(line, donor=self.donor, comment=self.word("Offer"))
        offer_accept(TESTER, offer=make_offer(line, donor=self.donor))
        make_round(make_stop(line, donor=self.donor), site=self.site, driver_label=self.word("Driver"))
        road = make_round(make_stop(line, donor=self.donor), site=self.site, started=True)
        road.refresh_from_db()
        collected = make_stop(line, donor=self.donor)
        make_round(collected, site=self.site, started=True, driver_label=self.word("Driver"))
        collected.refresh_from_db()
        stop_collect(TESTER, stop=collected, weights=weights_as_planned(collected))

    def reception(self) -> None:
        """Leave a receipt to control, put another into stock, and print the label of its pallet."""
        campaign_create(TESTER, programme="FSE_PLUS", name=self.word("Campaign"), starts_on=clock.today())
        goods = make_receipt_line(family=self.family, product=self.product)
        make_receipt(goods, site=self.site, donor=self.donor)
        receipt = make_receipt(goods, site=self.site, donor=self.donor)
        checks = [make_check(line, location=self.shelf) for line in receipt.lines.all()]
        receipt_post(TESTER, receipt=receipt, checks=checks, comment=self.word("Receipt"))
        new = [NewPallets(lot=lot, count=1) for lot in lots_of_receipt(receipt)]
        labels_print(TESTER, op_key=new_id(), new=new)
        collection = make_collection(
            op_key=new_id(), site=self.site, name=self.word("Collection"), tolerance_percent=0
        )
        shop = make_shop(collection, name=self.word("Shop"), city=self.word("Town"))
        crate = make_container(name=self.word("Crate"))
        make_weighing(shop, op_key=new_id(), container=crate)
        self.count(new[0].lot)
        self.workshop(new[0].lot)

        level_create(TESTER, op_key=new_id(), product=self.product, minimum_grams=9_000_000, share="banks")

    def count(self, lot: Lot) -> None:
        """Leave a sheet open, with a difference that waits for approval."""
        limits_set(TESTER, limit_grams=1_000, limit_percent=5)
        sheet = sheet_open(TESTER, op_key=new_id(), site=self.site, locations=[self.shelf])
        reason, grams = self.word("Comment"), grams_at(lot, self.shelf).grams - 100
        entry = stock_count(
            TESTER, op_key=new_id(), lot=lot, location=self.shelf, counted_grams=grams, reason=reason,
            sheet=sheet,
        )  # fmt: skip
        CountEntry.objects.filter(pk=entry.pk).update(status=EntryStatus.WAITING)

    def workshop(self, lot: Lot) -> None:
        """Leave a batch with goods in it, and one that is closed."""
        words = {"label": self.word("Soup"), "recipe": self.word("Boil"), "family": self.family}
        make_batch((lot, self.shelf, kg(1)), **words)
        close(
            make_batch((lot, self.shelf, kg(1)), **words), self.shelf, kg(1), ingredients=self.word("Leeks")
        )

    def outflow(self) -> None:
        """Leave an order to pick, one picked and one handed over, and have its day printed."""
        picks = [make_picking(self.order()) for _turn in range(3)]
        weigh(picks[1])
        note = hand_over(weigh(picks[2]), received_by=self.word("Hands"))
        asked = DayOfNotes(day=note.delivered_on, base="https://bank.example.org/")
        job_ask(DESK, kind=NOTES_OF_DAY, asked=asked, op_key=new_id())

    def recall(self) -> None:
        """Recall a lot of its own, of which the charity was served and some is reserved."""
        product = make_product(
            self.family, gtin=GTINS[self.part - 1], ref=self.code("R"), name=self.word("Ham")
        )
        make_lot(kg(20), product=product, location=self.shelf, supplier_lot=self.code("B"))
        wanted: dict[str, Any] = {"partner": self.partner, "site": self.site, "wanted_on": tomorrow()}
        for _turn in range(2):
            order = order_place(DESK, op_key=new_id(), lines=[make_line(product, 5)], **wanted)
        hand_over(weigh(make_picking(order)), received_by=self.word("Hands"))
        case_open(DESK, op_key=new_id(), title=self.word("Ham"), motive=self.word("Glass"), gtin=product.gtin)

    def order(self) -> Order:
        """Place an order of 5 kg."""
        return order_place(
            DESK,
            op_key=new_id(),
            partner=self.partner,
            site=self.site,
            wanted_on=tomorrow(),
            lines=[make_line(self.product, 5)],
            comment=self.word("Order"),
        )


def people(bank: FoodBank) -> None:
    """Give a bank one person per role, each with a token; a charity's person belongs to its charity."""
    mark = MARKS[bank.slug]
    with in_tenant(bank, Purpose.TEST):
        partner_id = Partner.objects.order_by("pk").values_list("pk", flat=True)[0]
    with in_platform(Purpose.TEST):
        for role in BANK_ROLES:
            user = person_ensure(email=f"{role}.{mark}@example.org", full_name=f"{role} {mark}")
            own = partner_id if role is Role.PARTNER else None
            membership_grant(user=user, bank=bank, role=role, partner_id=own)
            token_issue(user=user, bank=bank, label=f"{role} {mark}")


def transfer(bank: FoodBank, to_bank: FoodBank) -> Transfer:
    """Propose goods of a bank to another one."""
    with in_tenant(bank, Purpose.TEST):
        lot = Lot.objects.order_by("pk")[0]
        shelf = Location.objects.filter(account__lot=lot).order_by("pk")[0]
        return transfer_propose(
            DESK, op_key=new_id(), from_bank=bank, to_bank=to_bank, lot=lot, location=shelf, grams=kg(1)
        )


def exchange(bank: FoodBank, neighbour: FoodBank) -> None:
    """Offer surplus of a bank that its neighbour asks for, and agree with it; nobody else sees it."""
    with in_tenant(bank, Purpose.TEST):
        held = (
            reservable().filter(grams__gte=kg(1)).select_related("account__lot__family", "account__location")
        )
        account = held.order_by("account_id")[0].account
        assert account.location is not None
        item = Item(account.lot, account.location, kg(1))
        until = clock.now() + dt.timedelta(hours=1)
        surplus = surplus_publish(DESK, op_key=new_id(), items=[item], until=until)
        terms = Terms(weekly_grams=kg(1), starts_on=clock.today())
        agreement_propose(DESK, op_key=new_id(), other=neighbour, gives=True, terms=terms)
    with in_platform(Purpose.TEST):
        line = surplus.lines.get()
    with in_tenant(neighbour, Purpose.TEST):
        surplus_ask(DESK, op_key=new_id(), surplus=surplus, wanted={line.pk: kg(1)})
    with in_platform(Purpose.TEST):
        Surplus.objects.filter(pk=surplus.pk).update(reach=Reach.REGION, seen_by=[neighbour.pk])


def network_offer(bank: FoodBank) -> NetworkOffer:
    """Publish an offer near a bank, in its words, and ask whoever may take it."""
    mark = MARKS[bank.slug]
    with in_tenant(bank, Purpose.TEST):
        family = make_family(code=f"N1{mark}", name=f"Fruit {mark}")
    with in_platform(Purpose.TEST):
        department = str(bank.territories.values_list("department", flat=True)[0])
    return publish(
        make_network_line(family_code=family.code, label=f"Apples {mark}"),
        account=make_account(email=f"donor.{mark}@example.org", name=f"Shop {mark}", city=f"Town {mark}"),
        place=Place(address=f"1 street {mark}", city=f"Town {mark}", department=department),
    )


def mark_every_text(bank: FoodBank, mark: str) -> None:
    """Let every text of a bank that a page may show end with its mark, those that were empty too."""
    with in_owner(Purpose.TEST), connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for model in models_of(settings.TENANT_APPS):
            for field in _words_of(model):
                cursor.execute(_marking(bank.schema_name, model, field), {"mark": _as_fits(field, mark)})
        cursor.execute("SET session_replication_role = origin")


def _words_of(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    return [
        field
        for field in model._meta.fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and field.name not in NOT_WORDS
    ]


def _as_fits(field: "models.Field[Any, Any]", mark: str) -> str:
    return f"{mark.lower()}@example.org" if isinstance(field, models.EmailField) else mark


def _marking(schema: str, model: type[models.Model], field: "models.Field[Any, Any]") -> sql.Composed:
    """Compose the statement that marks one column; what is too long loses its beginning."""
    room = (field.max_length or 1000) - len(MARKS["twin-a"])
    value = "right({0}, {1}) || %(mark)s" if not isinstance(field, models.EmailField) else "%(mark)s"
    return sql.SQL("UPDATE {2} SET {0} = " + value + " WHERE {0} NOT ILIKE '%%' || %(mark)s || '%%'").format(
        sql.Identifier(str(field.column)), sql.Literal(room), sql.Identifier(schema, model._meta.db_table)
    )


def _unmark_transfers_of(one: FoodBank, other: FoodBank) -> None:
    """Blank the words of a transfer that both twins may read."""
    with in_platform(Purpose.TEST):
        shared = Transfer.objects.filter(from_bank__in=[one, other], to_bank__in=[one, other])
        TransferLine.objects.filter(transfer__in=shared).update(
            label="Shared goods", lot_number="SHARED", location_label="Shared dock", origin={}
        )


def token_of(bank: FoodBank, role: Role) -> tuple[User, str]:
    """Return the person of a role in a bank, with the secret of a new token."""
    with in_platform(Purpose.TEST):
        user = Membership.objects.select_related("user").get(bank=bank, role=role).user
        return user, token_issue(user=user, bank=bank, label=f"sweep {MARKS[bank.slug]}")[1]
