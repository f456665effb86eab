"""Resonanz: the self-hosted workplace for companies that take social media seriously."""

__version__ = "0.1.0"
