"""Accounts in concert, and crowds that only look like it."""

from __future__ import annotations

import numpy as np

from resonanz.detection.coordination import Action, hashtag_sequence, rings, rule

SEED = 11


def crowd(rng: np.random.Generator) -> list[Action]:
    """Six hundred people share twenty links, the popular ones in bursts."""
    popular = 1 / np.arange(1, 21)
    popular /= popular.sum()
    busy = rng.pareto(1.5, 600) + 1
    people = rng.choice(600, 2500, p=busy / busy.sum())
    moments = rng.lognormal(6.5, 1.0, 2500)
    things = rng.choice(20, 2500, p=popular)
    return [
        Action(f"p{person}", float(thing * 300 + moment), f"link{thing}")
        for person, moment, thing in zip(people, moments, things, strict=True)
    ]


def ring_of(rng: np.random.Generator, names: list[str]) -> list[Action]:
    """They push eight things, four of them the crowd's, within seconds."""
    return [
        Action(
            name, float(round_ * 2000 + rng.uniform(0, 8)), f"link{round_}" if round_ % 2 else f"own{round_}"
        )
        for round_ in range(8)
        for name in names
    ]


def test_a_ring_within_a_storm_is_found_and_nobody_else() -> None:
    rng = np.random.default_rng(SEED)
    names = [f"r{i}" for i in range(12)]
    (found,) = rings(crowd(rng) + ring_of(rng, names))
    assert found.authors == frozenset(names)
    assert found.coincidences > 12


def test_an_organic_storm_is_not_called_bought() -> None:
    called = sum(bool(rings(crowd(np.random.default_rng([SEED, i])))) for i in range(30))
    assert called == 0


def test_the_published_rule_takes_chance_for_concert() -> None:
    actions = crowd(np.random.default_rng(SEED))
    assert len(rule(actions)) > 0


def test_the_published_rule_asks_for_repetition_within_ten_seconds() -> None:
    once = [Action("a", 0, "x"), Action("b", 9, "x")]
    assert rule(once) == set()
    assert rule([*once, Action("b", 100, "y"), Action("a", 110, "y")]) == {("a", "b")}
    assert rule([*once, Action("b", 100, "y"), Action("a", 111, "y")]) == set()


def test_one_account_alone_is_no_ring() -> None:
    assert rings([Action("a", i, f"x{i % 3}") for i in range(50)]) == ()
    assert rings([]) == ()


def test_hashtags_in_order_are_a_thing() -> None:
    assert hashtag_sequence("Jetzt #Aus #für Alle") == ("#aus", "#für")
    assert hashtag_sequence("#aus, #für! C#no") == ("#aus", "#für")
    assert hashtag_sequence("nur #eins") is None
