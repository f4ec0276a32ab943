"""Every part of the schema keeps the rules, and each rule finds what breaks it."""

from __future__ import annotations

import pytest
from graphql import GraphQLSchema, build_schema, extend_schema, parse

from gql_users.graphql.schema import printed
from tests import schema_rules
from tests.schema_rules import RULES, Rule

SCHEMA = build_schema(printed())

# Something that a rule finds, and the name by which it is found.
BREAKING: dict[Rule, list[tuple[str, str]]] = {
    schema_rules.without_a_description: [
        ("extend type User { silent: Int }", "User.silent"),
        ('extend type User { "Not a sentence" mute: Int }', "User.mute"),
        ("extend enum OrderDirection { SIDEWAYS }", "OrderDirection.SIDEWAYS"),
        ("extend input UserFilter { silent: Int }", "UserFilter.silent"),
        ('extend type Query { "Loud." loud(silent: Int): Int }', "Query.loud(silent:)"),
    ],
    schema_rules.misspelt: [
        ("extend type User { nick_name: String }", "User.nick_name"),
        ("extend type Query { loud(Very: Int): Int }", "Query.loud(Very:)"),
        ("extend enum OrderDirection { sideways }", "OrderDirection.sideways"),
        ("type lower { a: Int }", "lower"),
    ],
    schema_rules.misnamed: [
        ("input Wish { a: Int }", "Wish"),
        ("input WishInput { a: Int }", "WishInput"),
        ("type WishPayload { a: Int }", "WishPayload"),
        ("type LostError { a: Int }", "LostError"),
        (
            "type Lost implements MutationError { code: ErrorCode! message: String! path: [String!] }",
            "Lost",
        ),
        ("type Pages { pageInfo: PageInfo! }", "Pages"),
    ],
    schema_rules.deeds_of_another_shape: [
        ("extend type Mutation { wish(a: Int): Int }", "Wish"),
        ("extend type LoginPayload { always: Int! }", "Login"),
        ("extend type Mutation { forget(input: LoginInput!): LoginPayload }", "Forget"),
    ],
    schema_rules.root_fields_that_take_others_with_them: [
        ("extend type Query { wish: Int! }", "Query.wish"),
        ("extend type Mutation { wish: Int! }", "Mutation.wish"),
    ],
    schema_rules.lists_with_holes: [
        ("extend type User { nicknames: [String] }", "User.nicknames"),
        ("extend input UserFilter { any: [Int] }", "UserFilter.any"),
    ],
    schema_rules.pages_of_another_shape: [
        ("type WishConnection { pageInfo: PageInfo! edges: [UserEdge] }", "WishConnection"),
        ("type WishEdge { cursor: String node: User! }", "WishEdge"),
        ("extend type User { friends(first: Int): UserConnection }", "User.friends"),
    ],
    schema_rules.things_without_an_id: [
        ("type Wish { id: ID! }", "Wish"),
        ("extend type User { friendId: Int }", "User.friendId"),
        ("extend type User { friend: ID }", "User.friend"),
        ("extend type Query { wish(id: Int): Int }", "Query.wish(id:)"),
    ],
    schema_rules.moments_of_another_type: [
        ("extend type User { bornAt: String }", "User.bornAt"),
        ("extend type User { born: DateTime }", "User.born"),
    ],
    schema_rules.deprecated_without_a_word: [
        ("extend type User { old: Int @deprecated }", "User.old"),
        ('extend enum OrderDirection { UP @deprecated(reason: "Because.") }', "OrderDirection.UP"),
    ],
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_schema_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(SCHEMA)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_finds_what_breaks_it(rule: Rule) -> None:
    missed = [name for broken, name in BREAKING[rule] if name not in rule(with_(broken))]

    assert missed == []


def with_(more: str) -> GraphQLSchema:
    """The schema with something more."""
    return extend_schema(SCHEMA, parse(more))
