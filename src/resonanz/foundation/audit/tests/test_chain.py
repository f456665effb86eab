"""The audit trail holds, and shows where it was touched."""

import pytest
from django.db import transaction

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.audit.services import record, verify, verify_all

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _trail(owner):
    for number in range(5):
        record(action="test.done", actor=owner, target=owner, before={"n": number}, after={"n": number + 1})


def test_an_untouched_trail_holds(workspace):
    assert verify(workspace) is None
    assert verify_all() == []
    assert list(Entry.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_an_entry_tells_who_did_what_and_what_changed(workspace, owner):
    entry = Entry.objects.filter(workspace=workspace).first()
    assert entry is not None
    assert (entry.actor_name, entry.action, entry.changes) == ("Petra Lang", "test.done", {"n": [4, 5]})
    assert (entry.target_kind, entry.target_id) == ("member", str(owner.pk))


@pytest.mark.parametrize(
    "change",
    [{"action": "test.undone"}, {"actor_name": "Otto"}, {"changes": {}}, {"target_id": "9"}, {"number": 30}],
)
def test_a_changed_entry_is_found(workspace, change):
    Entry.objects.filter(workspace=workspace, number=3).update(**change)
    found = verify(workspace)
    assert found is not None
    assert found.number == 3


def test_a_removed_entry_is_found(workspace):
    Entry.objects.filter(workspace=workspace, number=2).delete()
    found = verify(workspace)
    assert found is not None
    assert (found.number, found.reason) == (2, "missing")


def test_a_forged_seal_needs_the_key(workspace, settings):
    """Whoever can write to the database but has not the key file cannot make the chain hold again."""
    from resonanz.foundation.audit import services

    entry = Entry.objects.get(workspace=workspace, number=5)
    before = Entry.objects.get(workspace=workspace, number=4).seal
    true_key, settings.AUDIT_KEY = settings.AUDIT_KEY, "guessed"
    entry.action = "test.undone"
    entry.seal = services._seal(entry, before)
    entry.save()
    settings.AUDIT_KEY = true_key
    found = verify(workspace)
    assert found is not None
    assert (found.number, found.reason) == (5, "changed")


def test_trails_of_two_workspaces_do_not_mix(workspace, owner, outsider):
    other = outsider.workspace
    record(action="test.done", actor=None, workspace=other)
    record(action="test.done", actor=owner)
    assert verify(workspace) is None
    assert verify(other) is None
    assert Entry.objects.get(workspace=other).number == 1


def test_a_change_that_fails_leaves_no_entry(workspace, owner):
    def change_that_fails() -> None:
        with transaction.atomic():
            record(action="test.failed", actor=owner)
            raise RuntimeError("the change itself fails")

    with pytest.raises(RuntimeError):
        change_that_fails()
    assert not Entry.objects.filter(action="test.failed").exists()
    assert verify(workspace) is None
