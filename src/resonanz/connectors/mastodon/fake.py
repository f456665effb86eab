"""A small Mastodon server in memory: what our connector asks of a real one, deterministic and thread-safe."""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import json
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx

from resonanz.connectors.mastodon.fake_world import File, Json, Status, Town
from resonanz.connectors.mastodon.manifest import LIMITS, SCOPES

Params = list[tuple[str, str]]


class Refused(Exception):
    """The fake's own error answer."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(status, error)
        self.status, self.error = status, error


class FakeMastodon(Town):
    """The server: the town, as requests see it."""

    # --- the interface --------------------------------------------------------------------------------------------

    def handle(self, request: httpx.Request) -> httpx.Response:
        params = parse_qsl(request.url.query.decode(), keep_blank_values=True)
        with self._lock:
            try:
                status, body, headers = self._route(request, params)
            except Refused as refused:
                status, body, headers = refused.status, {"error": refused.error}, {}
            usual = {
                "date": format_datetime(self.clock(), usegmt=True),
                "x-ratelimit-limit": "300",
                "x-ratelimit-remaining": "299",
                "x-ratelimit-reset": self.clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "content-type": "application/json; charset=utf-8",
            }
            return httpx.Response(status, headers=usual | headers, content=json.dumps(body).encode())

    def _route(self, request: httpx.Request, params: Params) -> tuple[int, Any, dict[str, str]]:
        path = request.url.path
        parts = path.strip("/").split("/")
        match request.method, parts[2:] if parts[0] == "api" else parts:
            case "POST", ["apps"]:
                return 200, self._register(_form(request)), {}
            case "POST", ["oauth", "token"]:
                return 200, self._exchange(_form(request)), {}
            case "GET", ["instance"]:
                return 200, self._instance(), {}
        who = self._who(request)
        match request.method, parts[2:]:
            case "GET", ["accounts", "verify_credentials"]:
                return 200, self._account(self.people[who]), {}
            case "GET", ["accounts", person, "statuses"]:
                return self._account_statuses(person, who, params, path)
            case "GET", ["accounts", person, "followers"]:
                return self._followers(person, params, path)
            case "GET", ["notifications"]:
                return self._notifications(who, params, path)
            case "GET", ["statuses"]:
                found = [self.statuses.get(value) for name, value in params if name == "id[]"]
                return 200, [self._shown(one) for one in found if one], {}
            case "POST", ["statuses"]:
                return 200, self._shown(self._publish(request, who)), {}
            case "GET", ["statuses", status]:
                return 200, self._shown(self._known(status)), {}
            case "DELETE", ["statuses", status]:
                return 200, self._delete(status, who), {}
            case "GET", ["statuses", status, "context"]:
                return 200, self._context(self._known(status)), {}
            case "POST", ["media"]:
                file = self._upload(request)
                return (202 if file.asks_left else 200), self._media(file), {}
            case "GET", ["media", file_id]:
                return self._media_state(file_id)
        raise Refused(404, "Record not found")

    def _who(self, request: httpx.Request) -> str:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise Refused(401, "The access token is invalid")
        return self.tokens[token]

    # --- OAuth ----------------------------------------------------------------------------------------------------

    def _register(self, form: dict[str, str]) -> Json:
        app = {"client_id": f"client-{self._new_id()}", "client_secret": f"secret-{self._new_id()}"}
        self._apps[app["client_id"]] = app | form
        return app | {"name": form.get("client_name", ""), "redirect_uri": form.get("redirect_uris", "")}

    def _exchange(self, form: dict[str, str]) -> Json:
        asked = self._codes.pop(form.get("code", ""), None)
        app = self._apps.get(form.get("client_id", ""))
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            not asked
            or not app
            or app["client_secret"] != form.get("client_secret")
            or asked["redirect_uri"] != form.get("redirect_uri")
            or asked["code_challenge"] != proof.decode().rstrip("=")
        ):
            raise Refused(400, "invalid_grant")
        return {"access_token": self._new_token(self.us), "token_type": "Bearer", "scope": " ".join(SCOPES)}

    # --- statuses -------------------------------------------------------------------------------------------------

    def _publish(self, request: httpx.Request, who: str) -> Status:
        key = (who, request.headers.get("idempotency-key", ""))
        if key[1] and self._keys.get(key) in self.statuses:
            return self.statuses[self._keys[key]]
        body = _json(request)
        text, warning = str(body.get("status", "")), str(body.get("spoiler_text", ""))
        media = tuple(map(str, body.get("media_ids", ())))
        if not text and not media:
            raise Refused(422, "Validation failed: Text can't be blank")
        if LIMITS.text[0].used(text, warning) > self.max_characters:
            raise Refused(422, f"Validation failed: Text character limit of {self.max_characters} exceeded")
        if any(one not in self.files or self.files[one].asks_left for one in media):
            raise Refused(
                422, "Cannot attach files that have not finished processing. Try again in a moment!"
            )
        for target in (body.get("in_reply_to_id"), body.get("quoted_status_id")):
            if target is not None and str(target) not in self.statuses:
                raise Refused(404, "Record not found")
        status = self._post(
            who,
            text,
            reply_to=body.get("in_reply_to_id"),
            quote=body.get("quoted_status_id"),
            visibility=str(body.get("visibility", "public")),
            language=body.get("language"),
            warning=warning,
            media=media,
        )
        self._keys[key] = status.id
        return status

    def _delete(self, status_id: str, who: str) -> Json:
        status = self.statuses.get(status_id)
        if status is None or status.person != who:
            raise Refused(404, "Record not found")
        shown = self._shown(status)
        del self.statuses[status_id]
        for other in self.statuses.values():
            other.reply_to = None if other.reply_to == status_id else other.reply_to
        return shown

    def _context(self, status: Status) -> Json:
        before: list[Status] = []
        one = status
        while one.reply_to and one.reply_to in self.statuses:
            one = self.statuses[one.reply_to]
            before.insert(0, one)
        after, wanted = [], {status.id}
        for other in self.statuses.values():  # in order of their ids: an answer comes after what it answers
            if other.reply_to in wanted:
                wanted.add(other.id)
                after.append(other)
        return {"ancestors": [*map(self._shown, before)], "descendants": [*map(self._shown, after)]}

    def _account_statuses(
        self, person: str, who: str, params: Params, path: str
    ) -> tuple[int, Any, dict[str, str]]:
        own = [one for one in self.statuses.values() if one.person == person]
        seen = [one for one in own if person == who or one.visibility in ("public", "unlisted")]
        page, link = self._page([one.id for one in seen], params, path)
        return 200, [self._shown(self.statuses[one]) for one in page], link

    def _known(self, status_id: str) -> Status:
        if status_id not in self.statuses:
            raise Refused(404, "Record not found")
        return self.statuses[status_id]

    # --- people and notifications ---------------------------------------------------------------------------------

    def _followers(self, person: str, params: Params, path: str) -> tuple[int, Any, dict[str, str]]:
        page, link = self._page(self.people[person].followers, params, path)
        return 200, [self._account(self.people[one]) for one in page], link

    def _notifications(self, who: str, params: Params, path: str) -> tuple[int, Any, dict[str, str]]:
        hidden = {value for name, value in params if name == "exclude_types[]"}
        wanted = {one[0]: one for one in self.notifications if one[1] not in hidden}
        wanted = {key: one for key, one in wanted.items() if not one[3] or one[3] in self.statuses}
        page, link = self._page(list(wanted), params, path)
        return 200, [self._notification(wanted[one]) for one in page], link

    def _page(self, ids: list[str], params: Params, path: str) -> tuple[list[str], dict[str, str]]:
        """The part of `ids` that is asked for, newest first, and the links to the pages beside it."""
        asked = dict(params)
        ids = sorted(ids, key=int, reverse=True)
        limit = min(int(asked.get("limit", "20")), self.page_cap)
        if "max_id" in asked:
            ids = [one for one in ids if int(one) < int(asked["max_id"])]
        if "min_id" in asked:
            ids = [one for one in ids if int(one) > int(asked["min_id"])][-limit:]
        page = ids[:limit]
        links = []
        if len(page) == limit:
            links.append(f'<{self.address}{path}?{urlencode({"max_id": page[-1]})}>; rel="next"')
        if page:
            links.append(f'<{self.address}{path}?{urlencode({"min_id": page[0]})}>; rel="prev"')
        return page, {"link": ", ".join(links)} if links else {}

    # --- media ----------------------------------------------------------------------------------------------------

    def _upload(self, request: httpx.Request) -> File:
        parts = _multipart(request)
        if "file" not in parts or not parts["file"][1]:
            raise Refused(422, "Validation failed: File can't be blank")
        content_type, content = parts["file"]
        if content_type.split("/")[0] not in ("image", "video", "audio"):
            raise Refused(422, "Validation failed: File content type is invalid")
        alt = parts.get("description", ("", b""))[1].decode()
        file = File(self._new_id(), content_type, content, alt, self.media_asks)
        self.files[file.id] = file
        return file

    def _media_state(self, file_id: str) -> tuple[int, Any, dict[str, str]]:
        if file_id not in self.files:
            raise Refused(404, "Record not found")
        file = self.files[file_id]
        if file.asks_left < 0:
            raise Refused(422, "Error processing thumbnail for uploaded media")
        if file.asks_left:
            file.asks_left -= 1
            return 206, self._media(file), {}
        return 200, self._media(file), {}


def _json(request: httpx.Request) -> Json:
    try:
        body = json.loads(request.content)
    except ValueError as error:
        raise Refused(400, "Error occurred while parsing request parameters") from error
    return body if isinstance(body, dict) else {}


def _form(request: httpx.Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode()))


def _multipart(request: httpx.Request) -> dict[str, tuple[str, bytes]]:
    """Content type and content of each named part of an upload."""
    head = f"content-type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    message = email.message_from_bytes(head + request.content, policy=email.policy.HTTP)
    found = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        found[name] = (part.get_content_type(), content if isinstance(content, bytes) else b"")
    return found
