"""Facts about the pages that letters link to."""
