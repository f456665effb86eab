"""Plan: write contents, give them a time, see what goes out and what did not."""
