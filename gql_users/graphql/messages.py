"""What the engine says of a request it cannot use, without the values it was sent: one of them may be a password."""

from __future__ import annotations

import re

_ENUM_VALUE = re.compile(r"Value '.*' does not exist", re.DOTALL)
_TOKEN = re.compile(r"\b(Int|Float|String|BlockString) [\"'].*", re.DOTALL)
_MISFIT = re.compile(r"(cannot represent [^:]*): .*", re.DOTALL)
_FOUND = re.compile(r"[,;.](?: Did you mean [^?]*\?)? found: .*", re.DOTALL | re.IGNORECASE)


def without_values(message: str) -> str:
    """The message up to the point where it would repeat what was sent."""
    message = _ENUM_VALUE.sub("The value does not exist", message)
    message = _TOKEN.sub(r"\1.", message)
    message = _MISFIT.sub(r"\1.", message)
    return _FOUND.sub(".", message)
