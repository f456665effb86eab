"""The proving ground of the storm detector: a simulated world, an oracle, rivals, and the scorer."""
