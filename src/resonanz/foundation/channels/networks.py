"""The networks this installation speaks with, loaded from the list in the settings when first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from django.conf import settings

from resonanz.connectorkit.network import Network


class UnknownNetwork(LookupError):
    """No connector of that name is installed."""


@cache
def all_networks() -> dict[str, Network]:
    """Every network by slug, in the order of the settings."""
    loaded = [import_module(path).NETWORK for path in settings.CONNECTORS]
    return {network.manifest.slug: network for network in loaded}


def get(slug: str) -> Network:
    try:
        return all_networks()[slug]
    except KeyError as error:
        raise UnknownNetwork(slug) from error
