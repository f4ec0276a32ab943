"""What a plan was not made for."""

from __future__ import annotations


class Unusual(Exception):  # noqa: N818 - no error: the interpreter knows what to do, or to say
    """Ends a shortcut, before anything has happened."""
