"""A state graph that contradicts itself is refused when it is made."""

from __future__ import annotations

import pytest

from resonanz.foundation.work.machine import BadMachine, IllegalStep, Machine, State


def works(*to):
    return State(frozenset(to), lease_seconds=10)


GOOD = {"new": works("done", "stuck"), "stuck": State(frozenset({"new"}), waits=True), "done": State()}


def test_a_sound_machine_steps_where_its_graph_leads():
    machine = Machine("m", "new", GOOD)
    assert machine.step("new", "done") == "done"
    assert machine.step("new", "new") == "new"
    assert machine.working == {"new"}
    assert machine.before({"new", "done"}) == {"new", "stuck"}
    for before, after in (("done", "new"), ("new", "unheard of"), ("stuck", "done")):
        with pytest.raises(IllegalStep):
            machine.step(before, after)


@pytest.mark.parametrize(
    ("initial", "states"),
    [
        ("missing", GOOD),
        ("new", GOOD | {"new": works("nowhere")}),
        ("new", GOOD | {"island": State()}),
        ("new", GOOD | {"stuck": State(frozenset({"new"}))}),
        ("new", GOOD | {"done": State(waits=True)}),
        ("new", GOOD | {"done": State(lease_seconds=3)}),
    ],
    ids=[
        "no beginning",
        "unknown state",
        "unreachable",
        "neither works nor waits",
        "final waits",
        "final works",
    ],
)
def test_a_machine_that_contradicts_itself_is_refused(initial, states):
    with pytest.raises(BadMachine):
        Machine("m", initial, states)
