"""Documents compiled into functions; what those cannot answer goes to the interpreter. Knows Strawberry alone."""
