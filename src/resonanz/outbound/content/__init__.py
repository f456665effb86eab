"""What is to be said: one idea, and its form for each channel."""
