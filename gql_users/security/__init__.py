"""Secrets: passwords and how they are hashed, tokens and how they are signed, keys and where they come from."""
