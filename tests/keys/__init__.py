"""Facts about the keys that sign access tokens."""
