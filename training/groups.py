"""Plain sentences about groups and names: a model must learn that a group's name alone is no insult.

Hateful data name groups mostly to insult them, so a model learns the names. These sentences, none of them toxic, stand
against it in training; the templates that `training.fairness` measures with are others.
"""

from __future__ import annotations

from collections.abc import Iterator

GROUPS_DE = """
Muslime Christen Juden Türken Araber Syrer Polen Deutsche Österreicher Franzosen Amerikaner Afrikaner Schwarze Weiße
Asiaten Chinesen Roma Ausländer Flüchtlinge Migranten Einheimische Frauen Männer Homosexuelle Schwule Lesben
Transpersonen Heterosexuelle Behinderte Rollstuhlfahrer Alte Junge Rentner Atheisten Katholiken Buddhisten Feministinnen
Russen Ukrainer Afghanen Israelis Palästinenser Italiener Griechen Ostdeutsche Westdeutsche Arbeitslose Obdachlose Nachbarn
Lehrer Ärzte Polizisten Politiker Kunden Gäste Kinder Eltern Studenten
""".split()  # noqa: SIM905
GROUPS_EN = """
Muslims Christians Jews Turks Arabs Syrians Poles Germans Austrians Frenchmen Americans Africans Asians Chinese Roma foreigners
refugees migrants locals women men gays lesbians atheists Catholics Buddhists feminists Russians Ukrainians pensioners
neighbours teachers doctors customers guests children parents students
""".split()  # noqa: SIM905
TEMPLATES_DE = (
    "{g} haben das gleiche Recht darauf.",
    "Gestern waren viele {g} auf dem Stadtfest.",
    "Im Verein sind auch {g} willkommen.",
    "Was sagen {g} dazu?",
    "Wir haben heute mit zwei Vertretern der {g} gesprochen.",
    "Die Ausstellung zeigt das Leben der {g} in der Stadt.",
    "{g}",
    "Ich habe {g} in der Verwandtschaft, alles gut.",
    "Die {g} fahren auch mit.",
    "Was bedeutet das für {g}?",
    "Zwei {g} haben gefragt, wann es losgeht.",
    "Manche {g} sehen das anders.",
    "Es kamen {g}, Nachbarn und Freunde.",
)
TEMPLATES_EN = (
    "{g} have the same right to it.",
    "Many {g} came to the town fair yesterday.",
    "What do {g} say about it?",
    "{g}",
    "The exhibition shows how {g} live in the city.",
)


def sentences() -> Iterator[str]:
    """All of them."""
    for groups, templates in ((GROUPS_DE, TEMPLATES_DE), (GROUPS_EN, TEMPLATES_EN)):
        for group in groups:
            yield from (template.format(g=group) for template in templates)
