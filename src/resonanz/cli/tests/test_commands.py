"""The command line: both languages, and what doctor says of a house in order and one that is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from resonanz.cli import COMMANDS, doctor, main


def resonanz(*arguments: str, language: str = "en", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from resonanz.cli import main; main()", *arguments],
        env=os.environ | {"RESONANZ_LANGUAGE": language} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_command_in_both_languages():
    english, german = resonanz("--help"), resonanz("--help", language="de")
    for name in COMMANDS:
        assert name in english.stdout
        assert name in german.stdout
    assert "zuhören" in german.stdout
    assert "zuhören" not in english.stdout


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "manage"])
def test_each_command_explains_itself(name):
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0, result.output


def test_a_taken_port_is_said_with_what_to_do(tmp_path):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = resonanz("up", "--port", port, RESONANZ_DATA=str(tmp_path))
    assert result.returncode == 1
    assert f"Port {port} is taken" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_said_with_what_to_do(tmp_path):
    tmp_path.chmod(0o500)
    result = resonanz("doctor", RESONANZ_DATA=str(tmp_path / "inside"))
    assert result.returncode == 1
    assert "RESONANZ_DATA" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.django_db
def test_doctor_says_that_nobody_works_and_what_to_do():
    found = {result.name: result for result in doctor.workers()}
    assert found["Workers"].ok is False
    assert "resonanz up" in found["Workers"].remedy


@pytest.mark.django_db
def test_doctor_is_content_with_a_living_modest_worker(monkeypatch):
    from resonanz.foundation.work import beats
    from resonanz.foundation.work.beats import Heart

    # This process holds whatever the tests before this one loaded.
    monkeypatch.setattr(beats, "resident_bytes", lambda: 90 * 2**20)
    heart = Heart("test-worker")
    heart.beat()
    results = list(doctor.workers())
    assert all(result.ok for result in results), results
    assert "MB" in results[1].found


@pytest.mark.django_db
def test_doctor_finds_a_changed_audit_trail(owner):
    from resonanz.foundation.audit.models import Entry
    from resonanz.foundation.audit.services import record

    record(action="test.done", actor=owner)
    assert all(result.ok for result in doctor.audit())
    Entry.objects.update(action="test.undone")
    assert not any(result.ok for result in doctor.audit())


@pytest.mark.django_db
def test_doctor_finds_keys_others_can_read(settings, tmp_path):
    settings.DATA = tmp_path
    for name in ("secret-key", "encryption-keys", "audit-key"):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(0o600)
    assert {result.name: result for result in doctor.installation()}["Keys"].ok
    (tmp_path / "audit-key").chmod(0o644)
    keys = {result.name: result for result in doctor.installation()}["Keys"]
    assert keys.ok is False
    assert "audit-key" in keys.found


@pytest.mark.slow
def test_an_upgrade_keeps_a_copy_and_a_newer_database_is_left_alone(tmp_path):
    """Two starts of a real installation: the second has something to migrate, the third finds the unknown."""
    import sqlite3

    environment = {"RESONANZ_DATA": str(tmp_path)}
    prepare = "import os; from resonanz.cli import house, up; house.setup(); up.prepare_database()"

    def start() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", prepare],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "resonanz.config.settings", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    assert start().returncode == 0
    assert not list(Path(tmp_path).glob("backups/*"))
    with sqlite3.connect(tmp_path / "resonanz.sqlite3") as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'audit'")
        database.execute("DROP TABLE audit_entry")
    assert start().returncode == 0
    assert len(list(tmp_path.glob("backups/*.sqlite3"))) == 1
    with sqlite3.connect(tmp_path / "resonanz.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '9999_later', '2030-01-01')"
        )
    refused = start()
    assert refused.returncode == 1
    assert "9999_later" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.slow
def test_a_backup_is_whole_or_not_there(tmp_path):
    import sqlite3

    data, backup = tmp_path / "data", tmp_path / "backup"
    prepare = "from resonanz.cli import house, up; house.setup(); up.prepare_database()"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "resonanz.config.settings",
        "RESONANZ_DATA": str(data),
    }
    subprocess.run([sys.executable, "-c", prepare], env=environment, check=True)
    (data / "media").mkdir()
    (data / "media" / "picture.jpg").write_bytes(b"jpeg")
    plain = {"RESONANZ_DATA": str(data), "DJANGO_SETTINGS_MODULE": "resonanz.config.settings"}
    assert resonanz("backup", str(backup), **plain).returncode == 0
    with sqlite3.connect(backup / "resonanz.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert (backup / "media" / "picture.jpg").read_bytes() == b"jpeg"
    assert (backup / "audit-key").read_text() == (data / "audit-key").read_text()
    assert backup.stat().st_mode & 0o077 == 0
    again = resonanz("backup", str(backup), **plain)
    assert again.returncode == 1
    assert "exists already" in again.stderr
