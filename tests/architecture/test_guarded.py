"""No row of a bank escapes the guard that keeps it in its bank."""

import ast

from django.conf import settings
from django.db import models

from apps.kernel.guard import BankQuerySet, BankRow, RowRouter
from tenants.isolation.rights import models_of
from tests.architecture.sources import sources

BARE = {"models.QuerySet", "QuerySet", "models.Model", "Model", "models.Manager", "Manager"}
BANK_MODELS = models_of(settings.TENANT_APPS)


def made_by_hand(model: type[models.Model]) -> bool:
    """Tell a model of ours from a table that Django makes between two of them."""
    return not model._meta.auto_created


def test_every_row_of_a_bank_is_guarded():
    assert [m.__name__ for m in BANK_MODELS if made_by_hand(m) and not issubclass(m, BankRow)] == []


def test_every_table_between_two_rows_has_a_guarded_model_of_its_own():
    """``RowRouter`` guards both ends of a many-to-many relation, not a queryset of its hidden table."""
    assert [m.__name__ for m in BANK_MODELS if not made_by_hand(m)] == []


def test_every_manager_of_a_bank_s_rows_makes_guarded_querysets():
    bare = [
        f"{model.__name__}.{manager.name}"
        for model in BANK_MODELS
        for manager in (*model._meta.managers, model._base_manager, model._default_manager)
        if not isinstance(manager.get_queryset(), BankQuerySet)
    ]
    assert bare == []


def test_every_queryset_class_of_a_bank_derives_from_the_guard():
    bare = [
        f"{source.path}:{kind.name}"
        for source in sources("apps")
        if source.path != "apps/kernel/guard.py"
        for kind in source.classes()
        for base in kind.bases
        if ast.unparse(base).partition("[")[0] in BARE and kind.name != "TravellingRow"
    ]
    assert bare == []


def test_no_shared_row_takes_itself_for_a_bank_s():
    assert [m.__name__ for m in models_of(settings.SHARED_APPS) if issubclass(m, BankRow)] == []


def test_django_asks_the_guard_before_any_other_router():
    assert settings.DATABASE_ROUTERS[0] == f"{RowRouter.__module__}.{RowRouter.__qualname__}"
