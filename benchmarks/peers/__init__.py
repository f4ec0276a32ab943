"""Other servers that answer the same documents from the same table, each as its own documentation would have it."""
