"""Who may do what: every field, deed and route, for every kind of caller."""
