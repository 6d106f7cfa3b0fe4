"""The schema of the API: served, generated, and its stored copy."""

from pathlib import Path
from typing import Any, ClassVar, Final

from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView

STORED: Final = Path(__file__).parent / "openapi.yaml"
URLCONF: Final = "collecto.urls_tenant"


class SchemaView(SpectacularAPIView):
    """Serves the schema to whoever may use the API."""

    door: ClassVar[str] = "reads"

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view with the name of its door."""
        view: Any = super().as_view(**initkwargs)
        view.door = cls.door
        return view


def generate() -> str:
    """Return the schema as YAML, in English whatever the installation's language.

    Raises:
        ValueError: an operation is not fully described.
    """
    reset_generator_stats()
    with translation.override("en"):
        generator: Any = SchemaGenerator
        renderer: Any = OpenApiYamlRenderer
        document = generator(urlconf=URLCONF).get_schema(request=None, public=True)
        text: str = renderer().render(document, renderer_context={}).decode()
    if GENERATOR_STATS:
        GENERATOR_STATS.emit_summary()
        raise ValueError("the schema has warnings: describe every operation fully")
    return text


def is_current() -> bool:
    """Tell whether the stored schema is that of the code."""
    return STORED.exists() and STORED.read_text(encoding="utf-8") == generate()


def write() -> None:
    """Store the schema of the code."""
    STORED.write_text(generate(), encoding="utf-8")
