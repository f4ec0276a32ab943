"""What Schemathesis is told of two formats that JSON Schema names and does not define."""

from __future__ import annotations

import schemathesis
from hypothesis import strategies as st

_label = st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True)
_host = st.sampled_from(["example.com", "example.org", "mail.example.net"])

# What "an address" is takes RFC 5321 and IDNA to say; these are some of them.
schemathesis.openapi.format("email", st.builds("{}@{}".format, _label, _host))

# The rules of passwords are the installation's; these are long enough for any, and not one character repeated.
schemathesis.openapi.format("password", st.builds("{} of a long sentence".format, _label))
