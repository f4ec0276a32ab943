"""The REST door: the same services, as resources."""
