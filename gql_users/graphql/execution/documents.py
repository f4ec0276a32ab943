"""Documents that were found good, remembered by their text."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

V = TypeVar("V")

MOST_DOCUMENTS = 1_000
MOST_CHARACTERS = 400_000
# A parsed document takes some hundred bytes for each of its characters, and nobody writes one so long by hand.
LONGEST_REMEMBERED = 8_000

# How much of that is for documents that were asked for once as yet.
_ON_TRIAL = 5


class Shelf(Generic[V]):
    """Things by a text: the least recently used is the first to go, bounded by count and by characters."""

    def __init__(self, most: int, most_characters: int) -> None:
        self.most = most
        self.most_characters = most_characters
        self.characters = 0
        self._things: OrderedDict[str, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._things)

    def find(self, text: str) -> V | None:
        """What stands there by this text, now the most recently used."""
        thing = self._things.get(text)
        if thing is not None:
            self._things.move_to_end(text)
        return thing

    def take(self, text: str) -> V | None:
        """What stood there by this text, and stands there no more."""
        thing = self._things.pop(text, None)
        if thing is not None:
            self.characters -= len(text)
        return thing

    def put(self, text: str, thing: V) -> list[tuple[str, V]]:
        """Put a thing there. What had to go for it."""
        self.take(text)
        self._things[text] = thing
        self.characters += len(text)
        displaced = []
        while len(self._things) > self.most or self.characters > self.most_characters:
            text, gone = self._things.popitem(last=False)
            self.characters -= len(text)
            displaced.append((text, gone))
        return displaced


class Documents(Generic[V]):
    """A cache of good documents (a segmented LRU).

    Only good ones are kept: what is refused costs its sender alone, and nobody pushes out what others use by sending
    nonsense. Nor by sending many different good ones, as a client does that writes values into its documents instead of
    variables: what was asked for once stands apart, and only what is asked for again moves to the others.
    """

    def __init__(self, most: int = MOST_DOCUMENTS, most_characters: int = MOST_CHARACTERS) -> None:
        on_trial = most // _ON_TRIAL, most_characters // _ON_TRIAL
        self._on_trial: Shelf[V] = Shelf(*on_trial)
        self._proven: Shelf[V] = Shelf(most - on_trial[0], most_characters - on_trial[1])
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._on_trial) + len(self._proven)

    def find(self, text: str) -> V | None:
        """What is remembered by this text."""
        document = self._proven.find(text)
        if document is None and (document := self._on_trial.take(text)) is not None:
            for demoted in self._proven.put(text, document):
                self._on_trial.put(*demoted)
        if document is None:
            self.misses += 1
        else:
            self.hits += 1
        return document

    def remember(self, text: str, document: V) -> None:
        """Keep a good document, and forget what has to go for it."""
        if len(text) <= LONGEST_REMEMBERED:
            self._on_trial.put(text, document)
