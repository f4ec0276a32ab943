"""Documents that were parsed and found valid, remembered by their text."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from graphql import DocumentNode
from strawberry.extensions import SchemaExtension

MOST_DOCUMENTS = 1_000
MOST_CHARACTERS = 400_000
# A parsed document takes some hundred bytes for each of its characters, and nobody writes one so long by hand.
LONGEST_REMEMBERED = 8_000


class Documents:
    """A cache of valid documents, least recently used first to go, bounded by count and by size.

    Only valid ones are kept: what is not valid costs its sender alone, and nobody can push out what others use by
    sending nonsense.
    """

    def __init__(self) -> None:
        self._documents: OrderedDict[str, DocumentNode] = OrderedDict()
        self._characters = 0

    def find(self, text: str) -> DocumentNode | None:
        """The document of this text, if it is remembered."""
        document = self._documents.get(text)
        if document is not None:
            self._documents.move_to_end(text)
        return document

    def remember(self, text: str, document: DocumentNode) -> None:
        """Keep a valid document, and forget the least recently used ones that it displaces."""
        if text in self._documents or len(text) > LONGEST_REMEMBERED:
            return
        self._documents[text] = document
        self._characters += len(text)
        while len(self._documents) > MOST_DOCUMENTS or self._characters > MOST_CHARACTERS:
            forgotten, _ = self._documents.popitem(last=False)
            self._characters -= len(forgotten)


class RememberDocuments(SchemaExtension):
    """Makes Strawberry parse and validate each text once."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.remembered = False

    def on_parse(self) -> Iterator[None]:
        """Hand over the document, if it is remembered."""
        execution = self.execution_context
        document = self.documents.find(execution.query or "")
        if document is not None:
            execution.graphql_document = document
            self.remembered = True
        yield

    def on_validate(self) -> Iterator[None]:
        """Skip what was done before; remember what turns out to be valid."""
        execution = self.execution_context
        if self.remembered:
            # An empty list is how Strawberry is told that validation has been done.
            execution.pre_execution_errors = []
        yield
        if not self.remembered and not execution.pre_execution_errors and execution.graphql_document is not None:
            self.documents.remember(execution.query or "", execution.graphql_document)
