"""What comes out of any bytes: a clean picture or a clear refusal."""

from __future__ import annotations

import io
import random
from contextlib import suppress
from datetime import date

import pytest
from PIL import Image, ImageCms

from resonanz.connectorkit.manifest import MediaLimit, Source
from resonanz.foundation.media import images
from resonanz.foundation.media.images import JPEG, PNG, MediaRefused, Picture
from resonanz.foundation.media.tests import samples


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.data))


def limit(
    max_bytes: int = 1_000_000, types: frozenset[str] = frozenset({JPEG, PNG}), pixels: int | None = None
):
    return MediaLimit(
        4, types, max_bytes, Source("https://example.org", date(2026, 11, 1)), max_pixels=pixels
    )


def test_place_camera_and_comment_are_gone_and_the_photo_stands_upright():
    picture = images.clean(samples.with_gps(320, 200, orientation=6))
    found = opened(picture)
    assert (picture.width, picture.height) == found.size == (200, 320)
    assert not found.getexif()
    assert {"exif", "comment", "icc_profile", "xmp"}.isdisjoint(found.info)
    assert b"Erika" not in picture.data
    assert b"4711" not in picture.data
    # Turned by 90° to the right, what was left is on top.
    assert found.convert("RGB").getpixel((100, 20))[0] > 150
    assert found.convert("RGB").getpixel((100, 300))[2] > 150


@pytest.mark.parametrize(
    ("kind", "options", "becomes"),
    [
        ("JPEG", {}, JPEG),
        ("PNG", {}, PNG),
        ("WEBP", {}, JPEG),
        ("AVIF", {}, JPEG),
        ("GIF", {}, PNG),
        ("MPO", {}, JPEG),
    ],
)
def test_every_kind_we_read_becomes_one_that_every_network_takes(kind, options, becomes):
    picture = images.clean(samples.photo(64, 48, kind, **options))
    assert (picture.content_type, picture.width, picture.height) == (becomes, 64, 48)
    red, _, blue = opened(picture).convert("RGB").getpixel((5, 5))
    assert red > 150
    assert blue < 90


def test_transparency_is_kept_only_where_there_is_some():
    glass = samples.encoded(Image.new("RGBA", (20, 20), (0, 100, 0, 90)), "WEBP", lossless=True)
    opaque = samples.encoded(Image.new("RGBA", (20, 20), (0, 100, 0, 255)), "PNG")
    assert opened(images.clean(glass)).mode == "RGBA"
    assert opened(images.clean(opaque)).mode == "RGB"


def test_deep_grey_keeps_its_brightness():
    deep = Image.new("I;16", (16, 16), 40_000)  # of 65,535
    assert opened(images.clean(samples.encoded(deep, "PNG"))).convert("L").getpixel((3, 3)) == 156


def test_a_foreign_colour_space_is_translated():
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    data = samples.photo(32, 32, icc_profile=b"not a profile at all")
    assert images.clean(data).width == 32
    assert swapped  # a profile for another mode is ignored, not fatal
    assert images.clean(samples.photo(32, 32, icc_profile=swapped.tobytes())).width == 32


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff" + b"\0" * images.MAX_BYTES, "too_large"),
        (b"MZ\x90\0 a program", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not_a_picture"),
        (b"%PDF-1.7\n...", "not_a_picture"),
        (samples.encoded(Image.new("RGB", (20, 20)), "TIFF"), "unsupported"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "unsupported"),
        (samples.animation(), "animated"),
        (samples.png_bomb(), "too_many_pixels"),
        (samples.png_bomb(9_000, 9_000), "too_many_pixels"),
        (samples.png_bomb(4_000, 4_000), "broken"),  # the header is allowed, the pixels are missing
        (samples.photo(1, 1), "too_small"),
        (samples.photo()[:700], "broken"),
        (samples.photo(kind="PNG")[:60], "broken"),
        (b"\xff\xd8\xff\xe0" + b"x" * 500, "broken"),
        (samples.and_zip(samples.photo()), "disguised"),
        (samples.and_html(samples.photo(kind="PNG")), "disguised"),
        (samples.photo(comment=b"%PDF-1.4 1 0 obj"), "disguised"),
        (samples.photo(comment=b"<?php system($_GET[0]); ?>"), "disguised"),
    ],
)
def test_what_is_not_a_plain_picture_is_refused_with_its_reason(data, code):
    with pytest.raises(MediaRefused) as refused:
        images.clean(data)
    assert refused.value.code == code


def test_damaged_files_end_in_a_picture_or_a_refusal_and_nothing_else():
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)
    originals = [samples.photo(48, 32, kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")] + [
        samples.with_gps()
    ]
    for _ in range(400):
        data = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = chance.randint(len(data) // 2, len(data))
        with suppress(MediaRefused):  # any other error fails the test
            assert images.clean(bytes(data[:cut])).width > 0


def test_what_fits_is_left_alone():
    picture = images.clean(samples.photo())
    assert images.fit(picture, limit()) is picture


@pytest.mark.parametrize("max_bytes", [400_000, 60_000, 6_000])
def test_too_many_bytes_are_brought_under_the_limit_the_same_way_every_time(max_bytes):
    picture = images.clean(samples.noise(500, 400))
    fitted = images.fit(picture, limit(max_bytes))
    assert len(fitted.data) <= max_bytes
    assert abs(fitted.width / fitted.height - 500 / 400) < 0.03
    assert images.fit(picture, limit(max_bytes)) == fitted


def test_too_many_pixels_and_a_foreign_type():
    picture = images.clean(samples.photo(2000, 1000, "PNG"))
    fitted = images.fit(picture, limit(types=frozenset({JPEG}), pixels=500_000))
    assert fitted.content_type == JPEG
    assert fitted.width * fitted.height <= 500_000


def test_a_see_through_drawing_becomes_a_jpeg_on_white():
    picture = images.clean(samples.encoded(Image.new("RGBA", (80, 80), (0, 0, 0, 0)), "PNG"))
    assert opened(images.fit(picture, limit(types=frozenset({JPEG})))).getpixel((9, 9)) == (255, 255, 255)


@pytest.mark.parametrize("wanted", [limit(200), limit(types=frozenset({"video/mp4"}))])
def test_what_cannot_fit_is_refused(wanted):
    with pytest.raises(MediaRefused, match="does_not_fit"):
        images.fit(images.clean(samples.noise(200, 200)), wanted)


def test_a_thumbnail_is_small():
    small = images.scaled(images.clean(samples.photo(2000, 1000)), 640)
    assert (small.width, small.height) == (640, 320)
