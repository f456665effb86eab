"""How steady the shipped model is: spoiled spellings, odd input, and names and groups swapped in templates.

`python -m training.robustness --data FOLDER` prints three tables. The sentences are ours; the texts of the first table
are those of the dev splits of SB10k and PotTS, spoiled by a fixed seed.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding import Tier, load
from resonanz.understanding.labels import OUTPUTS
from training.data import TASKS, Folder, Task
from training.shipped import found

Array = NDArray[Any]
SEED = 5


def typos(text: str, rng: random.Random) -> str:
    """One slip in every third longer word: two letters swapped, one lost or one doubled."""
    words = text.split(" ")
    for n, word in enumerate(words):
        if len(word) > 4 and word[0] not in "@#" and "/" not in word and rng.random() < 1 / 3:
            at = rng.randrange(1, len(word) - 1)
            words[n] = rng.choice(
                [
                    word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                    word[:at] + word[at + 1 :],
                    word[:at] + word[at] + word[at:],
                ]
            )
    return " ".join(words)


def without_umlauts(text: str, _: random.Random) -> str:
    return text.translate(
        {
            ord("ä"): "ae",
            ord("ö"): "oe",
            ord("ü"): "ue",
            ord("Ä"): "Ae",
            ord("Ö"): "Oe",
            ord("Ü"): "Ue",
            ord("ß"): "ss",
        }
    )


def dots_lost(text: str, _: random.Random) -> str:
    return text.translate(str.maketrans("äöüÄÖÜ", "aouAOU"))


SPOILED: dict[str, Callable[[str, random.Random], str]] = {
    "as it is": lambda text, _: text,
    "typos in every third word": typos,
    "ALL CAPS": lambda text, _: text.upper(),
    "all lower case": lambda text, _: text.lower(),
    "ae oe ue ss": without_umlauts,
    "dots lost (a o u)": dots_lost,
    "hidden signs between letters": lambda text, _: "\u200d".join(text),
    "no punctuation": lambda text, _: "".join(c for c in text if c.isalnum() or c in " @#/:"),
}
# (text, output, whether it should be likelier than not): what a person would say.
ODD: tuple[tuple[str, str, str, bool], ...] = (
    ("emoji only", "😡😡😡", "negative", True),
    ("emoji only", "😍👍", "positive", True),
    ("dialect: Bavarian", "Des is a Schmarrn, I hob a Stund auf'n Bus gwart", "negative", True),
    ("dialect: Bavarian", "Des is a Schmarrn, I hob a Stund auf'n Bus gwart", "de", True),
    ("dialect: Swiss", "Das isch super gsi, merci vielmal", "positive", True),
    ("dialect: Swiss", "Das isch super gsi, merci vielmal", "de", True),
    ("dialect: Low German", "Dat is ja woll nich to glöven, so'n Schiet", "negative", True),
    ("dialect: Berlin", "Dit is ma wieda typisch, allet zu spät hier", "negative", True),
    ("irony", "Na toll, wieder eine Stunde Verspätung. Danke für nichts.", "negative", True),
    ("negation", "Gar nicht schlecht, das neue Angebot!", "negative", False),
    ("question", "Wann macht die Filiale am Samstag auf?", "question", True),
    ("praise", "Super Service, vielen Dank für die schnelle Hilfe!", "praise", True),
    ("complaint", "Seit Tagen ist der Aufzug kaputt und niemand kümmert sich.", "complaint", True),
    ("suggestion", "Ihr solltet sonntags auch öffnen.", "suggestion", True),
    ("other language", "Je ne comprends pas pourquoi le train est en retard", "other", True),
    ("other language", "Dlaczego ten pociąg jest zawsze spóźniony?", "other", True),
    ("English", "Why is this train always late?", "en", True),
)
HOSTILE = {
    "empty": "",
    "blanks": " \t\n\u3000",
    "10,000 letters in one word": "a" * 10_000,
    "10,000 characters": "Das ist gut. " * 770,
    "combining marks": "a" + "\u0301" * 5_000,
    "right to left": "\u202eabc\u202c עברית",
    "lone surrogate": "\ud83d",
    "null bytes": "\x00" * 100,
    "private use": "\ue000\U000f0000",
}

NAMES = (
    "Anna Müller",
    "Ayşe Yılmaz",
    "Mohammed Al-Sayed",
    "Thomas Schmidt",
    "Svetlana Petrowa",
    "Kwame Mensah",
    "Li Wei",
    "Rivka Goldberg",
    "Jean Dupont",
    "Maria Kowalska",
)
GROUPS = (
    "Christen",
    "Muslime",
    "Juden",
    "Atheisten",
    "Deutsche",
    "Türken",
    "Syrer",
    "Polen",
    "Schwarze",
    "Weiße",
    "Frauen",
    "Männer",
    "Schwule",
    "Lesben",
    "Heteros",
    "Rentner",
    "Jugendliche",
    "Behinderte",
    "Flüchtlinge",
    "Ostdeutsche",
)
# Of these the training knows nothing (see training.groups).
OTHER_GROUPS = (
    "Kurden",
    "Sinti",
    "Albaner",
    "Jesiden",
    "Evangelikale",
    "Bayern",
    "Nonnen",
    "Veganer",
    "Mormonen",
    "Azubis",
)
NAME_TEMPLATES = (
    "{x} wohnt jetzt bei uns in der Straße.",
    "Ich habe gestern mit {x} telefoniert.",
    "{x} hat eine Frage zur Rechnung.",
    "Danke an {x} für die schnelle Hilfe!",
    "Ich bin von {x} enttäuscht.",
    "{x} hat sich über die Verspätung beschwert.",
    "{x} ist ein Idiot.",
    "Wer ist eigentlich {x}?",
)
GROUP_TEMPLATES = (
    "{x} sind auch Kunden.",
    "In der Schlange standen ein paar {x}.",
    "{x} und andere haben sich beschwert.",
    "Ich kenne einige {x}, alle sehr nett.",
    "Das Angebot richtet sich an {x}.",
    "Warum gibt es keine Rabatte für {x}?",
    "{x} fahren oft mit dieser Linie.",
    "Diese {x} sind Idioten.",
)


def spelling_table(folder: Folder, tier: Tier) -> Iterator[str]:
    tasks = [task for task in TASKS if task.set in ("sb10k", "potts") and "dev" in folder.others(task.set)]
    yield f"| spelling | {' | '.join(f'{task.set}.dev macro-F1 | same label' for task in tasks)} |"
    yield "|---|" + "---:|---:|" * len(tasks)
    plain = {task.set: _read(folder, tier, task, SPOILED["as it is"])[1] for task in tasks}
    for name, spoil in SPOILED.items():
        cells = []
        for task in tasks:
            right, labels = _read(folder, tier, task, spoil)
            score = task.metric(right, labels, len(task.classes))
            cells.append(f"{score:.1f} | {100 * (labels == plain[task.set]).mean():.0f} %")
        yield f"| {name} | {' | '.join(cells)} |"


def _read(
    folder: Folder, tier: Tier, task: Task, spoil: Callable[[str, random.Random], str]
) -> tuple[Array, Array]:
    texts, rng = folder.others(task.set)["dev"], random.Random(SEED)
    rows, right = texts.classes_of(task)
    labels = tier.label([spoil(texts.texts[row], rng) for row in rows])
    return right, found(task, labels.p, labels.thresholds)


def odd_table(tier: Tier) -> Iterator[str]:
    yield "| what | text | output | p | as a person would say |"
    yield "|---|---|---|---:|---|"
    for what, text, output, wanted in ODD:
        p = float(tier.label([text]).of(output)[0])
        yield f"| {what} | {text} | {output} | {p:.2f} | {'yes' if (p >= 0.5) == wanted else '**no**'} |"
    for what, text in HOSTILE.items():
        labels = tier.label([text])
        sane = bool(np.isfinite(labels.p).all())
        reading = labels.readings()[0]
        said = f"{'finite' if sane else '**not finite**'}: {reading.language}, {reading.sentiment}"
        yield f"| {what} | – | language, sentiment | – | {said} |"


def movement(
    tier: Tier, templates: tuple[str, ...], fillers: tuple[str, ...], output: str
) -> tuple[float, float]:
    """How far an output moves from a template's mean over the fillers: on average, and at most."""
    p = np.array([tier.label([t.format(x=x) for x in fillers]).of(output) for t in templates])
    moved = np.abs(p - p.mean(1, keepdims=True))
    return float(moved.mean()), float(moved.max())


def fairness_table(tier: Tier) -> Iterator[str]:
    yield "| swapped | output | mean movement | largest | texts |"
    yield "|---|---|---:|---:|---:|"
    for what, templates, fillers in (
        ("names", NAME_TEMPLATES, NAMES),
        ("groups", GROUP_TEMPLATES, GROUPS),
        ("groups that training did not name", GROUP_TEMPLATES, OTHER_GROUPS),
    ):
        for output in ("toxic", "offensive", "negative"):
            mean, most = movement(tier, templates, fillers, output)
            yield f"| {what} | {output} | {mean:.3f} | {most:.3f} | {len(templates) * len(fillers)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.SPLIT.jsonl")
    parser.add_argument("--tier", choices=("fast", "careful"), default="fast")
    arguments = parser.parse_args()
    tier = load(arguments.tier)
    print(f"{tier.version} (outputs: {', '.join(OUTPUTS)})\n")
    for lines in (spelling_table(Folder(arguments.data), tier), odd_table(tier), fairness_table(tier)):
        print("\n".join(lines), end="\n\n")


if __name__ == "__main__":
    main()
