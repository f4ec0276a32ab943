"""Clients in another language than ours: what they need, and how they are run."""
