"""Django's SQLite backend with a fair gate for writers."""
