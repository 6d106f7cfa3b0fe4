"""Messages shown once, kept in a cookie of the host that they were said on."""

from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest


class HostMessages(CookieStorage):
    """A signed cookie whose salt holds the host: a copy means nothing on another bank's site."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.cookie_name = settings.MESSAGE_COOKIE_NAME
        self.key_salt = f"{CookieStorage.key_salt}:{request.get_host()}"
        super().__init__(request, *args, **kwargs)
