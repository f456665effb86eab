"""LISTEN: what is said to us and about us, from the networks to the inbox."""
