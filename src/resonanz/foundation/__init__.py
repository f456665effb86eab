"""What every part stands on: the company and its people, channels, due work, media, the audit trail."""
