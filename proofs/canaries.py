"""What must not be told, and where it turns up: secrets, and the texts that they are looked for in."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gql_users

# Whatever looks like this is a token or a hash, known or not.
RECOGNISED = re.compile(
    r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}|\$argon2\w+\$[^\s\"]{20,}|-----BEGIN \w* ?PRIVATE KEY"
)
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
TYPED = re.compile(r"password\w*\\*\"?:\s*\\*\"([^\"\\]+)", re.IGNORECASE)

# Where watched tests leave what was found.
FOLDER = "GQL_USERS_CANARY_FOLDER"

WHERE = ("log lines", "lines of other processes", "events", "responses")

# A shorter one may be a word that stands somewhere for another reason.
SHORTEST = 12


@dataclass(slots=True)
class Canaries:
    """The secrets that one test uses, and the texts that come of it."""

    secrets: dict[str, str] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=lambda: {where: [] for where in WHERE})

    def know(self, kind: str, *values: str) -> None:
        """Learn secrets; each is looked for as it is, and as it stands in JSON."""
        for value in values:
            if len(value) >= SHORTEST and value not in PUBLIC:
                self.secrets[value] = kind
                self.secrets[json.dumps(value)[1:-1]] = kind

    def know_password(self, value: str) -> None:
        """Learn a password. One that is also an address is nothing to look for: tests send those to be refused."""
        if "@" not in value:
            self.know("password", value)

    def know_token(self, token: str) -> None:
        """Learn a token, and its signature alone."""
        self.know("token", token, token.rpartition(".")[2])

    def know_key(self, der: bytes) -> None:
        """Learn a private key, in any of the ways it may be written."""
        self.know("private key", der.hex(), base64.b64encode(der).decode(), base64.urlsafe_b64encode(der).decode())

    def know_typed(self, sent: str) -> None:
        """Learn the passwords that stand in what a client sends."""
        for password in TYPED.findall(sent):
            self.know_password(password)

    def leaks(self) -> Iterator[tuple[str, str, str]]:
        """Where what kind of secret turned up, and beside what; without the secret."""
        for where, texts in self.texts.items():
            whole = "\n".join(texts)
            # Nearly always there is nothing: one look at everything is enough then.
            suspected = {secret: kind for secret, kind in self.secrets.items() if secret in whole}
            for found in set(RECOGNISED.findall(whole)):
                suspected.setdefault(found, "looks like a secret")
            for text in texts:
                for secret, kind in suspected.items():
                    if secret in text:
                        yield where, kind, text.replace(secret, "<here>")[:300]


def _public() -> str:
    """All that everybody can read: examples in the documentation of the API are no secrets."""
    package = Path(gql_users.__file__).parent
    return "\n".join(file.read_text() for file in package.rglob("*.py"))


PUBLIC = _public()


@dataclass(slots=True)
class Tally:
    """What a process has read, test by test."""

    tests: int = 0
    secrets: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    leaks: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, test: str, canaries: Canaries) -> None:
        """Count what a test brought."""
        self.tests += 1
        self.secrets.update(canaries.secrets.values())
        for where, texts in canaries.texts.items():
            self.read[where] += len(texts)
        self.leaks += [(test, *leak) for leak in canaries.leaks()]

    def written(self) -> str:
        """For another process to read."""
        return json.dumps([self.tests, self.secrets, self.read, self.leaks])

    @classmethod
    def of(cls, written: Iterable[str]) -> Tally:
        """What several processes have read, together."""
        together = cls()
        for each in written:
            parts: list[Any] = json.loads(each)
            together.tests += parts[0]
            together.secrets.update(parts[1])
            together.read.update(parts[2])
            together.leaks += [(test, where, kind, text) for test, where, kind, text in parts[3]]
        return together
