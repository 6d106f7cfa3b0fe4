"""What every environment shares."""

from collecto.settings import environment
from collecto.settings.applications import *
from collecto.settings.cache import *
from collecto.settings.database import *
from collecto.settings.languages import *
from collecto.settings.lifecycle import *
from collecto.settings.logs import *
from collecto.settings.observability import *
from collecto.settings.people import *
from collecto.settings.recalls import *
from collecto.settings.rest import *
from collecto.settings.storage import *
from collecto.settings.tasks import *
from collecto.settings.web import *

DEBUG = False
DEMO = False
SECRET_KEY = environment.value("SECRET_KEY", "")
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
"""Former secrets, separated by commas: what they signed stays valid until they leave this list."""
SILENCED_SYSTEM_CHECKS: list[str] = []
