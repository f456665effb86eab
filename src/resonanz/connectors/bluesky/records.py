"""Pure: a draft as a Bluesky record, the key it gets for ever, and the proof that a record is that draft."""

from __future__ import annotations

import hashlib
from calendar import timegm
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from resonanz.connectorkit import reading
from resonanz.connectorkit.errors import Rejected
from resonanz.connectors.bluesky.manifest import LIMITS
from resonanz.connectors.bluesky.richtext import facets
from resonanz.kernel.messages import Reference, Visibility
from resonanz.kernel.publishing import Draft, Media, Receipt, Upload

POST = "app.bsky.feed.post"
WEB = "https://bsky.app"
_TID_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class StrongRef:
    """One version of one record."""

    uri: str
    cid: str

    def json(self) -> dict[str, str]:
        return {"uri": self.uri, "cid": self.cid}


@dataclass(frozen=True, slots=True)
class Target:
    """A post that is answered or quoted, and the first post of its thread."""

    post: StrongRef
    root: StrongRef


def record_key(draft: Draft) -> str:
    """The key of `draft`'s record: always the same, and a valid TID, which a post's key must be.

    A TID is 53 bits of microseconds and 10 bits that tell clocks apart, in base 32
    (https://atproto.com/specs/tid, checked 2026-11-22). The second is `created_at`'s; everything below it, about
    30 bits, comes from a hash of the draft's key, so two drafts of one second collide once in 10⁹.
    """
    digest = int.from_bytes(hashlib.sha256(draft.key.encode()).digest()[:8], "big")
    clock, micros = digest % 1024, digest // 1024 % 1_000_000
    value = (timegm(draft.created_at.utctimetuple()) * 1_000_000 + micros) << 10 | clock
    return "".join(_TID_ALPHABET[value >> shift & 31] for shift in range(60, -1, -5))


def check(draft: Draft) -> None:
    """Raises Rejected for what Bluesky has no place for, before anything is sent."""
    if draft.visibility is not Visibility.PUBLIC:
        raise Rejected("only_public", field="visibility")
    if draft.content_warning:
        raise Rejected("unsupported", field="content_warning")
    if any(limit.used(draft.text) > limit.maximum for limit in LIMITS.text):
        raise Rejected("too_long", field="text")
    if not draft.text.strip() and not draft.media and not draft.quote:
        raise Rejected("empty", field="text")
    if LIMITS.images and len(draft.media) > LIMITS.images.maximum:
        raise Rejected("too_many", field="media")


def post_record(
    draft: Draft,
    uploads: Sequence[Upload],
    dids: Mapping[str, str],
    reply_to: Target | None = None,
    quote: Target | None = None,
) -> dict[str, Any]:
    """The record for `draft`. dids: who stands behind the handles it mentions."""
    text = reading.clean(draft.text)
    record: dict[str, Any] = {"$type": POST, "text": text, "createdAt": stamp(draft.created_at)}
    if found := facets(text, dids):
        record["facets"] = found
    if draft.language:
        record["langs"] = [draft.language]
    if reply_to:
        record["reply"] = {"root": reply_to.root.json(), "parent": reply_to.post.json()}
    if embed := _embed(draft.media, uploads, quote):
        record["embed"] = embed
    return record


def _embed(media: Sequence[Media], uploads: Sequence[Upload], quote: Target | None) -> dict[str, Any] | None:
    images = {
        "$type": "app.bsky.embed.images",
        "images": [_image(file, upload) for file, upload in zip(media, uploads, strict=True)],
    }
    quoted = {"$type": "app.bsky.embed.record", "record": quote.post.json()} if quote else None
    if media and quoted:
        return {"$type": "app.bsky.embed.recordWithMedia", "record": quoted, "media": images}
    return images if media else quoted


def _image(media: Media, upload: Upload) -> dict[str, Any]:
    image: dict[str, Any] = {"alt": media.alt, "image": blob(upload)}
    if media.width and media.height:
        image["aspectRatio"] = {"width": media.width, "height": media.height}
    return image


def blob(upload: Upload) -> dict[str, Any]:
    """The reference to an uploaded file that goes into a record."""
    data = upload.data
    return {
        "$type": "blob",
        "ref": {"$link": data["cid"]},
        "mimeType": data["type"],
        "size": int(data["size"]),
    }


def upload_of(media: Media, answer: Any) -> Upload:
    """What uploadBlob answered, to be kept until the post is written. Raises Unreadable."""
    size = reading.number(answer, "blob", "size")
    if size is None:
        raise reading.Unreadable("blob.size")
    data = {
        "cid": reading.need_text(answer, "blob", "ref", "$link"),
        "type": reading.need_text(answer, "blob", "mimeType"),
        "size": str(size),
    }
    return Upload(media.id, data)


def stored(answer: Any) -> tuple[str, Any]:
    """What getRecord answered: the version and the record. Raises Unreadable."""
    record = reading.at(answer, "value")
    if not isinstance(reading.at(record, "text"), str):
        raise reading.Unreadable("value.text")
    return reading.need_text(answer, "cid"), record


def is_draft(record: Any, draft: Draft) -> bool:
    """Whether a record found under the draft's key is the draft and not somebody else's.

    Text and moment decide. Facets do not: the person behind a mentioned handle may change between two tries.
    """
    said = reading.at(record, "text"), reading.at(record, "createdAt")
    return said == (reading.clean(draft.text), stamp(draft.created_at))


def receipt(draft: Draft, did: str, cid: str, record: Any) -> Receipt:
    """The proof for `draft`, equal whether it was written now or found later."""
    key = record_key(draft)
    uri = f"at://{did}/{POST}/{key}"
    published = datetime.fromisoformat(stamp(draft.created_at))
    return Receipt(Reference(uri, reference_data(uri, cid, record)), web_address(uri), published)


def reference_data(uri: str, cid: str, record: Any) -> dict[str, str]:
    """What an answer to a post needs: its version and the first post of its thread."""
    root_uri = reading.text(record, "reply", "root", "uri")
    root_cid = reading.text(record, "reply", "root", "cid")
    return {"cid": cid, "root_uri": root_uri or uri, "root_cid": root_cid or cid}


def web_address(uri: str) -> str:
    """Where people read the post at `uri`. By DID: it stays right when the handle changes."""
    did, key = authority(uri), uri.rpartition("/")[2]
    return f"{WEB}/profile/{did}/post/{key}" if did and key else ""


def authority(uri: str) -> str:
    """The DID in an at:// address, or nothing."""
    return uri.split("/", 3)[2] if uri.startswith("at://did:") else ""


def stamp(moment: datetime) -> str:
    """`moment` as Bluesky writes it: milliseconds, UTC."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
