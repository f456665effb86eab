"""Secrets at rest: encrypted with the newest key, readable with every key that is still listed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class UndecipherableSecrets(Exception):
    """None of the listed keys opens what is stored: the key file was lost or exchanged."""


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _current() -> MultiFernet:
    """The keys as they are now: the list may have grown since this process started."""
    return _box(tuple(settings.ENCRYPTION_KEYS()))


def seal(secrets: Mapping[str, str]) -> str:
    """`secrets` encrypted, as text."""
    return _current().encrypt(json.dumps(dict(secrets)).encode()).decode()


def unseal(sealed: str) -> dict[str, str]:
    """What `seal` was given. Raises UndecipherableSecrets."""
    if not sealed:
        return {}
    try:
        opened = json.loads(_current().decrypt(sealed.encode()))
    except InvalidToken as error:
        raise UndecipherableSecrets from error
    assert isinstance(opened, dict)
    return opened


def rotate(sealed: str) -> str:
    """The same secrets under the newest key. Raises UndecipherableSecrets."""
    try:
        return _current().rotate(sealed.encode()).decode()
    except InvalidToken as error:
        raise UndecipherableSecrets from error
