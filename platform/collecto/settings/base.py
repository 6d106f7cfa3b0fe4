"""What every environment shares."""

from collecto.settings import environment
from collecto.settings.applications import *  # noqa: F403
from collecto.settings.database import *  # noqa: F403
from collecto.settings.languages import *  # noqa: F403
from collecto.settings.people import *  # noqa: F403
from collecto.settings.rest import *  # noqa: F403
from collecto.settings.tasks import *  # noqa: F403
from collecto.settings.web import *  # noqa: F403

DEBUG = False
DEMO = False
SECRET_KEY = environment.value("SECRET_KEY", "")
SILENCED_SYSTEM_CHECKS: list[str] = []
