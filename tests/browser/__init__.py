"""Facts about the pages, seen in a browser."""
