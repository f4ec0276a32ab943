"""Facts about the GraphQL door."""
