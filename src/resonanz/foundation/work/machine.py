"""State graphs as data, checked when they are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """One state. What is neither final nor waiting for a person must say how long a step in it may take."""

    to: frozenset[str] = frozenset()
    lease_seconds: int | None = None  # a worker acts here, and its step is surely over after so long
    waits: bool = False  # nothing happens here until a person acts

    @property
    def final(self) -> bool:
        return not self.to


class BadMachine(Exception):
    """A state graph contradicts itself."""


class IllegalStep(Exception):
    """A step that the graph does not have."""


class Machine:
    """A named graph of states with one beginning."""

    def __init__(self, name: str, initial: str, states: Mapping[str, State]) -> None:
        self.name, self.initial, self.states = name, initial, dict(states)
        self._check()

    def _check(self) -> None:
        unknown = {to for state in self.states.values() for to in state.to} - self.states.keys()
        if unknown or self.initial not in self.states:
            raise BadMachine(
                f"{self.name}: unknown states {sorted(unknown | {self.initial} - self.states.keys())}"
            )
        reached, edge = {self.initial}, [self.initial]
        while edge:
            new = self.states[edge.pop()].to - reached
            reached |= new
            edge += new
        if lost := self.states.keys() - reached:
            raise BadMachine(f"{self.name}: never reached: {sorted(lost)}")
        for name, state in self.states.items():
            if state.final == bool(state.waits or state.lease_seconds):
                raise BadMachine(
                    f"{self.name}: {name} must be final, or wait, or say how long its step may take"
                )

    def step(self, before: str, after: str) -> str:
        """`after`, if the graph leads there from `before` (or it is the same)."""
        if after != before and after not in self.states[before].to:
            raise IllegalStep(f"{self.name}: {before} → {after}")
        return after

    @property
    def working(self) -> frozenset[str]:
        """The states in which a worker has something to do."""
        return frozenset(name for name, state in self.states.items() if state.lease_seconds)

    def before(self, names: Iterable[str]) -> frozenset[str]:
        """The states from which one of `names` can be reached in one step."""
        wanted = frozenset(names)
        return frozenset(name for name, state in self.states.items() if state.to & wanted)
