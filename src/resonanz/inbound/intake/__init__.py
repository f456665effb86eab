"""Reads what the networks have for us, and stores each message once."""
