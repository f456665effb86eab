"""Today: what needs a person now, gathered from the other places."""
