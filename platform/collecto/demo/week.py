"""One simulated week of the network, played through the real services; same seed, same books."""

import datetime as dt
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.stock.selectors import available_by_lot
from collecto.demo import (
    collecting,
    counting,
    exchange,
    hats,
    kitchen,
    outflow,
    recalls,
    standing,
    supply,
    upkeep,
)
from collecto.demo.dice import Dice
from collecto.demo.files import Files, write_files
from collecto.demo.network import DEMO, PILOT, federation_person, open_members, staff_of
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.federation.services import fold
from tenants.library.services import catalogue_adopt, library_load
from tenants.network.models import Transfer
from tenants.network.services import (
    steps_advance_due,
    transfer_accept,
    transfer_propose,
    transfer_receive,
    transfer_ship,
)
from tenants.network.states import TransferState
from tenants.registry.models import FoodBank
from tenants.registry.states import BankKind

PARIS = ZoneInfo("Europe/Paris")
DAYS = 7
COLLECTED = "bourgogne"
"""The bank whose national collection of last November is still being sorted."""
CASCADE = 4
"""How often the banks look at their offers in a morning: what one declines reaches the next."""


class Week:
    """The members of the network, their files and people, and the dice of the week."""

    def __init__(self, *, seed: int, first: dt.date, progress: Progress) -> None:
        self.seed = seed
        self.dice = Dice(seed)
        self.first = first
        self.progress = progress
        self.files: dict[str, Files] = {}
        self.people: dict[str, dict[Role, Actor]] = {}
        self.partners: dict[tuple[str, str], Actor] = {}

    def open(self) -> None:
        """Open the members and write their files, the evening before."""
        with clock.time_set_to(self._at(-1, 18)):
            library_load(DEMO)
            members = open_members(self.progress)
            federation_person(members["federation"])
            banks = [bank for bank in members.values() if bank.kind != BankKind.FEDERATION]
            for bank in self.progress.track(banks, description="writing their files"):
                catalogue_adopt(DEMO, bank=bank)
                self.people[bank.slug] = staff_of(bank)
                with in_tenant(bank, Purpose.DEMONSTRATION):
                    self.files[bank.slug] = write_files(bank)
                    standing.rules_write(bank, self.people[bank.slug])
                self._partner_people(bank)
            standing.needs_write(members)
            with in_tenant(self.files[COLLECTED].bank, Purpose.DEMONSTRATION):
                collecting.collect(self.files[COLLECTED], self.people[COLLECTED], seed=self.seed)

    def day(self, number: int) -> None:
        """Live one day."""
        with clock.time_set_to(self._at(number, 7)):
            self._publish()
        with clock.time_set_to(self._at(number, 8)):
            self._arrivals()
            self._hand_over()
        for turn in range(CASCADE):
            with clock.time_set_to(self._at(number, 9) + dt.timedelta(minutes=10 * turn)):
                self._answer()
        with clock.time_set_to(self._at(number, 10)):
            self._collect()
        with clock.time_set_to(self._at(number, 14)):
            self._receive()
        with clock.time_set_to(self._at(number, 14) + dt.timedelta(minutes=30)):
            self._cook(number)
        with clock.time_set_to(self._at(number, 15)):
            self._order(number)
            self._surplus(number)
        with clock.time_set_to(self._at(number, 17)):
            self._close_day()

    def this_morning(self) -> None:
        """Leave work to do today (offers, receipts, a truck on the road) and yesterday’s notes printed."""
        with clock.time_set_to(clock.now() - dt.timedelta(minutes=20)):
            for slug in PILOT:
                with in_tenant(self.files[slug].bank, Purpose.DEMONSTRATION):
                    upkeep.put_right(self.people[slug])
                    counting.count(self.people[slug], self.files[slug].site)
                    counting.want(self.people[slug])
            home, people = self.files["bourgogne"].bank, self.people["bourgogne"]
            with in_tenant(home, Purpose.DEMONSTRATION):
                recalls.exercise(self.dice, people)
            hats.show_people(home, self.files["nevers"].bank, people[Role.MANAGER])
            hats.hand_out_links(home, people[Role.ROUNDS])
        with clock.time_set_to(clock.now() - dt.timedelta(minutes=5)):
            self._publish(only=0.4)
            for slug in PILOT:
                with in_tenant(self.files[slug].bank, Purpose.DEMONSTRATION):
                    supply.answer(self.dice, self.people[slug][Role.MANAGER], patience=0.5)
                    supply.collect(self.dice, self.files[slug], self.people[slug])
            self._transfer(self.files["bourgogne"], self.files["allier"])
            with in_tenant(home, Purpose.DEMONSTRATION):
                kitchen.start_any(self.dice, self.files["bourgogne"], people[Role.STOCK])
            for slug in PILOT:
                with in_tenant(self.files[slug].bank, Purpose.DEMONSTRATION):
                    outflow.print_day(self.dice, self.people[slug][Role.MANAGER])
            around = ("chalon", "allier", "auxerre", "nevers")
            others = [(self.files[slug].bank, self.people[slug]) for slug in around]
            exchange.settle(home, others, people)

    def _at(self, day: int, hour: int) -> dt.datetime:
        date = self.first + dt.timedelta(days=day)
        return dt.datetime(date.year, date.month, date.day, hour, tzinfo=PARIS)

    def _publish(self, *, only: float = 1.0) -> None:
        for slug in PILOT:
            for account, row in self.files[slug].donors:
                if self.dice.happens(only * min(1.0, float(row["rounds_per_week"]) / 5)):
                    with in_platform(Purpose.DEMONSTRATION):
                        supply.publish(self.dice, account, row)

    def _answer(self) -> None:
        steps_advance_due(DEMO, now=clock.now())
        for slug, files in self.files.items():
            with in_tenant(files.bank, Purpose.DEMONSTRATION):
                supply.answer(self.dice, self.people[slug][Role.MANAGER])

    def _collect(self) -> None:
        for slug, files in self.files.items():
            with in_tenant(files.bank, Purpose.DEMONSTRATION):
                supply.collect(self.dice, files, self.people[slug])

    def _receive(self) -> None:
        for slug, files in self.files.items():
            with in_tenant(files.bank, Purpose.DEMONSTRATION):
                supply.receive(self.dice, files, self.people[slug][Role.VOLUNTEER])

    def _order(self, number: int) -> None:
        for slug, files in self.files.items():
            with in_tenant(files.bank, Purpose.DEMONSTRATION):
                for partner, row in files.partners:
                    often = outflow.ORDERS_PER_WEEK[row["order_rhythm"]] / DAYS
                    if number == DAYS - 1 or self.dice.happens(often * 1.4):
                        actor = self.partners[slug, partner.code]
                        outflow.order(self.dice, files, partner, row, actor)

    def _hand_over(self) -> None:
        for slug, files in self.files.items():
            with in_tenant(files.bank, Purpose.DEMONSTRATION):
                outflow.hand_over(self.dice, self.people[slug][Role.STOCK])

    def _close_day(self) -> None:
        for slug, files in self.files.items():
            with in_tenant(files.bank, Purpose.DEMONSTRATION):
                outflow.pick(self.dice, self.people[slug][Role.VOLUNTEER])
                outflow.lose(self.dice, self.people[slug])
        with in_platform(Purpose.INDICATORS):
            fold()

    def _cook(self, number: int) -> None:
        """The home bank cooks once in the week, and freezes what will not be given out in time."""
        files, cook = self.files["bourgogne"], self.people["bourgogne"][Role.STOCK]
        if number == 1:
            with in_tenant(files.bank, Purpose.DEMONSTRATION):
                kitchen.cook(self.dice, files, cook)
                kitchen.freeze(self.dice, files, cook)

    def _surplus(self, number: int) -> None:
        """Every other day the fullest shelves help a neighbour."""
        if number % 2 == 0:
            return
        for giver, taker in (("bourgogne", "jura"), ("chalon", "loire"), ("auxerre", "aube")):
            self._transfer(self.files[giver], self.files[taker])

    def _transfer(self, giver: Files, taker: Files) -> None:
        sender, receiver = self.people[giver.bank.slug], self.people[taker.bank.slug]
        with in_tenant(giver.bank, Purpose.DEMONSTRATION):
            spare = [held for held in available_by_lot() if held.on_hand_grams > 40_000 and _keeps(held.lot)]
            if not spare:
                return
            most = max(spare, key=lambda held: (held.on_hand_grams, held.lot.number))
            transfer = transfer_propose(
                sender[Role.STOCK],
                op_key=self.dice.key(),
                from_bank=giver.bank,
                to_bank=taker.bank,
                lot=most.lot,
                location=most.location,
                grams=most.on_hand_grams // 2 // 1000 * 1000,
            )
        with in_tenant(taker.bank, Purpose.DEMONSTRATION):
            transfer_accept(receiver[Role.STOCK], transfer=transfer)
        with in_tenant(giver.bank, Purpose.DEMONSTRATION):
            transfer_ship(sender[Role.STOCK], transfer=transfer)

    def _arrivals(self) -> None:
        """Receive what was shipped yesterday; a little is missing now and then."""
        with in_platform(Purpose.DEMONSTRATION):
            coming = list(
                Transfer.objects.filter(state=TransferState.SHIPPED)
                .select_related("to_bank")
                .order_by("number")
            )
        for transfer in coming:
            files = self.files[transfer.to_bank.slug]
            with in_platform(Purpose.DEMONSTRATION):
                lines = list(transfer.lines.order_by("pk"))
            short = 1_000 if self.dice.happens(0.4) else 0
            received = {line.pk: line.shipped_grams - short for line in lines}
            with in_tenant(files.bank, Purpose.DEMONSTRATION):
                transfer_receive(
                    self.people[files.bank.slug][Role.STOCK],
                    transfer=transfer,
                    received=received,
                    location=files.place_for(
                        lines[0].origin["temperature_class"], lines[0].origin["supply_source"]
                    ),
                    reason="Cagette tombée au chargement" if short else "",
                    temperature_c=supply.degrees(lines[0].origin["temperature_class"]),
                )

    def _partner_people(self, bank: FoodBank) -> None:
        with in_platform(Purpose.DEMONSTRATION):
            for partner, _row in self.files[bank.slug].partners:
                email = f"{partner.code.lower()}.{bank.slug}@example.org"
                user = person_ensure(email=email, full_name=partner.name)
                membership_grant(user=user, bank=bank, role=Role.PARTNER, partner_id=partner.pk)
                self.partners[bank.slug, partner.code] = Actor(
                    id=user.pk,
                    label=partner.name,
                    roles=frozenset({Role.PARTNER}),
                    partner_id=partner.pk,
                )


def _keeps(lot: object) -> bool:
    """Tell whether a lot lasts long enough to travel and be given out."""
    expires_on = getattr(lot, "expires_on", None)
    return expires_on is None or (expires_on - clock.today()).days >= 5


def play(*, console: Console, seed: int, days: int = DAYS) -> None:
    """Open the network and live the days that end yesterday, with a progress display."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        first = clock.today() - dt.timedelta(days=days)
        week = Week(seed=seed, first=first, progress=progress)
        week.open()
        for number in progress.track(range(days), description="living the week"):
            week.day(number)
        week.this_morning()
