"""The most that a document may be and ask for, as an installation sets it."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import DocumentNode, parse

from gql_users.settings import Settings

# Each of these tries a password or a token, or hashes one: aliases must not make one request a hundred tries. The
# schema's own description takes longest to give of all that can be asked.
ONCE = frozenset(
    {
        "__schema",
        "changePassword",
        "confirmEmailChange",
        "login",
        "refresh",
        "register",
        "requestEmailChange",
        "requestEmailVerification",
        "requestPasswordReset",
        "resetPassword",
        "verifyEmail",
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one document may be, and one operation in it may ask for."""

    characters: int
    tokens: int
    comments: int
    depth: int
    aliases: int
    fields: int
    query_roots: int
    mutation_roots: int
    cost: int
    introspection: bool
    operations: int = 20
    variables: int = 50
    # Each change is answered so, to everybody who follows.
    subscription_cost: int = 100

    def parsed(self, text: str) -> DocumentNode:
        """The document of this text. Raises GraphQLSyntaxError, also where it is too long."""
        return parse(
            text,
            max_source_length=self.characters,
            max_lexical_tokens=self.tokens,
            max_comments=self.comments,
            # No other tool takes them yet.
            allow_empty_selection_sets=False,
        )

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits of an installation."""
        return cls(
            characters=settings.max_document_characters,
            tokens=settings.max_document_tokens,
            comments=settings.max_document_comments,
            depth=settings.max_depth,
            aliases=settings.max_aliases,
            fields=settings.max_fields,
            query_roots=settings.max_query_root_fields,
            mutation_roots=settings.max_mutation_root_fields,
            cost=settings.max_cost,
            introspection=settings.answers_introspection,
        )
