"""Every write to SQLite passes the gate, and only writes do."""

from __future__ import annotations

import threading

import pytest
from django.db import transaction

from resonanz.foundation.work.durability import durable
from resonanz.foundation.work.sqlite.base import Gate


@pytest.fixture
def database(on_file, django_db_blocker):
    """A connection of our backend to a file of its own."""
    with django_db_blocker.unblock():
        with on_file.cursor() as cursor:
            cursor.execute("CREATE TABLE t (id integer primary key, n integer)")
        yield on_file
        on_file.close()


@pytest.fixture
def passes(database, monkeypatch):
    """How often the gate was entered and left."""
    seen = {"enter": 0, "leave": 0}
    gate = database._gate
    for name in seen:
        original = getattr(gate, name)

        def counting(name=name, original=original):
            seen[name] += 1
            original()

        monkeypatch.setattr(gate, name, counting)
    return seen


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("INSERT INTO t (n) VALUES (1)", 1),
        ("  update t set n = 2", 1),
        ("DELETE FROM t", 1),
        ("SELECT * FROM t", 0),
        ("PRAGMA synchronous", 0),
    ],
)
def test_a_single_write_passes_the_gate_and_a_read_does_not(database, passes, sql, expected):
    with database.cursor() as cursor:
        cursor.execute(sql)
    assert passes == {"enter": expected, "leave": expected}
    assert not database._gate.held


def test_a_refused_write_leaves_the_gate(database):
    with database.cursor() as cursor, pytest.raises(Exception, match="no such table"):
        cursor.execute("INSERT INTO nowhere VALUES (1)")
    assert not database._gate.held


def test_one_holds_the_gate_and_the_other_waits(tmp_path):
    first, second = Gate(str(tmp_path / "x")), Gate(str(tmp_path / "x"))
    entered = threading.Event()

    def enter():
        second.enter()
        entered.set()

    first.enter()
    waiter = threading.Thread(target=enter)
    waiter.start()
    assert not entered.wait(0.05)
    first.leave()
    assert entered.wait(5)
    waiter.join()
    first.close(), second.close()


def test_closing_in_the_middle_lets_the_others_in(database, tmp_path):
    database.set_autocommit(False)
    database._gate.enter()
    other = Gate(str(tmp_path / "db.sqlite3"))
    database.close()
    other.enter()
    assert other.held
    other.close()


@pytest.mark.django_db
def test_durable_refuses_to_be_part_of_something_larger():
    with transaction.atomic(), pytest.raises(RuntimeError), durable():
        pass
