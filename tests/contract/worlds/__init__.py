"""One module per network: its fake (or real server), and how others act there."""
