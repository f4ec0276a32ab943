"""Letters: what is said, in which language, and how it gets to people."""
