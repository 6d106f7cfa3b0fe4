"""How the API is described: one shape of refusal on every operation, two ways to authenticate."""

from typing import Any, Final, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class ProblemDetail(serializers.Serializer[Any]):
    """One reason of a refusal."""

    field = serializers.CharField(allow_null=True, help_text="Input at fault, dotted for nested ones.")
    code = serializers.CharField(help_text="Stable code of the reason.")
    message = serializers.CharField(help_text="Sentence for people, in the language asked for.")


class Problem(serializers.Serializer[Any]):
    """A refusal: nothing was written. ``code`` and ``field`` are those of the first reason."""

    code = serializers.CharField()
    message = serializers.CharField()
    field = serializers.CharField(allow_null=True)
    errors = ProblemDetail(many=True)  # type: ignore[assignment]


REFUSALS: Final = {
    "400": "The request makes no sense: a field is missing or unreadable.",
    "401": "No token or session, or one that is not valid here.",
    "403": "This person may not do this.",
    "404": "Not in this food bank.",
    "409": "Somebody came first; read again.",
    "422": "A rule of the trade says no.",
    "429": "Too many calls; the header Retry-After says how many seconds to wait.",
}


class ApiSchema(AutoSchema):
    """Adds to every operation the refusals it may answer."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._refusals():
            answer = OpenApiResponse(Problem, description=REFUSALS[status])
            bodies.setdefault(status, self._get_response_for_code(answer, status))  # type: ignore[no-untyped-call]
        return dict(sorted(bodies.items()))

    def _refusals(self) -> list[str]:
        writes = self.method != "GET"
        found = ["401", "403", "429"]
        found += ["400"] if writes or self._get_parameters() else []
        found += ["404"] if "{" in self.path else []
        return [*found, "409", "422"] if writes else found


class BankTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a program authenticates."""

    target_class = "api.authentication.BankTokenAuthentication"
    name = "bankToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Describe the header."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <secret>`: made for one person in one food bank, refused in any other.",
        }


class BankSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a page of the bank's own site authenticates."""

    target_class = "api.authentication.BankSessionAuthentication"
    name = "bankSession"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Describe the cookie."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "session",
            "description": "Session of the bank's own host; unsafe methods also need the CSRF header.",
        }
