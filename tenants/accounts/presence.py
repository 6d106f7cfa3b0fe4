"""The last day on which a person worked in a bank: a day, not an hour, and for that bank alone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.kernel import clock
from tenants.accounts.models import Membership


class PresenceMiddleware:
    """Notes once a day that a person is at work here; must follow whoever names the person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and keep the day when it is a new one."""
        here = getattr(getattr(request, "bank", None), "pk", None)
        hats: list[Membership] = getattr(request, "hats", [])
        today = clock.today()
        late = [hat.pk for hat in hats if hat.bank_id == here and hat.seen_on != today]
        if late:
            Membership.objects.filter(pk__in=late).update(seen_on=today)
        return self.get_response(request)
