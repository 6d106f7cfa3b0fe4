"""What every operation of the API shares: who calls, the door behind which it runs, its input."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db import connection
from rest_framework.exceptions import AuthenticationFailed, NotFound, Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from api.throttles import wait_of_stranger
from apps.kernel.abilities import Actor
from apps.kernel.doors import READING, refuse_writes

IDEMPOTENCY_HEADER = "Idempotency-Key"


class Doors:
    """Mixin: once the caller is known, a GET runs where the database refuses every change."""

    def perform_authentication(self, request: Request) -> None:
        """Find who calls; an address that tries many tokens waits.

        Raises:
            Throttled: too many calls from there were refused.
            AuthenticationFailed: the token is not valid here.
        """
        try:
            super().perform_authentication(request)  # type: ignore[misc]
        except AuthenticationFailed:
            wait = wait_of_stranger(request)
            if wait:
                raise Throttled(wait) from None
            raise

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the caller in, then put the answer to a reading method behind the door."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        name = str(request.method).lower()
        if request.method in READING and hasattr(self, name):
            setattr(self, name, _behind_door(getattr(self, name)))


def _behind_door(answer: Callable[..., Response]) -> Callable[..., Response]:
    @wraps(answer)
    def guarded(*args: Any, **kwargs: Any) -> Response:
        with connection.execute_wrapper(refuse_writes):
            return answer(*args, **kwargs)

    return guarded


class Resource(Doors, GenericViewSet[Any]):
    """Base of the operations on one kind of thing."""

    @classmethod
    def at(cls, **actions: str) -> Any:
        """Return the view that maps methods to actions (``get="list"``), with the name of its door."""
        view: Any = cls.as_view({**actions})
        is_reading = {method.upper() for method in actions} <= set(READING)
        view.door = "reads" if is_reading else "writes"
        return view

    @property
    def actor(self) -> Actor:
        """Who calls."""
        return cast("Actor", self.request.auth)

    def asked(self, serializer: type[Serializer[Any]]) -> dict[str, Any]:
        """Return the filters of the address, checked.

        Raises:
            ValidationError: a filter makes no sense.
        """
        return self._checked(serializer(data=self.request.query_params))

    def sent(self, serializer: type[Serializer[Any]]) -> dict[str, Any]:
        """Return the body of the request, checked.

        Raises:
            ValidationError: the body makes no sense.
        """
        return self._checked(serializer(data=self.request.data))

    def op_key(self, body: dict[str, Any]) -> UUID:
        """Return the key of the act, from the header or the body: sent twice, it is done once.

        Raises:
            ValidationError: there is none, or it is not a UUID.
        """
        given = self.request.headers.get(IDEMPOTENCY_HEADER) or body.get("op_key")
        if given is None:
            raise ValidationError({"op_key": [f"Send a UUID in {IDEMPOTENCY_HEADER} or op_key."]}, "required")
        try:
            return UUID(str(given))
        except ValueError as error:
            raise ValidationError({"op_key": ["Not a UUID."]}, "invalid") from error

    def listed(self, found: Any, serializer: type[Serializer[Any]]) -> Response:
        """Return one page of rows."""
        page = self.paginate_queryset(found)
        return self.get_paginated_response(serializer(page, many=True).data)

    def _checked(self, serializer: Serializer[Any]) -> dict[str, Any]:
        serializer.is_valid(raise_exception=True)
        return cast("dict[str, Any]", serializer.validated_data)


class Unknown(Doors, APIView):
    """Answers every address that the API does not have, in the shape of every other refusal."""

    schema = None
    door: ClassVar[str] = "reads"

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view with the name of its door."""
        view: Any = super().as_view(**initkwargs)
        view.door = cls.door
        return view

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Refuse any method alike."""
        self.http_method_names = [str(request.method).lower()]
        setattr(self, str(request.method).lower(), self._refuse)
        return super().dispatch(request, *args, **kwargs)

    def _refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotFound
