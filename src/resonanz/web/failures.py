"""What went wrong with a network, in sentences: what happened, what is safe, what to do. Chosen by a connector's code.

The reasons are those of `connectorkit.errors`; the network's own words come after ours where there are any.
"""

from __future__ import annotations

from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from resonanz.connectorkit.errors import ConnectorError, RateLimited
from resonanz.web import words

REASONS = {
    # The way there
    "unreachable": gettext_noop(
        "The server does not answer. We keep trying; check the address if this lasts."
    ),
    "timeout": gettext_noop("The server takes too long to answer. We keep trying."),
    "private_address": gettext_noop(
        "This address lies inside your own network, which Resonanz does not open. Whoever runs this installation "
        "can allow the host with RESONANZ_ALLOW_PRIVATE_HOSTS."
    ),
    "server_error": gettext_noop("The server reports a fault of its own. We keep trying."),
    "unreadable": gettext_noop("The server answered something that we cannot read."),
    "not_the_network": gettext_noop("Something answers at this address, but not this network."),
    "not_this_network": gettext_noop(
        "There is a server at this address, but it does not speak this network’s language."
    ),
    "not_a_server": gettext_noop("There is no server of this network at this address."),
    "rate_limited": gettext_noop("The network asks us to slow down. We continue by ourselves."),
    "renewing": gettext_noop("The access is being renewed. It takes a moment."),
    # Access
    "token_void": gettext_noop("The network no longer accepts our access. Please reconnect the channel."),
    "token_missing": gettext_noop("The stored access is empty or damaged. Please reconnect the channel."),
    "token_expired": gettext_noop("Our access has expired. Please reconnect the channel."),
    "token_refused": gettext_noop("The server does not accept this access token."),
    "scope_missing": gettext_noop(
        "A right is missing. Please connect again and agree to everything that is asked."
    ),
    "forbidden": gettext_noop("The network does not let this profile do that."),
    "undecipherable": gettext_noop(
        "The stored access cannot be decrypted: the key of this installation has changed. Please reconnect."
    ),
    "connection_expired": gettext_noop(
        "This took longer than half an hour, or the page was loaded twice. Begin again."
    ),
    "wrong_password": gettext_noop("The name or the password is not right."),
    "app_password_needed": gettext_noop("An app password is needed here, not the account’s own."),
    "not_an_app_password": gettext_noop(
        "This is the account’s own password, which we do not want to keep. Please make an app password for Resonanz."
    ),
    "state_mismatch": gettext_noop("The answer does not belong to this attempt. Begin again."),
    "denied": gettext_noop("The network reports that you declined. Nothing was connected."),
    "code_refused": gettext_noop("The server did not accept the confirmation. Begin again."),
    # What was sent
    "required": gettext_noop("This is needed."),
    "missing": gettext_noop("This is needed."),
    "bad_address": gettext_noop("This is not an address."),
    "refused": gettext_noop("The network refused this."),
    "too_large": gettext_noop("This is too large for the network."),
    "too_long": gettext_noop("The text is too long for this network."),
    "media_unusable": gettext_noop("The network cannot use this file."),
    "not_visible": gettext_noop("It no longer exists, or is not visible to us."),
    "not_found": gettext_noop("It no longer exists there."),
    "only_public": gettext_noop("This network only knows public posts."),
    "upload_gone": gettext_noop("The network has forgotten the uploaded file. We bring it again."),
    "wrong_type": gettext_noop("The network does not take files of this kind."),
    "key_taken": gettext_noop("Another post already lies where this one belongs."),
    "not_allowed": gettext_noop("The person does not allow answers or quotes to this."),
    "blocked": gettext_noop("One of the two profiles has blocked the other."),
    "not_ours": gettext_noop("This does not belong to the connected profile."),
    # The profile
    "account_gone": gettext_noop("This profile no longer exists at the network."),
    "account_taken_down": gettext_noop(
        "The network has taken this profile down. Only the network can say why."
    ),
    "account_deactivated": gettext_noop(
        "This profile is switched off at the network. Switch it on there first."
    ),
    "session_refused": gettext_noop("The network did not let us sign in. Please reconnect the channel."),
    "unsupported_by_server": gettext_noop("This server cannot do that."),
    # Feeds
    "no_feed": gettext_noop("There is neither a feed at this address nor a page that names one."),
    "password_needed": gettext_noop(
        "This feed wants a name and a password. You find both fields under “More”."
    ),
}


def sentence(code: str) -> str:
    """The sentence for a stored reason; a general one for codes nobody has worded."""
    text = REASONS.get(code)
    return _(text) if text else _("The network refused this (%(code)s).") % {"code": code}


def reading(code: str, fault: int | None, detail: str) -> str:
    """Why a channel cannot be read at the moment; what was said there is read later, nothing is lost."""
    if code == "fault":
        return _("An error of ours (number %(number)s) keeps us from reading. We try again.") % {
            "number": fault
        }
    text = sentence(code)
    return f"{text} ({detail})" if detail else text


def explain(error: ConnectorError) -> str:
    """What to tell the person in front of the page, with the network's own reason behind ours."""
    if isinstance(error, RateLimited):
        return _("The network asks us to slow down; it can go on %(time)s.") % {
            "time": words.ago(error.retry_at, now())
        }
    text = sentence(error.reason)
    if error.detail and error.code == "rejected":
        return _("%(text)s The network says: “%(detail)s”") % {"text": text, "detail": error.detail[:200]}
    return text
