"""A site on which everything fails, with somebody's data in reach of every failure."""

import asyncio
import csv
import io
import logging
import os
import signal
from decimal import Decimal
from typing import Any

from celery import shared_task
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.mail import EmailMessage
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import engines
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel.scope import current_scope
from apps.kernel.tracing import request_id
from tests.collecto.observability.planted import PLANTED

OPENING_HOURS: dict[str, str] = {}
logger = logging.getLogger("collecto.failing")
QUIET_TASK = "failing.quiet"


class BrokenFile(ValueError):
    """An imported file does not read."""


def fine(request: HttpRequest) -> HttpResponse:
    return HttpResponse("fine")


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    def chunks() -> Any:
        logger.info("streaming")
        yield b"first\n"
        if "break" in request.GET:
            raise RuntimeError(PLANTED["error_text"])
        yield b"last\n"

    return StreamingHttpResponse(chunks())


async def whoami(request: HttpRequest) -> JsonResponse:
    """Answer who asks for what, after the others had their turn."""
    await asyncio.sleep(0.02)
    logger.info("asked")
    return JsonResponse({"request_id": request_id(), "bank": current_scope().bank_slug})


async def streamed_slowly(request: HttpRequest) -> StreamingHttpResponse:
    async def chunks() -> Any:
        for _turn in range(3):
            await asyncio.sleep(0.01)
            yield f"{request_id()}\n"

    return StreamingHttpResponse(chunks())


async def broken_slowly(request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(0.05)
    raise RuntimeError(f"{PLANTED['error_text']} in {current_scope().bank_slug}")


def in_view(request: HttpRequest, person: str) -> Any:
    neighbour = PLANTED["local_variable"]
    asked, password = request.GET["q"], request.POST.get("password", "")
    try:
        OPENING_HOURS[PLANTED["cause_text"]]
    except KeyError as cause:
        error = ValueError(f"{PLANTED['error_text']}: {neighbour} {person} {asked} {password}")
        error.add_note(PLANTED["note"])
        raise error from cause


@api_view(["POST"])
@authentication_classes([])
@permission_classes([])
def in_api(request: Request) -> Response:
    asked: Any = request.data
    raise RuntimeError(f"cannot pay {asked['name']} on {asked['iban']}")


class PartnerForm(forms.Form):
    contact = forms.CharField()

    def clean_contact(self) -> str:
        raise LookupError(f"two files for {self.cleaned_data['contact']}: {PLANTED['form_error']}")


def in_form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PartnerForm(request.POST).is_valid())


def in_task(request: HttpRequest) -> HttpResponse:
    break_down.delay(PLANTED["task_argument"], contact=PLANTED["task_argument"])
    return HttpResponse("sent")


@shared_task(name="failing.break_down")
def break_down(name: str, *, contact: str) -> None:
    raise RuntimeError(f"nobody is called {name} ({contact})")


@shared_task(name=QUIET_TASK)
def quiet() -> None:
    pass


@shared_task(name="failing.deadly", acks_late=False, reject_on_worker_lost=False)
def deadly() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def send_deadly(request: HttpRequest) -> HttpResponse:
    deadly.delay()
    return HttpResponse("sent")


def send_quiet(request: HttpRequest) -> HttpResponse:
    quiet.delay()
    return HttpResponse("sent")


def in_import(request: HttpRequest) -> HttpResponse:
    rows = csv.reader(io.StringIO(f"name;grams\nx;{PLANTED['cell']}\n"), delimiter=";")
    failures = []
    for _name, grams in list(rows)[1:]:
        try:
            Decimal(grams)
        except ArithmeticError as error:
            failures.append(BrokenFile(f"line 2: {grams!r} is no weight"))
            failures[-1].__cause__ = error
    raise ExceptionGroup(f"file of {PLANTED['group_text']}", failures)


def in_sql(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'Ursule Champvallon', %s::text, (%s::text)::int", [1, PLANTED["sql_parameter"]]
        )
    return HttpResponse()


def in_log(request: HttpRequest) -> HttpResponse:
    logger.error("cannot reach %s", PLANTED["log_argument"], extra={"who": PLANTED["log_extra"]})
    logger.error(f"cannot reach {PLANTED['log_text']}")  # noqa: G004
    return HttpResponse("logged")


def in_mail(request: HttpRequest) -> HttpResponse:
    EmailMessage(f"{PLANTED['mail_subject']}\n", "", None, [PLANTED["mail_recipient"]]).send()
    return HttpResponse()


class Person:
    """Somebody whose file cannot be shown."""

    def age(self) -> int:
        raise ArithmeticError(f"no birthday for {PLANTED['template_value']}")


def in_template(request: HttpRequest) -> HttpResponse:
    page = engines["django"].from_string("{% for person in people %}{{ person.age }}{% endfor %}")
    return HttpResponse(page.render({"people": [Person()], "name": PLANTED["template_value"]}))


def as_webhook(request: HttpRequest) -> HttpResponse:
    raise PermissionError(f"signature does not fit {request.body.decode()}")


class FailingMiddleware:
    """Fails when asked to."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        if request.path == "/fail/middleware/":
            raise OSError(PLANTED["middleware"])
        return self.get_response(request)


def open_to_all(view: Any) -> Any:
    return csrf_exempt(login_not_required(view))


urlpatterns = [
    path("fine/", open_to_all(fine), name="home"),
    path("stream/", open_to_all(streamed)),
    path("whoami/", open_to_all(whoami)),
    path("stream/slowly/", open_to_all(streamed_slowly)),
    path("fail/view/<str:person>/", open_to_all(in_view)),
    path("fail/slowly/", open_to_all(broken_slowly)),
    path("fail/api/", open_to_all(in_api)),
    path("fail/form/", open_to_all(in_form)),
    path("fail/task/", open_to_all(in_task)),
    path("fail/import/", open_to_all(in_import)),
    path("fail/sql/", open_to_all(in_sql)),
    path("fail/log/", open_to_all(in_log)),
    path("fail/mail/", open_to_all(in_mail)),
    path("fail/template/", open_to_all(in_template)),
    path("fail/webhook/", open_to_all(as_webhook)),
    path("fail/middleware/", open_to_all(fine)),
    path("send/quiet/", open_to_all(send_quiet)),
    path("send/deadly/", open_to_all(send_deadly)),
    path("accounts/", include("tenants.accounts.urls")),
]
