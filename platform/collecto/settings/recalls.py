"""Recalls: where public notices are read, how long a partner may be silent, where its link leads."""

from collecto.settings import environment

RAPPELCONSO_URL = environment.value(
    "COLLECTO_RAPPELCONSO_URL",
    "https://data.economie.gouv.fr/api/explore/v2.1/catalog/datasets/rappelconso-v2-gtin-espaces/records",
)
"""The public notices, version 2; no key is asked."""
RAPPELCONSO_ON = environment.flag("COLLECTO_RAPPELCONSO", default=True)
"""Whether public notices are read every hour."""
RAPPELCONSO_SECONDS = float(environment.value("COLLECTO_RAPPELCONSO_SECONDS", "20"))
"""How long an answer may take, connection and reading each."""
RAPPELCONSO_TRIES = int(environment.value("COLLECTO_RAPPELCONSO_TRIES", "4"))
RAPPELCONSO_PAUSE_SECONDS = float(environment.value("COLLECTO_RAPPELCONSO_PAUSE_SECONDS", "2"))
"""The first pause between two tries; each next one is twice as long."""
RAPPELCONSO_DAYS = int(environment.value("COLLECTO_RAPPELCONSO_DAYS", "90"))
"""The first reading goes back so many days; the next ones begin a week before the last notice read."""
RECALL_REMINDER_HOURS = int(environment.value("COLLECTO_RECALL_REMINDER_HOURS", "24"))
"""A partner that has not answered is told again after so many hours."""
SITE_SCHEME = environment.value("COLLECTO_SITE_SCHEME", "https")
SITE_PORT = environment.value("COLLECTO_SITE_PORT", "")
"""How the sites are reached from a letter that no page has asked for."""
