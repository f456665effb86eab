"""Translation files: compile them, collect new texts into them, and say what is missing.

Texts live beside the code that says them: every folder `locale/` under `src/resonanz` is one catalogue, named after
its .po files (`django` for pages and Python of the web, `djangojs` for scripts, `resonanz` for the command line).
The source language is English; the files hold German.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).parents[1] / "src" / "resonanz"
RESTLESS = tuple(
    f'"{name}:'.encode()
    for name in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Generated-By",
        "Last-Translator",
        "Language-Team",
        "Report-Msgid-Bugs-To",
    )
)
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
}


def po_files() -> list[Path]:
    """All catalogues, in a stable order."""
    return sorted(SOURCE.rglob("locale/*/LC_MESSAGES/*.po"))


def compile_all() -> None:
    """Write the .mo file beside every .po file that is newer than it."""
    for po in po_files():
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source, mo.open("wb") as target:
            write_mo(target, read_po(source, locale=po.parts[-3]))


def _texts_of(path: Path) -> Iterator[tuple[object, ...]]:
    """(line, message, comments, context) for every translatable text of one file."""
    if path.suffix == ".py":
        yield from extract_from_file("python", path, keywords=KEYWORDS, comment_tags=("Translators:",))
    elif path.suffix == ".js":
        yield from extract_from_file("javascript", path, keywords=KEYWORDS)
    else:
        # Django's own converter turns a template into something that reads like Python calls of gettext.
        from django.utils.translation.template import templatize

        as_code = templatize(path.read_text("utf-8"), origin=str(path))
        # A page's indentation is not Python's.
        as_code = "\n".join(line.lstrip() for line in as_code.splitlines())
        yield from extract("python", BytesIO(as_code.encode()), keywords=KEYWORDS)


def _owner(path: Path, domain: str, folders: list[Path]) -> bool:
    """Whether `path` belongs to the catalogue whose folder is the last of `folders` that contains it."""
    home = max((f for f in folders if path.is_relative_to(f)), key=lambda f: len(f.parts), default=None)
    return home == folders[0] and (path.suffix == ".js") == (domain == "djangojs")


def collected(po: Path) -> Catalog:
    """The texts that the sources of `po` contain today."""
    home, domain = po.parents[3], po.stem
    others = [p.parents[3] for p in po_files()]
    catalogue = Catalog(locale=po.parts[-3], domain=domain)
    for path in sorted(p for s in ("*.py", "*.html", "*.txt", "*.js") for p in home.rglob(s)):
        inside = path.relative_to(home).parts
        if {"tests", "migrations", "vendor", "samples"} & set(inside) or not _owner(
            path, domain, [home, *others]
        ):
            continue
        for _line, message, comments, context in _texts_of(path):
            # No line numbers: they change with every edit and make every merge a conflict.
            catalogue.add(
                message,
                locations=[(str(path.relative_to(SOURCE)), 0)],
                auto_comments=comments,
                context=context,
            )
    return catalogue


def collect() -> None:
    """Bring every .po file up to date: new texts empty, texts that are gone removed, translations kept."""
    for po in po_files():
        with po.open("rb") as source:
            existing = read_po(source, locale=po.parts[-3])
        existing.update(collected(po), no_fuzzy_matching=True)
        existing.obsolete.clear()
        po.write_bytes(_written(existing))


def _written(catalogue: Catalog) -> bytes:
    """The file of a catalogue, without the dates and versions that would differ at every run and in every branch."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=110, sort_output=True, include_lineno=False, omit_header=False)
    lines = buffer.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(RESTLESS))


def _clashes() -> list[str]:
    """Texts that two catalogues translate differently: Django merges them, so one would silently win."""
    found, known = [], dict[tuple[object, ...], tuple[object, Path]]()
    for po in (p for p in po_files() if p.stem == "django"):
        with po.open("rb") as source:
            for message in read_po(source, locale=po.parts[-3]):
                if not message.id or not message.string:
                    continue
                key = (po.parts[-3], str(message.id), message.context)
                said, first = known.setdefault(key, (message.string, po))
                if said != message.string:
                    where = f"{po.relative_to(SOURCE)}: {message.id!r} is {message.string!r} here"
                    found.append(f"{where}, {said!r} in {first.relative_to(SOURCE)}: give one a context")
    return found


def faults() -> list[str]:
    """What is not translated, doubtful or out of date, one line each; empty when complete."""
    found = _clashes()
    for po in po_files():
        with po.open("rb") as source:
            existing = read_po(source, locale=po.parts[-3])
        name = po.relative_to(SOURCE)
        for message in existing:
            if not message.id:
                continue
            strings = message.string if isinstance(message.string, tuple | list) else [message.string]
            if message.fuzzy or not all(strings):
                found.append(f"{name}: not translated: {message.id!r}")
            found += [f"{name}: {error} in {message.id!r}" for error in message.check(existing)]
        present = {(m.id if isinstance(m.id, str) else m.id[0], m.context) for m in existing if m.id}
        for message in collected(po):
            key = (message.id if isinstance(message.id, str) else message.id[0], message.context)
            if message.id and key not in present:
                found.append(f"{name}: missing: {message.id!r} (run `make messages`)")
    return found


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["compile"]:
            compile_all()
        case ["collect"]:
            collect()
        case ["check"]:
            problems = faults()
            print("\n".join(problems) or "Translations are complete.")
            sys.exit(bool(problems))
        case _:
            sys.exit("usage: python -m tools.translations compile|collect|check")
