"""Rows and querysets stay in the bank they were born in.

Two banks hold rows with the same keys, so a row of one that is saved, read on or filtered by in the
other would silently be somebody else's. Every row and every query therefore remembers its *home*: the
schema of the scope it was born in. Used while another schema is open, it raises ``ForeignRow``. What was
made outside every bank (a queryset of a module, say) has no home and works in each bank.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from typing import Any, Self, TypeVar, cast

from django.db import models
from django.db.models.query import RawQuerySet
from django.db.models.sql import Query, RawQuery

from apps.kernel.scope import PUBLIC_SCHEMA, scope_or_none

M = TypeVar("M", bound=models.Model)


class ForeignRow(RuntimeError):
    """A row or a query of one bank was used while another one's rows were open."""


def home_here() -> str | None:
    """Return the schema of the open bank, ``None`` where no bank is open."""
    scope = scope_or_none()
    return scope.schema if scope is not None and scope.schema != PUBLIC_SCHEMA else None


def home_of(thing: object) -> str | None:
    """Return the schema a row was born in, ``None`` for what belongs to no bank."""
    return getattr(getattr(thing, "_state", None), "home", None)


def require_home(model: type[models.Model] | None, home: str | None) -> None:
    """Refuse what was born in another schema than the open one.

    Raises:
        ForeignRow: another schema is open.
    """
    if home is None:
        return
    scope = scope_or_none()
    if scope is not None and scope.schema != home:
        what = model._meta.label if model else "a row"
        raise ForeignRow(f"{what} of {home} used in {scope.schema}")


def require_row(row: object) -> None:
    """Refuse a row of another bank; anything that is not a bank's row passes.

    Raises:
        ForeignRow: the row was born in another schema than the open one.
    """
    home = home_of(row)
    if home is not None:
        require_home(type(row), home)  # type: ignore[arg-type]


class BankQuery(Query):
    """A query with a home: copied, compiled, combined and nested only there."""

    home: str | None = None

    def clone(self) -> Self:
        """Copy the query; the copy of one without a home is at home in the open bank."""
        require_home(self.model, self.home)
        copy = cast("Self", super().clone())
        copy.home = self.home or home_here()
        return copy

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        """Compile the query, by itself or inside another one."""
        require_home(self.model, self.home)
        return super().get_compiler(*args, **kwargs)

    def combine(self, rhs: Query, connector: str) -> None:
        """Merge another query of the same bank."""
        require_home(self.model, getattr(rhs, "home", None))
        super().combine(rhs, connector)

    def check_query_object_type(self, value: Any, opts: Any, field: Any) -> None:
        """Refuse a row of another bank as the value of a filter."""
        require_row(value)
        super().check_query_object_type(value, opts, field)


class BankRawQuery(RawQuery):
    """Raw SQL that runs, and is read on, where it was written."""

    home: str | None = None

    @classmethod
    def like(cls, query: RawQuery, home: str | None) -> "BankRawQuery":
        """Return the same SQL with a home."""
        copy = cls(query.sql, query.using, params=query.params)
        copy.home = home
        return copy

    def clone(self, using: str) -> "BankRawQuery":
        """Copy the query, home included."""
        return self.like(super().clone(using), self.home)

    def __iter__(self) -> Iterator[Any]:
        return _kept_home(None, super().__iter__())

    def _execute_query(self) -> None:
        require_home(None, self.home)
        super()._execute_query()  # type: ignore[misc]


class BankRawQuerySet(RawQuerySet):  # type: ignore[type-arg]
    """Rows of raw SQL; those already held are read in their own bank only."""

    query: BankRawQuery

    def _fetch_all(self) -> None:
        require_home(self.model, self.query.home)
        super()._fetch_all()  # type: ignore[misc]


def _kept_home(model: type[models.Model] | None, rows: Iterable[Any]) -> Iterator[Any]:
    """Yield rows; one begun in a bank and continued in another raises before the next row is read."""
    home = home_here()
    for row in rows:
        yield row
        require_home(model, home)


class BankQuerySet(models.QuerySet[M]):
    """A queryset at home in the bank it was made in; without a home it makes copies that have one."""

    _query: Query

    def __init__(
        self,
        model: type[M] | None = None,
        query: Query | None = None,
        using: str | None = None,
        hints: dict[str, Any] | None = None,
    ) -> None:
        if query is None:
            query = BankQuery(model)
            query.home = home_here()
        super().__init__(model, query, using, hints)
        if hints:
            require_row(hints.get("instance"))

    @property
    def db(self) -> str:
        """Return the database alias, for whoever may use this queryset here."""
        require_home(self.model, self._home)
        return super().db

    def raw(self, *args: Any, **kwargs: Any) -> BankRawQuerySet:
        """Return rows of raw SQL, with this bank as their home."""
        found = super().raw(*args, **kwargs)
        found.query = BankRawQuery.like(found.query, self._home or home_here())
        found.__class__ = BankRawQuerySet
        return found  # type: ignore[return-value]

    async def aiterator(self, chunk_size: int = 2000) -> AsyncIterator[Any]:
        """Yield rows one by one, in one bank from the first to the last."""
        home = self._home or home_here()
        async for row in super().aiterator(chunk_size):
            yield row
            require_home(self.model, home)

    def __iter__(self) -> Iterator[Any]:
        return super(BankQuerySet, self._at_home()).__iter__()

    def __aiter__(self) -> AsyncIterator[Any]:
        return super(BankQuerySet, self._at_home()).__aiter__()

    def __len__(self) -> int:
        return super(BankQuerySet, self._at_home()).__len__()

    def __bool__(self) -> bool:
        return super(BankQuerySet, self._at_home()).__bool__()

    @property
    def _home(self) -> str | None:
        return getattr(self._query, "home", None)

    @property
    def _result_cache(self) -> list[Any] | None:
        """Rows already read: every look at them is a use of the queryset."""
        rows: list[Any] | None = self.__dict__["_result_cache"]
        if rows is not None:
            require_home(self.model, self._home)
        return rows

    @_result_cache.setter
    def _result_cache(self, rows: list[Any] | None) -> None:
        self.__dict__["_result_cache"] = rows

    def _at_home(self) -> "BankQuerySet[M]":
        """Return the queryset, or a copy for the open bank of one that has no home and holds no rows."""
        return self if self._home or home_here() is None else self.all()

    def _fetch_all(self) -> None:
        if isinstance(self._query, BankQuery):
            self._query.home = self._query.home or home_here()
        super()._fetch_all()

    def _iterator(self, use_chunked_fetch: bool, chunk_size: int | None) -> Iterator[Any]:
        return _kept_home(self.model, super()._iterator(use_chunked_fetch, chunk_size))  # type: ignore[misc]

    def _add_hints(self, **hints: Any) -> None:
        require_row(hints.get("instance"))
        super()._add_hints(**hints)  # type: ignore[misc]


class BankRow(models.Model):
    """Base of every row in a bank's schema: born, used, saved and deleted in the same bank."""

    objects = BankQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._state.home = home_here()  # type: ignore[attr-defined]

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """Write the row in its own bank; a row without a home gets one here."""
        self._require_home()
        super().save_base(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row in its own bank."""
        require_row(self)
        return super().delete(*args, **kwargs)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read the row, or the fields it came without, in its own bank."""
        require_row(self)
        super().refresh_from_db(*args, **kwargs)

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        """Compare the row with those of its own bank."""
        require_row(self)
        super().validate_unique(exclude)

    def prepare_database_save(self, field: Any) -> Any:
        """Return the key for another row's reference to this one."""
        require_row(self)
        return super().prepare_database_save(field)

    def _prepare_related_fields_for_save(self, *args: Any, **kwargs: Any) -> None:
        self._require_home()
        super()._prepare_related_fields_for_save(*args, **kwargs)  # type: ignore[misc]

    def _get_next_or_previous_by_FIELD(self, *args: Any, **kwargs: Any) -> Any:  # noqa: N802
        require_row(self)
        return super()._get_next_or_previous_by_FIELD(*args, **kwargs)  # type: ignore[misc]

    def _require_home(self) -> None:
        """Refuse to write this row here when it, or a row that it holds, is at home elsewhere."""
        require_row(self)
        for held in self._state.fields_cache.values():
            require_row(held)
        self._state.home = home_of(self) or home_here()  # type: ignore[attr-defined]


class RowRouter:
    """Refuses what Django asks the routers about: relations, and the tables between two rows.

    It names no database: the next router does.
    """

    def db_for_read(self, model: type[models.Model], **hints: Any) -> None:
        """Refuse to read for a row of another bank."""
        require_row(hints.get("instance"))

    def db_for_write(self, model: type[models.Model], **hints: Any) -> None:
        """Refuse to write for a row of another bank."""
        require_row(hints.get("instance"))

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> None:
        """Refuse to point a row at one of another bank."""
        require_row(one)
        require_row(other)
