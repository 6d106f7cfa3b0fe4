"""Bringing a database to the present version: the public schema first, then every bank."""

from collections.abc import Iterable

from django.core.management import call_command

from apps.kernel.scope import OWNER_DATABASE
from tenants.crossing import Purpose, in_owner
from tenants.isolation import rights
from tenants.isolation.schemas import schema_exists
from tenants.registry.models import FoodBank
from tenants.registry.states import BankKind, BankStatus


def migrate_public(*, verbosity: int = 0) -> None:
    """Migrate the shared tables and give every role its rights on them."""
    with in_owner(Purpose.MIGRATION):
        migrate_schema("public", verbosity)
        rights.grant_public_rights()


def migrate_banks(*, verbosity: int = 0) -> Iterable[str]:
    """Migrate every bank's schema in turn, yielding each schema's name when it is done."""
    with in_owner(Purpose.MIGRATION):
        banks = FoodBank.objects.exclude(kind=BankKind.FEDERATION).exclude(status=BankStatus.ARCHIVED)
        schemas = [name for name in banks.values_list("schema_name", flat=True) if schema_exists(name)]
    for schema in schemas:
        with in_owner(Purpose.MIGRATION):
            migrate_schema(schema, verbosity)
            rights.grant_bank_rights(schema)
        yield schema


def bring_up_to_date() -> None:
    """Migrate the public schema and every bank."""
    migrate_public()
    for _schema in migrate_banks():
        pass


def migrate_schema(schema: str, verbosity: int = 0) -> None:
    """Run the pending migrations of one schema as the owner of the database."""
    call_command(
        "migrate_schemas",
        database=OWNER_DATABASE,
        schema_name=schema,
        interactive=False,
        verbosity=verbosity,
        executor="standard",
    )
