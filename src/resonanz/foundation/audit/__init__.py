"""Who did what, when, before and after: a chain nobody can quietly change."""
