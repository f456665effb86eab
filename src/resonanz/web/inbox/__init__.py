"""Inbox: what people say to the company, and the answers."""
