"""The contract with a network: what a connector declares, what it can do, how it fails, the door it calls through."""
