"""Run one of Django's checking commands; none of them opens the database."""

import sys

import django
from django.core.management import execute_from_command_line

from apps.kernel.scope import OWNER_DATABASE, Scope, ScopeKind, scope_opened

if __name__ == "__main__":
    django.setup()
    with scope_opened(Scope(kind=ScopeKind.OWNER, database=OWNER_DATABASE)):
        execute_from_command_line(["collecto", *sys.argv[1:]])
