"""One folder per network. They never import one another; the list of them stands in config."""
