"""Settings of the soaked site: the product's, small pools, its own addresses beside the product's."""

from collecto.settings.demo import *  # noqa: F403
from collecto.settings.demo import DATABASES

ROOT_URLCONF = "tests.soak.urls"
DATABASES["default"]["OPTIONS"]["pool"].update(min_size=2, max_size=6, timeout=30)
