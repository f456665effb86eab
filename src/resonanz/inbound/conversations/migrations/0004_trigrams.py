"""SQLite's full text index of trigrams over the search texts, kept up to date by the database itself.

A change to the table of search texts that makes Django build it anew takes the triggers with it: make them again in
the same migration. Without positions (`detail=none`) the index is a third of the text; the search looks again.
Source: https://www.sqlite.org/fts5.html, "External Content Tables", read on 2026-11-22.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

MAKE = (
    """
    CREATE VIRTUAL TABLE conversations_trigrams USING fts5 (
        text, tokenize='trigram', detail=none,
        content='conversations_searchtext', content_rowid='conversation_id'
    )""",
    """
    CREATE TRIGGER conversations_trigrams_added AFTER INSERT ON conversations_searchtext BEGIN
        INSERT INTO conversations_trigrams (rowid, text) VALUES (new.conversation_id, new.text);
    END""",
    """
    CREATE TRIGGER conversations_trigrams_removed AFTER DELETE ON conversations_searchtext BEGIN
        INSERT INTO conversations_trigrams (conversations_trigrams, rowid, text)
            VALUES ('delete', old.conversation_id, old.text);
    END""",
    """
    CREATE TRIGGER conversations_trigrams_changed AFTER UPDATE OF text ON conversations_searchtext BEGIN
        INSERT INTO conversations_trigrams (conversations_trigrams, rowid, text)
            VALUES ('delete', old.conversation_id, old.text);
        INSERT INTO conversations_trigrams (rowid, text) VALUES (new.conversation_id, new.text);
    END""",
    "INSERT INTO conversations_trigrams (conversations_trigrams) VALUES ('rebuild')",
)
DROP = (
    "DROP TRIGGER conversations_trigrams_added",
    "DROP TRIGGER conversations_trigrams_removed",
    "DROP TRIGGER conversations_trigrams_changed",
    "DROP TABLE conversations_trigrams",
)


def make(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for statement in MAKE:
            schema_editor.execute(statement)


def drop(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for statement in DROP:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0003_lease_index")]

    operations = [migrations.RunPython(make, drop)]
