"""Organic storms and bought campaigns mixed into them, as actions of accounts on things."""

from __future__ import annotations

import numpy as np

from resonanz.detection.coordination import Action


def organic(rng: np.random.Generator) -> list[Action]:
    """A storm of six hours: a few links carry most of it, in bursts; a core of busy accounts shares many of them."""
    accounts, things = int(rng.integers(500, 3000)), int(rng.integers(15, 60))
    busy = rng.pareto(1.5, accounts) + 1
    busy /= busy.sum()
    popular = 1 / np.arange(1, things + 1) ** rng.uniform(0.8, 1.4)
    popular /= popular.sum()
    begins = rng.uniform(0, 3 * 3600, things)
    actions = []
    for _ in range(int(accounts * rng.uniform(1.2, 2.5))):
        thing = int(rng.choice(things, p=popular))
        at = begins[thing] + rng.lognormal(np.log(1800), 1.2)
        actions.append(Action(f"a{rng.choice(accounts, p=busy)}", float(at), f"t{thing}"))
    return actions


def campaign(rng: np.random.Generator, actions: list[Action]) -> set[str]:
    """Mix a campaign into `actions`: its accounts push things, mostly the storm's own, within seconds."""
    size, rounds = int(rng.integers(8, 60)), int(rng.integers(4, 16))
    names = [f"c{i}" for i in range(size)]
    own = [a.thing for a in actions]
    for round_ in range(rounds):
        thing = own[int(rng.integers(len(own)))] if rng.random() < 0.6 else f"c-thing{round_}"
        begin = rng.uniform(0, 5 * 3600)
        taking_part = [name for name in names if rng.random() < 0.6]
        actions += [Action(name, float(begin + rng.gamma(2.0, 4.0)), thing) for name in taking_part]
    # They also behave like anybody else now and then, and use some accounts of which little is seen.
    for name in names:
        things = rng.integers(len(own), size=rng.poisson(1.5))
        actions += [Action(name, float(rng.uniform(0, 6 * 3600)), own[thing]) for thing in things]
    return set(names)
