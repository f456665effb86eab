"""Settings, addresses and the list of connectors: where the house is put together."""
