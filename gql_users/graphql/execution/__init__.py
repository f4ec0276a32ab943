"""From a document's text to an answer, knowing nothing of what is asked about."""
