"""The product's own settings, and beside its networks the paper network of the publishing tests."""

from resonanz.config.settings import *  # noqa: F403

CONNECTORS = [*CONNECTORS, "resonanz.outbound.publishing.tests.network"]  # noqa: F405
