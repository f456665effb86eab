"""Connected profiles: their secrets, their state, and the connector behind each."""
