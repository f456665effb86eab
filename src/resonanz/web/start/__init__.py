"""The way in: the first page of a new installation, setting up a company, following an invitation."""
