"""Settings for the type checker: no database is opened."""

import os

os.environ.setdefault("DATABASE_URL", "postgres://typing@localhost/typing")

from collecto.settings.test import *
