"""The limit in Python: handlers written by hand for the driver and the socket, without GraphQL."""
