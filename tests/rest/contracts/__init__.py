"""The contracts of older services, row by row: what their documents promise, and whether it holds here."""
