"""What each message means: read by a model, corrected by people, kept in one row a message."""
