"""Each request has an id, one line, and no values in it."""

import asyncio
import contextvars
import json
import logging
from threading import Thread
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.core.handlers.asgi import ASGIHandler
from django.test import Client

from apps.kernel.abilities import Role
from apps.kernel.tracing import Trace, WorkKind, request_id, trace_opened
from collecto.logs import JsonFormatter
from tenants.crossing import Purpose, in_platform, in_tenant
from tests.people import host_of, visitor

pytestmark = pytest.mark.usefixtures("no_running_loop")

FAILING = pytest.mark.urls("tests.collecto.observability.failing")
OF_OURS = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def lines(caplog):
    """The access lines written so far."""
    caplog.set_level(logging.INFO, logger="collecto")

    def written():
        return [record for record in caplog.records if record.name == "collecto.access"]

    return written


@pytest.fixture
def said(caplog):
    """The lines written so far, as a machine reads them."""
    read: list[dict[str, Any]] = []
    handler = Keeping(read)
    logging.getLogger("collecto").addHandler(handler)
    caplog.set_level(logging.INFO, logger="collecto")
    yield read
    logging.getLogger("collecto").removeHandler(handler)


class Keeping(logging.Handler):
    """Keeps what the JSON formatter makes of each record."""

    def __init__(self, read):
        super().__init__()
        self.read = read

    def emit(self, record):
        self.read.append(json.loads(JsonFormatter().format(record)))


async def asgi_get(bank, path):
    """Ask the asynchronous server, and return the id it gave and what it sent, piece by piece."""
    headers = [(b"host", host_of(bank).encode())]
    asked = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    link = ApplicationCommunicator(ASGIHandler(), asked | {"http_version": "1.1"})
    await link.send_input({"type": "http.request", "body": b""})
    start = await link.receive_output(10)
    chunks = []
    while True:
        part = await link.receive_output(10)
        chunks += [part["body"]] if part.get("body") else []
        if not part.get("more_body"):
            break
    await link.wait()
    given = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return given["x-request-id"], chunks


def of_logger(said, name):
    return [line for line in said if line["logger"] == name]


@FAILING
def test_a_sane_id_is_kept_and_given_back(twin_a):
    answer = visitor(twin_a).get("/fine/", headers={"X-Request-ID": OF_OURS})
    assert answer["X-Request-ID"] == OF_OURS


@FAILING
@pytest.mark.parametrize(
    "given", ["", "short-ab", "jean.dupont@mail.fr", "a" * 65, "0123456789abcdef\n0", "x" * 32, "-" * 20]
)
def test_anything_else_is_replaced(given, twin_a):
    answer = visitor(twin_a).get("/fine/", headers={"X-Request-ID": given})
    assert answer["X-Request-ID"] != given
    assert len(answer["X-Request-ID"]) == 32


@FAILING
def test_one_line_tells_of_a_request_by_its_route(twin_a, said):
    client = visitor(twin_a)
    client.raise_request_exception = False
    client.post("/fail/view/Jeanne-Morel/?q=secret", {"password": "open"})
    (line,) = of_logger(said, "collecto.access")
    assert line.pop("time").endswith("Z")
    assert line.pop("ms") >= 0
    assert len(line.pop("request_id")) == 32
    assert line == {
        "level": "INFO",
        "logger": "collecto.access",
        "message": "request",
        "bank": "twin-a",
        "bank_id": str(twin_a.pk),
        "kind": "web",
        "route": "/fail/view/<str:person>/",
        "method": "POST",
        "status": 500,
    }


def test_the_person_is_told_by_id_alone(sign_in, twin_a, said):
    client = sign_in(twin_a, Role.MANAGER)
    client.get("/")
    (line,) = of_logger(said, "collecto.access")
    with in_platform(Purpose.TEST):
        assert line["user_id"] == client.session["_auth_user_id"]
    assert "example.org" not in str(line)


def test_an_address_that_leads_nowhere_has_no_route(twin_a, said):
    visitor(twin_a).get("/wp-login/Jeanne/")
    (line,) = of_logger(said, "collecto.access")
    assert "route" not in line
    assert "Jeanne" not in str(line)


@FAILING
@pytest.mark.pitfall(16)
def test_a_stream_keeps_its_id_and_is_told_of_when_it_ends(twin_a, said):
    answer: Any = visitor(twin_a).get("/stream/")
    assert of_logger(said, "collecto.access") == []
    list(answer.streaming_content)
    answer.close()
    (within,) = of_logger(said, "collecto.failing")
    (line,) = of_logger(said, "collecto.access")
    assert within["request_id"] == line["request_id"] == answer["X-Request-ID"]
    assert within["bank"] == line["bank"] == "twin-a"


@FAILING
def test_a_stream_that_breaks_says_so(twin_a, said):
    answer: Any = visitor(twin_a).get("/stream/?break=1")
    with pytest.raises(RuntimeError):
        list(answer.streaming_content)
    answer.close()
    (line,) = of_logger(said, "collecto.access")
    assert line["interrupted"] is True


@FAILING
@pytest.mark.pitfall(15)
def test_requests_answered_side_by_side_keep_their_own_id_and_bank(twin_a, twin_b, said):
    async def ask(bank):
        own, chunks = await asgi_get(bank, "/whoami/")
        return bank.slug, own, json.loads(chunks[0])

    async def all_at_once():
        return await asyncio.gather(*(ask(bank) for bank in (twin_a, twin_b) * 4))

    answers = async_to_sync(all_at_once)()
    assert [told for _slug, _id, told in answers] == [
        {"request_id": own, "bank": slug} for slug, own, _told in answers
    ]
    expected = {(own, slug) for slug, own, _told in answers}
    for logger in ("collecto.failing", "collecto.access"):
        assert {(line["request_id"], line["bank"]) for line in of_logger(said, logger)} == expected


@FAILING
@pytest.mark.pitfall(16)
def test_an_asynchronous_stream_keeps_its_id(twin_a, said):
    own, chunks = async_to_sync(asgi_get)(twin_a, "/stream/slowly/")
    assert chunks == [f"{own}\n".encode()] * 3
    assert [line["request_id"] for line in of_logger(said, "collecto.access")] == [own]


def test_a_thread_that_copies_its_context_goes_on_under_the_same_name(twin_a, said):
    with in_tenant(twin_a, Purpose.TEST), trace_opened(Trace(request_id=OF_OURS, kind=WorkKind.WEB)):
        context = contextvars.copy_context()
        thread = Thread(target=lambda: context.run(logging.getLogger("collecto.failing").info, "asked"))
        thread.start()
        thread.join()
    (line,) = of_logger(said, "collecto.failing")
    assert (line["request_id"], line["bank"]) == (OF_OURS, "twin-a")


def test_outside_any_work_there_is_no_id():
    assert request_id() == ""


@FAILING
def test_nothing_stays_open_after_a_request(twin_a, lines):
    Client(headers={"host": host_of(twin_a)}).get("/fine/")
    assert request_id() == ""
    assert len(lines()) == 1
