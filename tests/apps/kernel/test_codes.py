"""Codes on paper: what is drawn is read back, from a clean print and from a bad photograph."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from apps.kernel import codes
from apps.kernel.codes import (
    MODULE_LEAST_MM,
    CodeRefused,
    code128_picture,
    codes_in,
    qr_picture,
    sscc_of,
    sscc_picture,
)
from apps.kernel.gs1 import is_sscc
from apps.kernel.papers import png_of
from apps.kernel.pictures import PictureRefused, png_anew

SSCC = sscc_of(prefix="3760001", serial=1234)
ADDRESS = "http://bourgogne.collecto.localhost:8000/stock/0193abcd-1234-7abc-8def-0123456789ab/"
LABEL = """#import "/base.typ": *
#show: paper.with(page-size: (width: 105mm, height: 100mm, margin: 6mm))
#picture("bars")
#picture("qr", width: 38mm)
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    path = tmp_path_factory.mktemp("papers") / "label.typ"
    path.write_text(LABEL)
    pictures = {"bars": sscc_picture(SSCC, alt="SSCC", room_mm=93), "qr": qr_picture(ADDRESS, alt="QR")}
    return png_of(path, {}, title="Label", pictures=pictures)[0]


def as_png(picture):
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


def photographed(png, *, angle, blur, scale):
    turned = Image.open(io.BytesIO(png)).convert("L").rotate(angle, expand=True, fillcolor=190)
    small = turned.resize([round(side * scale) for side in turned.size])
    return as_png(small.filter(ImageFilter.GaussianBlur(blur)).point(lambda grey: 40 + grey * 0.6))


def bomb():
    """Draw a PNG of a few bytes that says it has three thousand million pixels."""
    head = struct.pack(">IIBBBBB", 60_000, 50_000, 8, 0, 0, 0, 0)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


def test_both_codes_of_a_label_are_read_back_at_144_dots_per_inch(printed):
    found = {(code.symbology, code.text, code.is_gs1) for code in codes_in(printed)}
    assert found == {("Code128", f"00{SSCC}", True), ("QRCode", ADDRESS, False)}


@pytest.mark.parametrize(("angle", "blur", "scale"), [(9, 1, 1), (25, 1.5, 1), (180, 1, 0.7), (9, 0.6, 0.5)])
def test_the_qr_code_survives_a_turned_blurred_photograph(printed, angle, blur, scale):
    found = codes_in(photographed(printed, angle=angle, blur=blur, scale=scale))
    assert ADDRESS in {code.text for code in found}


def test_a_photograph_without_a_code_shows_none():
    assert codes_in(as_png(Image.new("L", (300, 200), 255))) == []


@given(st.text("0123456789", min_size=7, max_size=10), st.integers(0, 999_999), st.integers(0, 9))
@settings(max_examples=200)
def test_every_number_given_is_a_number_of_a_logistic_unit(prefix, serial, extension):
    sscc = sscc_of(prefix=prefix, serial=serial, extension=extension)
    assert len(sscc) == 18
    assert sscc[1:].startswith(prefix)
    assert is_sscc(sscc) or int(sscc) == 0


@given(st.integers(0, 999_998), st.integers(0, 16))
def test_one_wrong_digit_is_found(serial, place):
    sscc = sscc_of(prefix="3760001", serial=serial)
    wrong = str((int(sscc[place]) + 1) % 10)
    assert not is_sscc(sscc[:place] + wrong + sscc[place + 1 :])


def test_a_prefix_gives_no_number_twice_and_says_when_it_has_none_left():
    assert len({sscc_of(prefix="3760001234", serial=n) for n in range(1_000)}) == 1_000
    with pytest.raises(CodeRefused):
        sscc_of(prefix="3760001234", serial=1_000_000)


@pytest.mark.parametrize("prefix", ["", "123456", "12345678901", "37600O1"])
def test_what_is_no_prefix_gives_no_number(prefix):
    with pytest.raises(ValueError, match="GS1 company prefix"):
        sscc_of(prefix=prefix, serial=1)


def test_bars_too_narrow_to_be_read_are_refused():
    with pytest.raises(CodeRefused):
        code128_picture("L" * 30, alt="lot", room_mm=93)
    with pytest.raises(CodeRefused):
        qr_picture("x" * 500, alt="lot")


@pytest.mark.parametrize("serial", [7, 991, 1234, 40404])
def test_the_narrowest_bars_that_are_printed_are_read_back_at_144_dots(tmp_path, serial, monkeypatch):
    monkeypatch.setattr(codes, "MODULE_MOST_MM", MODULE_LEAST_MM)
    sscc = sscc_of(prefix="3760001", serial=serial)
    path = tmp_path / "label.typ"
    path.write_text(LABEL.replace('#picture("qr", width: 38mm)\n', ""))
    bars = {"bars": sscc_picture(sscc, alt="SSCC", room_mm=93)}
    (page,) = png_of(path, {}, title="Label", pictures=bars)
    assert [code.text for code in codes_in(page)] == [f"00{sscc}"]
    bad = photographed(page, angle=3, blur=0.8, scale=1)
    assert [code.text for code in codes_in(bad)] == [f"00{sscc}"]


@pytest.mark.parametrize(
    "sent", [b"", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>", bomb()],
    ids=["empty", "pdf", "cut", "drawing", "bomb"],
)  # fmt: skip
def test_what_is_no_bearable_picture_is_refused_in_words(sent):
    with pytest.raises(PictureRefused) as refused:
        codes_in(sent)
    assert refused.value.message


def test_a_file_too_large_is_not_even_opened(settings):
    settings.FILE_BYTES_MOST = 10
    with pytest.raises(PictureRefused) as refused:
        codes_in(b"\x89PNG\r\n\x1a\n" + bytes(10))
    assert refused.value.code == "picture_too_large"


def test_a_picture_written_anew_is_small_and_hides_nothing():
    sent = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (2_000, 1_000), "green").save(sent, "JPEG", exif=exif)
    kept = png_anew(sent.getvalue(), side_most=600)
    assert (Image.open(io.BytesIO(kept)).size, b"taken at home" in kept) == ((600, 300), False)
