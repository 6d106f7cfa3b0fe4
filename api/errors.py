"""The error contract: one shape for every refusal.

``{"code": …, "message": …, "field": null | …, "errors": [{"field": …, "code": …, "message": …}]}``
"""

from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from apps.kernel.errors import Conflict, DomainError, Forbidden, TooMany, refusal_in


def as_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn any refusal into its answer; an unknown error stays an error 500."""
    refusal = refusal_in(error)
    if refusal is not None:
        return Response(_refusal(refusal), status=_status(refusal))
    error = _spoken_by_rest(error)
    response = exception_handler(error, context)
    if response is not None and isinstance(error, exceptions.APIException):
        response.data = _problem(error)
    return response


def _spoken_by_rest(error: Exception) -> Exception:
    """Return Django's own refusals as those of the REST framework."""
    if isinstance(error, DjangoValidationError):
        return exceptions.ValidationError(detail=_details(error))
    if isinstance(error, Http404):
        return exceptions.NotFound()
    return exceptions.PermissionDenied() if isinstance(error, DjangoPermissionDenied) else error


def _refusal(error: DomainError) -> dict[str, Any]:
    detail = {"field": error.field, "code": error.code, "message": error.message}
    return {"code": error.code, "message": error.message, "field": error.field, "errors": [detail]}


def _status(error: DomainError) -> int:
    if isinstance(error, Forbidden):
        return 403
    if isinstance(error, TooMany):
        return 429
    return 409 if isinstance(error, Conflict) else 422


def _details(error: DjangoValidationError) -> Any:
    return error.message_dict if hasattr(error, "error_dict") else error.messages


def _problem(error: exceptions.APIException) -> dict[str, Any]:
    errors = list(_flat(error.get_full_details()))
    first = errors[0]
    return {"code": first["code"], "message": first["message"], "field": first["field"], "errors": errors}


def _flat(details: Any, field: str | None = None) -> Any:
    """Walk DRF's nested details and yield one entry per message, fields joined by dots."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"field": field, "code": details["code"], "message": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            own = None if name == "non_field_errors" else str(name)
            yield from _flat(inner, ".".join(part for part in (field, own) if part) or None)
    elif isinstance(details, list):
        for index, inner in enumerate(details):
            nested = isinstance(inner, dict) and set(inner) != {"message", "code"}
            yield from _flat(inner, f"{field}.{index}" if nested and field else field)
