"""The people and posts of the fake Mastodon, what others do there, and how all of it looks as JSON.

Ids count up from one, so that equal stories give equal worlds. One person is there from the beginning: the channel.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from resonanz.connectors.mastodon.fake_text import names, render
from resonanz.kernel.clock import Clock, utcnow

Json = dict[str, Any]


@dataclass
class Person:
    id: str
    acct: str
    name: str
    url: str
    followers: list[str] = field(default_factory=list)  # ids, oldest first
    following: int = 0
    bot: bool = False


@dataclass
class Status:
    id: str
    person: str
    text: str
    at: datetime
    visibility: str = "public"
    language: str | None = None
    warning: str = ""
    reply_to: str | None = None
    quote: str | None = None
    media: tuple[str, ...] = ()
    likes: set[str] = field(default_factory=set)
    boosts: set[str] = field(default_factory=set)


@dataclass
class File:
    id: str
    content_type: str
    content: bytes
    alt: str = ""
    asks_left: int = 0  # how often it is still "being processed" when asked


class Town:
    """The people of one server. `token` and `us` are the channel's; `others_…` let others act."""

    def __init__(
        self, address: str = "https://mastodon.example", *, clock: Clock = utcnow, name: str = "werkstatt"
    ) -> None:
        self.address = address
        self.clock = clock
        self.page_cap = 40
        self.media_asks = 0  # > 0: uploads are processed for so many asks
        self.version = 7  # of the API; from 7 on it takes quotes
        self.max_characters = 500
        self.people: dict[str, Person] = {}
        self.statuses: dict[str, Status] = {}
        self.files: dict[str, File] = {}
        self.notifications: list[tuple[str, str, str, str, datetime]] = []  # id, type, person, status, when
        self.tokens: dict[str, str] = {}  # token → person
        self._apps: dict[str, Json] = {}
        self._codes: dict[str, Json] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._ids = itertools.count(1)
        self._lock = threading.RLock()
        self.us = self.add_person(name, "Werkstatt Müller GmbH")
        self.token = self._new_token(self.us)

    # --- what others do -------------------------------------------------------------------------------------------

    def add_person(self, acct: str, name: str = "", *, bot: bool = False) -> str:
        """A person of this server, or of another one (acct: name@host). Gives the id."""
        with self._lock:
            known = next((p.id for p in self.people.values() if p.acct == acct), None)
            if known:
                return known
            local, _, host = acct.partition("@")
            url = f"https://{host}/@{local}" if host else f"{self.address}/@{local}"
            person = Person(self._new_id(), acct, name or local, url, bot=bot)
            self.people[person.id] = person
            return person.id

    def others_say(self, acct: str, text: str, *, reply_to: str | None = None, **options: Any) -> str:
        """Somebody posts; whoever is named or answered is notified. Gives the status's id."""
        with self._lock:
            return self._post(self.add_person(acct), text, reply_to=reply_to, **options).id

    def others_mention(self, acct: str, text: str, **options: Any) -> str:
        return self.others_say(acct, f"@{self.people[self.us].acct} {text}", **options)

    def others_quote(self, acct: str, status_id: str, text: str) -> str:
        return self.others_say(acct, text, quote=status_id)

    def others_like(self, acct: str, status_id: str) -> None:
        with self._lock:
            person = self.add_person(acct)
            self.statuses[status_id].likes.add(person)
            self._notify("favourite", self.statuses[status_id].person, person, status_id)

    def others_boost(self, acct: str, status_id: str) -> None:
        with self._lock:
            person = self.add_person(acct)
            self.statuses[status_id].boosts.add(person)
            self._notify("reblog", self.statuses[status_id].person, person, status_id)

    def others_follow(self, acct: str) -> None:
        with self._lock:
            person = self.add_person(acct)
            self.people[self.us].followers.append(person)
            self._notify("follow", self.us, person, "")

    def revoke(self) -> None:
        """The person takes our access back."""
        self.tokens.clear()

    def agree(self, authorize_url: str) -> dict[str, str]:
        """The person agrees on the server's page. Gives the query they come back with."""
        query = dict(parse_qsl(urlsplit(authorize_url).query))
        with self._lock:
            code = f"code-{self._new_id()}"
            self._codes[code] = query
        return {"code": code, "state": query["state"]}

    def _post(self, person: str, text: str, **options: Any) -> Status:
        status = Status(self._new_id(), person, text, options.pop("at", None) or self.clock(), **options)
        self.statuses[status.id] = status
        named = {self._find(name) for name in names(text)} - {None, person}
        for one in sorted(str(name) for name in named):
            self._notify("mention", one, person, status.id)
        if status.quote and (quoted := self.statuses.get(status.quote)):
            self._notify("quote", quoted.person, person, status.id)
        return status

    def _notify(self, kind: str, to: str, by: str, status: str) -> None:
        if to == self.us and by != self.us:
            self.notifications.append((self._new_id(), kind, by, status, self.clock()))

    def _find(self, acct: str) -> str | None:
        host = urlsplit(self.address).netloc
        wanted = acct.removesuffix(f"@{host}").lower()
        return next((p.id for p in self.people.values() if p.acct.lower() == wanted), None)

    def _new_token(self, person: str) -> str:
        token = f"token-{hashlib.sha256(self._new_id().encode()).hexdigest()[:32]}"
        self.tokens[token] = person
        return token

    def _new_id(self) -> str:
        return str(next(self._ids))

    # --- as JSON --------------------------------------------------------------------------------------------------

    def _instance(self) -> Json:
        return {
            "domain": urlsplit(self.address).netloc,
            "version": "4.5.0",
            "api_versions": {"mastodon": self.version},
            "configuration": {
                "statuses": {
                    "max_characters": self.max_characters,
                    "max_media_attachments": 4,
                    "characters_reserved_per_url": 23,
                },
                "media_attachments": {
                    "supported_mime_types": [
                        "image/jpeg",
                        "image/png",
                        "image/gif",
                        "image/webp",
                        "video/mp4",
                    ],
                    "image_size_limit": 16_777_216,
                    "image_matrix_limit": 33_177_600,
                    "video_size_limit": 103_809_024,
                    "description_limit": 1500,
                },
            },
        }

    def _account(self, person: Person) -> Json:
        return {
            "id": person.id,
            "username": person.acct.split("@")[0],
            "acct": person.acct,
            "display_name": person.name,
            "url": person.url,
            "avatar": f"{self.address}/avatars/{person.id}.png",
            "note": "",
            "bot": person.bot,
            "followers_count": len(person.followers),
            "following_count": person.following,
            "statuses_count": sum(one.person == person.id for one in self.statuses.values()),
        }

    def _shown(self, status: Status) -> Json:
        sender = self.people[status.person]
        answered = self.statuses.get(status.reply_to or "")
        named = [self.people[found] for name in names(status.text) if (found := self._find(name))]
        quoted = self.statuses.get(status.quote or "")
        url = f"{sender.url}/{status.id}"
        fallback = f'<p class="quote-inline">RE: <a href="{url}">{url}</a></p>' if quoted else ""
        return {
            "id": status.id,
            "uri": url,
            "url": url,
            "created_at": _iso(status.at),
            "edited_at": None,
            "account": self._account(sender),
            "content": fallback + render(status.text, self.address, self._profile_url),
            "visibility": status.visibility,
            "language": status.language,
            "spoiler_text": status.warning,
            "sensitive": bool(status.warning),
            "in_reply_to_id": answered.id if answered else None,
            "in_reply_to_account_id": answered.person if answered else None,
            "reblog": None,
            "quote": {"state": "accepted", "quoted_status": self._shown(quoted)} if quoted else None,
            "media_attachments": [self._media(self.files[one]) for one in status.media],
            "mentions": [
                {"id": p.id, "username": p.acct.split("@")[0], "acct": p.acct, "url": p.url} for p in named
            ],
            "tags": [],
            "favourites_count": len(status.likes),
            "reblogs_count": len(status.boosts),
            "replies_count": sum(one.reply_to == status.id for one in self.statuses.values()),
            "quotes_count": sum(one.quote == status.id for one in self.statuses.values()),
        }

    def _profile_url(self, acct: str) -> str | None:
        found = self._find(acct)
        return self.people[found].url if found else None

    def _notification(self, notification: tuple[str, str, str, str, datetime]) -> Json:
        found, kind, by, status, sent = notification
        return {
            "id": found,
            "type": kind,
            "created_at": _iso(sent),
            "account": self._account(self.people[by]),
            **({"status": self._shown(self.statuses[status])} if status else {}),
        }

    def _media(self, file: File) -> Json:
        url = f"{self.address}/media/{file.id}"
        return {
            "id": file.id,
            "type": file.content_type.split("/")[0],
            "url": None if file.asks_left else url,
            "preview_url": url,
            "description": file.alt or None,
        }


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
