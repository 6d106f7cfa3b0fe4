"""A code sent by e-mail and typed back in the same browser: proof that an address is somebody's own.

What is waited for is kept in the session of the browser that asked, as a digest, for one purpose; three
wrong tries end it. Opening a link asks for nothing.
"""

from hashlib import sha256
from typing import Any, Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import constant_time_compare

from apps.kernel import clock
from tenants.accounts.errors import CodeGone, WrongCode
from tenants.isolation.throttle import count

WAITED_FOR: Final = "code_waited_for"
TRIES: Final = 3


def code_send(
    request: HttpRequest, *, about: str, email: str, language: str, mail: str, context: dict[str, Any]
) -> None:
    """Send a code to an address and wait for it in this browser; the code before it is forgotten.

    ``mail`` names the templates ``<mail>_subject.txt`` and ``<mail>.txt``.

    Raises:
        TooMany: too many codes were asked for this address.
    """
    count("code-mail", email)
    code = get_adapter().generate_login_code()
    said = {**context, "code": code, "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60}
    with translation.override(language):
        subject = " ".join(render_to_string(f"{mail}_subject.txt", said).split())
        send_mail(subject, render_to_string(f"{mail}.txt", said), settings.DEFAULT_FROM_EMAIL, [email])
    request.session[WAITED_FOR] = {
        "about": about,
        "email": email,
        "digest": _digest(about, code),
        "until": clock.now().timestamp() + settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT,
        "tries": TRIES,
    }


def is_waited_for(request: HttpRequest, *, about: str) -> str:
    """Return the address to which this browser had a code sent for a purpose, or an empty text."""
    waited: dict[str, Any] = request.session.get(WAITED_FOR, {})
    return str(waited["email"]) if waited.get("about") == about else ""


def code_use(request: HttpRequest, *, about: str, code: str) -> str:
    """Return the address that a code proves; it is used up.

    Raises:
        CodeGone: none is waited for, it is too old, or was typed wrong too often.
        WrongCode: it is not this one.
    """
    waited: dict[str, Any] = request.session.get(WAITED_FOR, {})
    if waited.get("about") != about or waited["until"] < clock.now().timestamp() or waited["tries"] < 1:
        raise CodeGone
    if not constant_time_compare(waited["digest"], _digest(about, code)):
        request.session[WAITED_FOR] = {**waited, "tries": waited["tries"] - 1}
        raise WrongCode
    del request.session[WAITED_FOR]
    return str(waited["email"])


def _digest(about: str, code: str) -> str:
    typed = "".join(sign for sign in code.upper() if sign.isalnum())
    return sha256(f"{about}\n{typed}".encode()).hexdigest()
