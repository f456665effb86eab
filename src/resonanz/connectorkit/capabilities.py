"""What connectors can do, as Protocols: a contract test holds each connector's manifest against its class.

No method sleeps, retries, loops over pages, logs, reads settings or knows the database: it builds one request (or the
few that belong to one step), calls the door, translates the answer. Every method may raise ConnectorError.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Protocol, runtime_checkable

from resonanz.connectorkit.manifest import Capability, Limits
from resonanz.kernel.messages import Author, Counts, Message, Profile, Reference
from resonanz.kernel.paging import Cursor, Page
from resonanz.kernel.publishing import Draft, Media, Receipt, Upload

# A network keeps a file that nobody used for a while only.
UPLOAD_GONE = "upload_gone"


@runtime_checkable
class HasProfile(Protocol):
    def profile(self) -> Profile:
        """The connected channel itself; the cheapest call that proves access."""


@runtime_checkable
class Publishes(Protocol):
    def publish(self, draft: Draft, uploads: Sequence[Upload]) -> Receipt:
        """Make `draft` public, with `uploads` in the order of `draft.media`.

        Raises OutcomeUnknown when it may have happened, and Rejected(UPLOAD_GONE) when the network has forgotten
        an upload, so that all of them are made anew. With the same draft it must be as harmless to call twice as
        the network makes possible; callers never rely on that alone.
        """


@runtime_checkable
class FindsPublished(Protocol):
    def find_published(self, draft: Draft, taken: Container[str] = ()) -> Receipt | None:
        """Look whether `draft` is public. None: it surely is not (every place it could be has been read).

        taken: remote ids that are the proof of other publications already. Where a network knows no keys, two
        publications with the same words can only be told apart by these and by time.
        """


@runtime_checkable
class Uploads(Protocol):
    def upload(self, media: Media) -> Upload:
        """Bring one file to the network. Unused uploads are harmless, so this may be repeated."""

    def upload_state(self, upload: Upload) -> Upload:
        """Ask whether a file that was not ready is ready now. Raises Rejected when the network gave it up."""


@runtime_checkable
class Deletes(Protocol):
    def delete(self, reference: Reference) -> None:
        """Take something of ours back. Gone already is success."""


@runtime_checkable
class ReadsInbound(Protocol):
    def inbound(self, cursor: Cursor) -> Page[Message]:
        """What was said to us or about us after `cursor`, oldest first within the page."""


@runtime_checkable
class ReadsOwnPosts(Protocol):
    def own_posts(self, cursor: Cursor) -> Page[Message]:
        """Our own public posts, newest page first; the cursor goes back in time."""


@runtime_checkable
class ReadsThread(Protocol):
    def thread(self, reference: Reference) -> tuple[Message, ...]:
        """The conversation around a message, oldest first, itself included."""


@runtime_checkable
class ReadsCounts(Protocol):
    def counts(self, references: Sequence[Reference]) -> Mapping[str, Counts]:
        """Reactions by remote id; what is gone is left out. At most 25 references."""


@runtime_checkable
class ReadsFollowers(Protocol):
    def followers(self, cursor: Cursor) -> Page[Author]:
        """Who follows us, a page at a time."""


@runtime_checkable
class KnowsServerLimits(Protocol):
    def server_limits(self) -> Limits:
        """The limits of the very server this channel lives on; they replace the manifest's."""


# REPLY and QUOTE are fields of a Draft, not methods: Publishes serves them.
PROTOCOLS: Mapping[Capability, type] = {
    Capability.PROFILE: HasProfile,
    Capability.PUBLISH: Publishes,
    Capability.FIND_PUBLISHED: FindsPublished,
    Capability.UPLOAD: Uploads,
    Capability.REPLY: Publishes,
    Capability.QUOTE: Publishes,
    Capability.DELETE: Deletes,
    Capability.INBOUND: ReadsInbound,
    Capability.OWN_POSTS: ReadsOwnPosts,
    Capability.THREAD: ReadsThread,
    Capability.COUNTS: ReadsCounts,
    Capability.FOLLOWERS: ReadsFollowers,
    Capability.SERVER_LIMITS: KnowsServerLimits,
}
