"""Start-up checks of the project's own rules."""

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from tenants.accounts.rights import MODULES, OF_PLATFORM, verbs_without_sentence

LONGEST_PREFIX: Final = 13
"""What PostgreSQL's 63 bytes leave beside the longest name of a schema (49) and a colon."""
PREFIX: Final = re.compile(rf"[a-z0-9_-]{{1,{LONGEST_PREFIX}}}")


@register
def applications_have_one_home(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse an application that is both shared and a bank's: one would shadow the other."""
    twice = set(settings.SHARED_APPS) & set(settings.TENANT_APPS)
    return [
        Error(f"{name} is in SHARED_APPS and in TENANT_APPS", hint="Choose one.", id="collecto.E001")
        for name in sorted(twice)
    ]


@register
def connection_is_guarded(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a database engine that does not follow the open scope."""
    return [
        Error(f"database {alias!r} must use tenants.isolation.backend", id="collecto.E002")
        for alias, options in settings.DATABASES.items()
        if options["ENGINE"] != "tenants.isolation.backend"
    ]


@register(Tags.security, deploy=True)
def health_stays_inside(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to show health and figures under the name of the public site."""
    shown = set(settings.PUBLIC_HOSTS) & set(settings.HEALTH_HOSTS)
    return [
        Error(f"{host} is public: HEALTH_HOSTS must not name it", id="collecto.E004")
        for host in sorted(shown)
    ]


@register(Tags.security, deploy=True)
def identities_come_over_tls(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse an issuer of identities without TLS: whoever is on the way to it could be anybody here."""
    issuer = settings.PROCONNECT_ISSUER
    if not issuer or (issuer.startswith("https://") and urlsplit(issuer).hostname):
        return []
    hint = "Set PROCONNECT_ISSUER to the https:// address that ProConnect gave, or leave it empty."
    return [Error(f"PROCONNECT_ISSUER is not https: {issuer!r}", hint=hint, id="collecto.E006")]


@register(Tags.security, deploy=True)
def role_names_fit(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a prefix of roles that leaves a bank's name too little room, or hides where it ends."""
    prefix = settings.DATABASE_ROLE_PREFIX
    if PREFIX.fullmatch(prefix):
        return []
    hint = (
        f"Set DATABASE_ROLE_PREFIX to at most {LONGEST_PREFIX} small letters, digits, dashes or underscores."
    )
    return [Error(f"{prefix!r} cannot begin the names of roles", hint=hint, id="collecto.E005")]


@register
def every_verb_has_a_sentence(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a verb of an abilities function that no sentence explains on *Who can do what*."""
    return [
        Error(f"{verb} has no sentence", hint="Say in SENTENCES what it lets do.", id="collecto.E007")
        for verb in verbs_without_sentence((*MODULES, *OF_PLATFORM))
    ]
