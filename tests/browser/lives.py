"""Banks at every point of their life, each with something in it, for the operator's pages."""

from django.utils.translation import override

from apps.kernel import clock
from apps.kernel.abilities import Role
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_owner, in_platform
from tenants.outbox.models import OutboxMessage
from tenants.registry import progress
from tenants.registry.models import BankStep, FoodBank
from tenants.registry.renaming import bank_rename
from tenants.registry.services import NewBank, bank_open, bank_register
from tenants.registry.states import BankStatus, StepKind, StepState
from tenants.registry.steps import step_ask, step_run
from tests.making.banks import fill, moved
from tests.spaces import OPERATOR

LONG = "Banque alimentaire des Plateaux et des Vallées de Bourgogne-Franche-Comté"
REACHED_AT = {"city": "Besançon", "email": "banque@example.org", "phone": "03 81 00 00 00"}


def banks_of_every_state() -> dict[str, str]:
    """Open a bank for each point of a bank's life; returns the number of each by its sub-domain."""
    with in_platform(Purpose.TEST):
        prepared = bank_register(OPERATOR, new=NewBank(name="Banque du Val", slug="preparee"))
    ready = bank_open(OPERATOR, new=NewBank(name="Banque du Lac", slug="prete", activate=False))
    suspended = moved(_opened("suspendue"), BankStatus.SUSPENDED)
    shown = (prepared, ready, suspended, archived(), erased(), exporting(), failed(), renamed())
    return {bank.slug: str(bank.pk) for bank in shown}


def archived(slug: str = "archivee") -> FoodBank:
    """Return an archived bank with its export."""
    return _stepped(_opened(slug, departments=["25", "39", "70", "90"]), StepKind.ARCHIVE)


def erased() -> FoodBank:
    """Return a bank that was removed, with its proof."""
    bank = moved(_opened("effacee"), BankStatus.SUSPENDED, BankStatus.ARCHIVED)
    return _stepped(bank, StepKind.ERASE, now=True)


def exporting(slug: str = "exportee") -> FoodBank:
    """Return a bank that is being exported."""
    bank = _opened(slug)
    step = step_ask(OPERATOR, bank=bank, kind=StepKind.EXPORT, hint=False)
    _write(step, state=StepState.RUNNING, stage=progress.COPYING, done=12, total=60)
    return bank


def failed() -> FoodBank:
    """Return a bank whose export failed, and with work that was set aside."""
    bank = _opened("echouee")
    step = step_ask(OPERATOR, bank=bank, kind=StepKind.EXPORT, hint=False)
    _write(step, attempts=9)
    with override("fr"):  # what a worker writes down is in its own language
        step_run(step.pk)
    with in_owner(Purpose.TEST):
        OutboxMessage.objects.create(
            bank_id=bank.pk,
            fact="offers.facts.OfferAccepted",
            handler="tenants.network.outbox.offer_answered",
            payload={},
            attempts=5,
            last_error="LookupError",
            parked_at=clock.now(),
        )
    return bank


def renamed() -> FoodBank:
    """Return a bank that answered on another host before."""
    return bank_rename(OPERATOR, bank=_opened("ancienne"), slug="nouvelle")


def bank_without_anything() -> FoodBank:
    """Return an open bank on its first morning: a manager, and no row yet."""
    bank = bank_open(OPERATOR, new=NewBank(name=f"{LONG} vide", slug="vide", address={**REACHED_AT}))
    with in_platform(Purpose.TEST):
        person = person_ensure(email="premiere@example.org", full_name="Anne-Charlotte de la Villardière")
        membership_grant(user=person, bank=bank, role=Role.MANAGER)
    return bank


def work_set_aside() -> int:
    """Return the number of the row that was set aside."""
    with in_platform(Purpose.TEST):
        return OutboxMessage.objects.filter(parked_at__isnull=False).latest("pk").pk


def _opened(slug: str, *, departments: list[str] | None = None) -> FoodBank:
    new = NewBank(name=f"{LONG} {slug}", slug=slug, departments=departments or [], address={**REACHED_AT})
    bank = bank_open(OPERATOR, new=new)
    fill(bank)
    return bank


def _stepped(bank: FoodBank, kind: StepKind, **params: bool) -> FoodBank:
    step = step_ask(
        OPERATOR,
        bank=bank,
        kind=kind,
        reason="Rejoint la banque voisine, décision du conseil du 3 novembre",
        params=params,
        hint=False,
    )
    assert step_run(step.pk).state == StepState.DONE
    return bank


def _write(step: BankStep, **fields: object) -> None:
    with in_platform(Purpose.TEST):
        BankStep.objects.filter(pk=step.pk).update(**fields)
