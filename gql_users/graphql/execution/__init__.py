"""Turning a document into an answer."""
