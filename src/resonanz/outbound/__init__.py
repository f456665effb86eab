"""Speaking: what goes out, and the proof that it did."""
