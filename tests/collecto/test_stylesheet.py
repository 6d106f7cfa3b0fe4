"""In production a first visit asks for one style sheet, and it says what the many say."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

from collecto.stylesheet import ENTRY, bundled
from tests.architecture.sources import ROOT

CSS = ROOT / "platform/collecto/static/collecto/css"
HEAVIEST_GZIPPED = 12 * 1024


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The static files as an image of production holds them."""
    folder = tmp_path_factory.mktemp("static")
    storages = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "collecto.stylesheet.StaticFiles"},
    }
    with override_settings(STATIC_ROOT=str(folder), STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield folder / str(staticfiles_storage.url(ENTRY)).removeprefix(settings.STATIC_URL)


def test_the_collected_sheet_imports_nothing(collected: Path):
    text = collected.read_text()
    assert "@import" not in text
    assert re.search(r"app\.[0-9a-f]{12}\.css$", collected.name)
    assert gzip.decompress(collected.with_name(collected.name + ".gz").read_bytes()).decode() == text


def test_every_rule_of_every_file_is_in_it_inside_its_layer(collected: Path):
    text = _bare(collected.read_text())
    imports = dict(re.findall(r'url\("([^"]+)"\) layer\((\w+)\)', (CSS / "app.css").read_text()))
    for path, layer in imports.items():
        rules = _bare((CSS / path).read_text()).split("url(")[0]
        assert f"@layer{layer}{{{rules}" in text, path


def test_the_files_that_it_names_are_beside_it(collected: Path):
    named = re.findall(r'url\("([^"]+)"\)', collected.read_text())
    assert named
    assert [name for name in named if not (collected.parent / name).is_file()] == []


def test_it_is_light_on_the_wire(collected: Path):
    assert len(gzip.compress(collected.read_bytes())) <= HEAVIEST_GZIPPED


def test_an_address_is_told_from_the_folder_of_the_entry():
    files = {"parts/box.css": '/* box */\n.box {\n  background: url("../../mark.svg");\n}'}
    entry = '@layer a;\n@import "parts/box.css" layer(a);\n'
    whole = bundled(entry, files.__getitem__)
    assert whole == '@layer a;\n@layer a {\n.box {\nbackground: url("../mark.svg");\n}\n}\n'


def _bare(text: str) -> str:
    return re.sub(r"/\*.*?\*/|\s+", "", text, flags=re.DOTALL)
