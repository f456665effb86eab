"""Codes in, sentences out: what is wrong with a variant, and why a publication is not out and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from resonanz.foundation.media.images import MAX_BYTES, MAX_PIXELS
from resonanz.outbound.publishing import queries as publications
from resonanz.outbound.publishing.checks import Problem

if TYPE_CHECKING:
    from resonanz.outbound.publishing.models import Publication

UNITS = {
    "graphemes": gettext_lazy("characters"),
    "codepoints": gettext_lazy("characters"),
    "utf16": gettext_lazy("characters"),
    "bytes": gettext_lazy("bytes"),
}


def of(problem: Problem) -> str:
    """What a person should change about a variant, in one sentence."""
    values = dict(problem.values)
    match problem.code:
        case "text_too_long":
            over = int(values["used"]) - int(values["maximum"])
            unit = str(UNITS.get(str(values.get("unit")), _("characters")))
            return _("Too long by {over}: {used} of {maximum} {unit}.").format(
                **{**values, "over": over, "unit": unit}
            )
        case "too_many_media":
            return _("{used} pictures, but this network takes {maximum} in a post.").format(**values)
        case "alt_too_long":
            return _("An image description has {used} characters; {maximum} are allowed here.").format(
                **values
            )
        case "alt_missing":
            count = int(values["count"])
            return ngettext(
                "{count} picture has no description. People who cannot see it miss it.",
                "{count} pictures have no description. People who cannot see them miss them.",
                count,
            ).format(count=count)
    return str(_PROBLEMS.get(problem.code, gettext_lazy("The network would refuse the post like this.")))


_PROBLEMS: dict[str, str | Promise] = {
    "empty": gettext_lazy("There is nothing to publish yet: write a text or add a picture."),
    "channel_removed": gettext_lazy("This channel was removed."),
    "channel_access_lost": gettext_lazy("The network no longer lets us in. Reconnect the channel first."),
    "channel_paused": gettext_lazy("The channel is paused: the post waits until somebody resumes it."),
    "not_possible_there": gettext_lazy("This network does not offer that."),
    "media_type_refused": gettext_lazy("This network does not take such a file."),
    "visibility_not_possible": gettext_lazy("This network cannot limit who sees a post."),
    "warning_not_possible": gettext_lazy("This network has no content warnings."),
    "in_the_past": gettext_lazy("This time has passed. Choose a later one, or publish now."),
    "bad_address": gettext_lazy("This is not a web address. It begins with https://."),
}

# Refused pictures, by MediaRefused.code.
REFUSED_FILES: dict[str, str | Promise] = {
    "empty": gettext_lazy("The file is empty."),
    "too_large": gettext_lazy(
        "The file is larger than {megabytes} MB. Save the picture smaller and try again."
    ),
    "not_a_picture": gettext_lazy("This is not a picture. JPEG, PNG, WebP, AVIF and GIF can be used."),
    "unsupported": gettext_lazy(
        "Pictures of this kind (HEIC, TIFF …) cannot be read. Save it as JPEG or PNG and try again."
    ),
    "animated": gettext_lazy("Moving pictures cannot be published yet. Save a still as JPEG or PNG."),
    "too_many_pixels": gettext_lazy("The picture has more than {megapixels} megapixels. Save it smaller."),
    "too_small": gettext_lazy("The picture is only one pixel wide or high."),
    "broken": gettext_lazy("The picture is damaged and cannot be read. Export it once more."),
    "disguised": gettext_lazy(
        "There is something else hidden in this file, a program or an archive. It was not taken. Export the picture "
        "once more from a picture program."
    ),
    "too_many": gettext_lazy("A content holds at most 40 pictures."),
}


def refused_file(code: str) -> str:
    text = str(REFUSED_FILES.get(code, REFUSED_FILES["broken"]))
    return text.format(megabytes=MAX_BYTES // 2**20, megapixels=MAX_PIXELS // 1_000_000)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a publication is not out. do: what a person should do; empty: nothing."""

    what: str | Promise
    do: str | Promise = ""


def why(publication: Publication) -> Reason | None:
    """The reason in words, or None where there is nothing to explain."""
    code = publications.why(publication)
    if (
        publication.state in {"published", "cancelled", "scheduled", "uploading"}
        and code == publication.state
    ):
        return None
    if code == "working" and publication.planned_at > now():
        return None
    if code == "working":
        return Reason(_("A worker has it in hand at this moment."))
    if code == "fault":
        return Reason(
            _("An error of ours, number {number}, stopped it. The text and the pictures are safe.").format(
                number=publication.fault or "–"
            ),
            _("Try again. If it happens again, tell your administrator the number."),
        )
    if known := _REASONS.get(code):
        return known
    if publication.state == "failed":
        return _REFUSED_FIELDS.get(publication.state_field, _REFUSED)
    return _UNREACHABLE if publication.state == "checking" or code in _NETWORK else None


_UNREACHABLE = Reason(
    gettext_lazy("The network gave no usable answer."),
    gettext_lazy("Nothing to do: we try again by ourselves."),
)
_NETWORK = {"unreachable", "timeout", "server_error", "unreadable", "too_large", "unavailable"}
_REFUSED = Reason(
    gettext_lazy("The network refused the post."),
    gettext_lazy("Change the content as its words below say, then schedule it again."),
)
_REFUSED_FIELDS = {
    "text": Reason(
        gettext_lazy("The network refused the text."),
        gettext_lazy("Change the text, then schedule it again."),
    ),
    "media": Reason(
        gettext_lazy("The network refused a picture."),
        gettext_lazy("Replace the picture, then schedule the post again."),
    ),
    "visibility": Reason(
        gettext_lazy("The network cannot limit who sees this post."),
        gettext_lazy("Choose “everyone”, then schedule it again."),
    ),
}
_REASONS: dict[str, Reason] = {
    "channel_paused": Reason(
        gettext_lazy("The channel is paused, so the post waits."),
        gettext_lazy("Resume the channel, or cancel the post."),
    ),
    "channel_access_lost": Reason(
        gettext_lazy("The network no longer lets us in."),
        gettext_lazy("Reconnect the channel; the post then goes out, or asks you if it has become late."),
    ),
    "channel_removed": Reason(
        gettext_lazy("The channel was removed."),
        gettext_lazy("Cancel the post, or connect the channel again."),
    ),
    "late": Reason(
        gettext_lazy(
            "Its time passed while it could not go out. It is too late to send it without asking you."
        ),
        gettext_lazy("Choose a new time or send it now. Or cancel it."),
    ),
    "no_worker": Reason(
        gettext_lazy("It is due, but no worker has taken it up."),
        gettext_lazy("Ask your administrator whether Resonanz's worker runs (resonanz doctor)."),
    ),
    "network_works": Reason(gettext_lazy("The network is still processing the pictures.")),
    "rate_limited": Reason(
        gettext_lazy("The network asks us to wait: too many requests."),
        gettext_lazy("Nothing to do: it goes on when the network allows."),
    ),
    "interrupted": Reason(
        gettext_lazy("The sending was interrupted half-way. We look on the network whether it arrived."),
        gettext_lazy("Nothing to do: this takes about a minute."),
    ),
    "cannot_look": Reason(
        gettext_lazy("It may be public, but this network cannot be asked."),
        gettext_lazy("Look at the channel yourself and say below whether it is there."),
    ),
    "confirmed_absent": Reason(
        gettext_lazy("Somebody looked: it is not on the network."),
        gettext_lazy("Send it again, or cancel it."),
    ),
    "does_not_fit": Reason(
        gettext_lazy("A picture could not be made to fit this network."),
        gettext_lazy("Replace the picture, then schedule the post again."),
    ),
    "not_there": Reason(
        gettext_lazy("It was sent several times and each time it surely did not arrive."),
        gettext_lazy("Look at the network's own page whether it has a fault, then try again."),
    ),
}
