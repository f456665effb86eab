"""Bytes from anywhere in, a clean picture out: decoded, turned upright, without metadata, written anew by us.

What is stored is never what was sent: every picture is decoded and encoded again, so neither the place where a photo
was taken nor anything hidden beside the pixels goes on.
"""

from __future__ import annotations

import io
import re
import struct
import threading
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import filetype
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from resonanz.connectorkit.manifest import MediaLimit

MAX_BYTES = 25 * 2**20
MAX_PIXELS = 64_000_000  # what phones with 50-megapixel sensors send still passes
STORED_PIXELS = 33_177_600  # 7680 × 4320, the largest picture Mastodon takes (app/models/media_attachment.rb)
SMALLEST_EDGE = 2

JPEG, PNG = "image/jpeg", "image/png"
# What we read, by Pillow's name; the sniffed type must agree. MPO is a JPEG with more pictures behind the first.
READ = {
    "JPEG": JPEG,
    "MPO": JPEG,
    "PNG": PNG,
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "GIF": "image/gif",
}
_OPENERS = [name for name in READ if name != "MPO"]  # the JPEG opener finds those itself
_QUALITY = 92
_ACTIVE = re.compile(rb"<script[\s>]|<html[\s>]|<\?php\s", re.IGNORECASE)
# What Pillow's decoders raise for files that are not what they claim.
_DECODER_ERRORS = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError, KeyError, TypeError, EOFError, OverflowError,
    MemoryError, ZeroDivisionError, RuntimeError, struct.error,
)  # fmt: skip
# Decoding takes memory by the megapixel; one at a time keeps the whole process small.
_decoding = threading.Lock()


class MediaRefused(Exception):
    """A file cannot be taken. `code`: empty, too_large, not_a_picture, unsupported, animated, too_many_pixels,
    too_small, broken, disguised, does_not_fit; the user interface has a sentence for each."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture: the bytes of a file of `content_type`, `width` × `height` pixels."""

    data: bytes
    content_type: str
    width: int
    height: int


def clean(data: bytes) -> Picture:
    """The picture in `data`, upright, in sRGB, without metadata: JPEG, or PNG where it was lossless or see-through.

    Raises MediaRefused.
    """
    _check_before_decoding(data)
    with _decoding, _decoder_errors(), Image.open(io.BytesIO(data), formats=_OPENERS) as source:
        if READ[source.format or ""] != filetype.guess_mime(data):
            raise MediaRefused("disguised")
        _check_size(source)
        if source.format != "MPO" and getattr(source, "is_animated", False):
            raise MediaRefused("animated")
        lossless = source.format in {"PNG", "GIF"}
        source.load()
        image = _plain(_upright(source))
        if image.width * image.height > STORED_PIXELS:
            image.thumbnail(_within(image.size, STORED_PIXELS))
        return _encode(image, PNG if lossless or image.mode == "RGBA" else JPEG)


def fit(picture: Picture, limit: MediaLimit) -> Picture:
    """`picture` as `limit` takes it: unchanged if it fits, else with less quality, then with fewer pixels.

    The same picture and limit give the same bytes (with the same version of the image library). Raises
    MediaRefused("does_not_fit") when the network takes no type that we can write, or nothing recognisable remains.
    """
    if fits(picture, limit):
        return picture
    types = [kind for kind in _preferred(picture) if kind in limit.content_types]
    if not types:
        raise MediaRefused("does_not_fit")
    with _decoding, _decoder_errors(), Image.open(io.BytesIO(picture.data)) as source:
        image = source.convert("RGBA" if source.mode == "RGBA" else "RGB")
    for candidate in _candidates(image, types, limit.max_pixels):
        if fits(candidate, limit):
            return candidate
    raise MediaRefused("does_not_fit")


def fits(picture: Picture, limit: MediaLimit) -> bool:
    return (
        picture.content_type in limit.content_types
        and len(picture.data) <= limit.max_bytes
        and (limit.max_pixels is None or picture.width * picture.height <= limit.max_pixels)
    )


def scaled(picture: Picture, edge: int) -> Picture:
    """A small version of `picture`, at most `edge` pixels on each side."""
    with _decoding, _decoder_errors(), Image.open(io.BytesIO(picture.data)) as source:
        source.draft("RGB", (edge, edge))
        source.thumbnail((edge, edge), Image.Resampling.LANCZOS)
        return _encode(source.convert("RGBA" if source.mode == "RGBA" else "RGB"), picture.content_type, 82)


def _check_before_decoding(data: bytes) -> None:
    if not data:
        raise MediaRefused("empty")
    if len(data) > MAX_BYTES:
        raise MediaRefused("too_large")
    kind = filetype.guess_mime(data)
    if kind is None or not kind.startswith("image/"):
        raise MediaRefused("not_a_picture")
    if kind not in READ.values():
        raise MediaRefused("unsupported")
    # One file that is two things is a trick, not a photo. Ours would come out clean; whoever sent it should know.
    if b"%PDF-" in data[:1024] or _ACTIVE.search(data) or zipfile.is_zipfile(io.BytesIO(data)):
        raise MediaRefused("disguised")


def _check_size(image: Image.Image) -> None:
    """Before a pixel is decoded: the header says how much memory it would take."""
    if image.width * image.height > MAX_PIXELS:
        raise MediaRefused("too_many_pixels")
    if min(image.size) < SMALLEST_EDGE:
        raise MediaRefused("too_small")


@contextmanager
def _decoder_errors() -> Iterator[None]:
    """Whatever a decoder says about a malformed file, a person reads one thing."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of odd metadata, which we drop, and of bombs, which our own limit has refused by now.
            warnings.simplefilter("ignore")
            yield
    except Image.DecompressionBombError as error:
        raise MediaRefused("too_many_pixels") from error
    except _DECODER_ERRORS as error:
        raise MediaRefused("broken") from error


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except (ValueError, SyntaxError, KeyError, TypeError, OSError, ZeroDivisionError):
        return image  # unreadable EXIF says nothing about which side is up


def _plain(image: Image.Image) -> Image.Image:
    """8-bit sRGB, with transparency only where something is transparent."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith(("I", "F")):
        # 16-bit grey: convert() would cut off everything brighter than 255.
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    see_through = image.has_transparency_data
    image = _to_srgb(image, profile)
    image = image.convert("RGBA" if see_through else "RGB")
    if see_through and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    return image


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as they were meant: phones write Display P3, printers' photos CMYK."""
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        found = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return found or image


def _encode(image: Image.Image, content_type: str, quality: int = _QUALITY) -> Picture:
    image.info = {}  # no comment, profile or EXIF travels on
    out = io.BytesIO()
    if content_type == JPEG:
        _on_white(image).save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    else:
        image.save(out, "PNG", optimize=image.width * image.height <= 4_000_000)
    return Picture(out.getvalue(), content_type, image.width, image.height)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _preferred(picture: Picture) -> list[str]:
    """Drawings stay sharp as long as they fit; photos stay photos."""
    return [PNG, JPEG] if picture.content_type == PNG else [JPEG, PNG]


def _candidates(image: Image.Image, types: list[str], max_pixels: int | None) -> Iterator[Picture]:
    """Ever smaller versions, best first: at full size in falling quality, then the same at 3/4 of the edge …"""
    size = _within(image.size, max_pixels or image.width * image.height)
    while min(size) >= SMALLEST_EDGE and max(size) >= 64:
        smaller = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)
        for kind in types:
            for quality in (92, 85, 78) if kind == JPEG else (0,):
                yield _encode(smaller.copy(), kind, quality)
        size = (size[0] * 3 // 4, size[1] * 3 // 4)


def _within(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """`size` shrunk in proportion to at most `pixels`."""
    width, height = size
    if width * height <= pixels:
        return size
    factor = (pixels / (width * height)) ** 0.5
    return max(int(width * factor), 1), max(int(height * factor), 1)
