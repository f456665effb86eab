"""Pictures for tests, good and hostile, made on the spot."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

from PIL import Image


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photo(width: int = 320, height: int = 200, kind: str = "JPEG", **options: object) -> bytes:
    """Two halves, red left and blue right, so that it is seen which way up it is."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    image.paste((30, 30, 200), (width // 2, 0, width, height))
    return encoded(image, kind, **options)


def noise(width: int, height: int, kind: str = "PNG", seed: int = 7) -> bytes:
    """Hardly to be compressed."""
    return encoded(
        Image.frombytes("RGB", (width, height), random.Random(seed).randbytes(width * height * 3)), kind
    )


def with_gps(width: int = 320, height: int = 200, orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "taken at home by Erika"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    return photo(width, height, exif=exif.tobytes(), comment=b"serial number 4711")


def png_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A few kilobytes that say they are 3.6 thousand million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def and_zip(data: bytes) -> bytes:
    """A picture that is an archive as well."""
    out = io.BytesIO(data)
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("payload.html", "<script>alert(1)</script>")
    return out.getvalue()


def and_html(data: bytes) -> bytes:
    return data + b"<html><script >alert(document.cookie)</script></html>"


def animation() -> bytes:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green", "blue")]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)
