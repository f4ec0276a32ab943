"""Facts about the REST door."""
