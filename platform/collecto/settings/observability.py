"""What an operator sees from outside: reports of errors, figures, health."""

from importlib import metadata

from collecto.settings import environment

RELEASE = "+".join(
    filter(None, [f"collecto@{metadata.version('collecto')}", environment.value("COLLECTO_RELEASE", "")])
)
"""The version of the package, and what the build is called (a commit, an image) where it says so."""

SENTRY_DSN = environment.value("SENTRY_DSN", "")
"""Empty: nothing leaves."""
SENTRY_ENVIRONMENT = environment.value("SENTRY_ENVIRONMENT", "production")
SENTRY_TRACES_SAMPLE_RATE = float(environment.value("SENTRY_TRACES_SAMPLE_RATE", "0"))
"""Share of requests and tasks whose timings are reported too, 0 to 1."""

HEALTH_HOSTS = environment.words("HEALTH_HOSTS", "localhost,127.0.0.0/8,::1")
"""Host names, addresses and networks under which /livez, /readyz and /metrics answer; nowhere else."""
WORKER_HEALTH_BIND = environment.value("WORKER_HEALTH_BIND", "")
"""``address:port`` where a worker answers the same; empty: it does not."""
OUTBOX_LATE_SECONDS = int(environment.value("OUTBOX_LATE_SECONDS", "600"))
"""Age of the oldest undelivered message beyond which the installation calls itself degraded."""

SCOPE_CHECK_EVERY = int(environment.value("SCOPE_CHECK_EVERY", "100"))
"""One request in so many asks the database whose rows it serves; 1: each of them, 0: none."""
