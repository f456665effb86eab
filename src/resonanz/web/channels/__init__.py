"""Channels: the connected profiles, connecting, pausing and removing them."""
