"""One suite for all connectors: what holds for each of them, on their fakes and, marked `server`, on real servers."""
