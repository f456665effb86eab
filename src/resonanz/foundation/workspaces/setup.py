"""The key to a fresh installation."""

from __future__ import annotations

from django.utils.crypto import salted_hmac


def set_up_key() -> str:
    """What somebody who is not at the machine must know to set up this installation; `resonanz up` prints it.

    It follows from the installation's own secret, so it is stored nowhere, and means nothing once there is a person.
    """
    return salted_hmac("resonanz.set-up", "first person", algorithm="sha256").hexdigest()[:24]
