"""Pictures that people upload: checked, cleaned, kept once, and fitted to what a network takes."""
