"""Each run of a command is named; one that fails is reported, with the bank it was working for."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import sentry_sdk
from django.conf import settings

from apps.kernel.tracing import Trace, WorkKind, new_request_id, trace_opened
from collecto.observability import tag

logger = logging.getLogger("collecto.commands")
FLUSH_SECONDS = 2.0


@contextmanager
def followed() -> Iterator[Trace]:
    """Run the block as the present command.

    Raises:
        SystemExit: it failed; where logs are for machines, they tell the error instead of a trace in full.
    """
    context = click.get_current_context(silent=True)
    name = context.command_path.partition(" ")[2] if context else ""
    with trace_opened(Trace(request_id=new_request_id(), kind=WorkKind.COMMAND, name=name)) as trace:
        tag()
        try:
            yield trace
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            sentry_sdk.capture_exception(error)
            sentry_sdk.flush(timeout=FLUSH_SECONDS)
            if settings.LOG_FORMAT != "json":
                raise
            logger.exception("command failed")
            sys.exit(1)
