"""What the scripts that make and measure models promise."""
