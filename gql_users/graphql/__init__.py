"""The GraphQL door: translates, and decides nothing."""
