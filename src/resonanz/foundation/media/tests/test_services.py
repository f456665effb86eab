"""Taking pictures in and handing them out: who may, once only, nothing lost, nothing left."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.timezone import now

from resonanz.connectorkit.manifest import MediaLimit, Source
from resonanz.foundation.audit.models import Entry
from resonanz.foundation.media import queries, services
from resonanz.foundation.media.images import JPEG, MediaRefused
from resonanz.foundation.media.models import Derivative, MediaFile
from resonanz.foundation.media.tests import samples
from resonanz.foundation.workspaces.models import Member

pytestmark = pytest.mark.django_db
TIGHT = MediaLimit(4, frozenset({JPEG}), 20_000, Source("https://example.org", date(2026, 11, 1)))


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    backend = settings.STORAGES["default"]
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**backend, "OPTIONS": {**backend["OPTIONS"], "location": tmp_path}},
    }


def upload(actor: Member, data: bytes | None = None, title: str = "press.jpg", **more: str) -> MediaFile:
    return services.upload(actor, io.BytesIO(samples.photo() if data is None else data), title, **more)


def stored() -> set[str]:
    return set(services._stored_names())


def test_an_upload_is_kept_described_and_told(editor):
    file = upload(editor, samples.with_gps(), "C:\\fakepath\\Messe\u202e 2026 (Halle 4).jpg", alt="Our stand")
    assert (file.title, file.alt) == ("Messe 2026 (Halle 4).jpg", "Our stand")
    assert (file.content_type, file.width, file.height) == (JPEG, 200, 320)
    with file.open() as stream:
        assert len(stream.read()) == file.size_bytes
    assert Entry.objects.get().action == "media.uploaded"


def test_the_same_bytes_again_are_one_file_and_another_workspace_has_its_own(editor, outsider):
    first, again = upload(editor), upload(editor, title="other name.jpg")
    elsewhere = upload(outsider)
    assert first == again
    assert elsewhere != first
    assert len(stored()) == 2


@pytest.mark.parametrize("role", ["agent", "analyst", "approver"])
def test_who_may_not_write_cannot_upload_describe_or_remove(request, editor, role):
    other, file = request.getfixturevalue(role), upload(editor)
    for attempt in (
        lambda: upload(other, samples.photo(50, 50)),
        lambda: services.describe(other, file, "x"),
        lambda: services.remove(other, file),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_an_agency_may_upload(agency):
    assert upload(agency).pk


def test_another_workspaces_picture_does_not_exist_for_us(editor, outsider):
    theirs = upload(outsider)
    services.describe(editor, theirs, "changed")
    theirs.refresh_from_db()
    assert theirs.alt == ""
    assert queries.by_id(editor.workspace, [theirs.pk]) == {}
    for attempt in (lambda: queries.get(editor, theirs.pk), lambda: services.remove(editor, theirs)):
        with pytest.raises(MediaFile.DoesNotExist):
            attempt()


def test_a_refused_file_leaves_nothing(editor):
    with pytest.raises(MediaRefused):
        upload(editor, b"MZ program")
    assert not stored()
    assert not MediaFile.objects.exists()


def test_what_fits_goes_out_as_it_is(editor):
    file = upload(editor, alt="A hall")
    media = services.as_media(file, MediaLimit(4, frozenset({JPEG}), 10**6, TIGHT.source))
    assert (media.id, media.alt, media.size_bytes) == (str(file.pk), "A hall", file.size_bytes)
    assert not Derivative.objects.exists()
    assert services.as_media(file, TIGHT, alt="").alt == ""


def test_a_fitted_version_is_made_once_and_reads_the_same_each_time(editor):
    file = upload(editor, samples.noise(400, 300))
    first, second = services.as_media(file, TIGHT), services.as_media(file, TIGHT)
    assert first.content_type == JPEG
    assert first.size_bytes <= 20_000
    with first.open() as one, first.open() as two, second.open() as three:
        data = one.read()
        assert len(data) == first.size_bytes
        assert data == two.read() == three.read()
    assert Derivative.objects.count() == 1
    assert len(stored()) == 2


def test_a_network_that_takes_no_pictures_says_so_and_nothing_is_left(editor):
    file = upload(editor)
    with pytest.raises(MediaRefused, match="does_not_fit"):
        services.as_media(file, MediaLimit(1, frozenset({"video/mp4"}), 10**9, TIGHT.source))
    assert len(stored()) == 1


def test_the_thumbnail_is_made_once(editor):
    file = upload(editor, samples.photo(2000, 1000))
    assert services.thumbnail(file) == services.thumbnail(file)
    assert services.thumbnail(file).width == 640


def test_a_crash_between_file_and_row_leaves_a_file_that_is_cleaned_later(editor, monkeypatch):
    kept = upload(editor)
    monkeypatch.setattr(services, "record", lambda **_: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit), transaction.atomic():
        upload(editor, samples.photo(50, 50))
    assert MediaFile.objects.get() == kept
    assert len(stored()) == 2
    assert services.clean_orphans() == 0  # young: its row may be on the way
    assert services.clean_orphans(timedelta(seconds=-5)) == 1
    assert stored() == {kept.storage_name}


def test_cleaning_keeps_every_file_that_a_row_names(editor):
    file = upload(editor, samples.noise(400, 300))
    services.as_media(file, TIGHT)
    services.thumbnail(file)
    default_storage.save(f"media/{editor.workspace_id}/stray.jpg", ContentFile(b"x"))
    assert services.clean_orphans(timedelta(seconds=-5)) == 1
    assert len(stored()) == 3


def test_a_removed_picture_takes_its_versions_along(editor):
    file = upload(editor, samples.noise(400, 300))
    services.as_media(file, TIGHT)
    services.remove(editor, file)
    assert not Derivative.objects.exists()
    assert services.clean_orphans(timedelta(seconds=-5)) == 2
    assert Entry.objects.first().action == "media.removed"
    assert Entry.objects.first().at <= now()
