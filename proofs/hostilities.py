"""Requests that nobody sends by mistake: bodies that are none, and documents made to be dear."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping

ME = "{ me { id } }"
LOGIN = 'login(input: {email: "ann@example.com", password: "x"}) { errors { code } }'


def asking(document: str, **more: object) -> bytes:
    """A request for this document."""
    return json.dumps({"query": document, **more}).encode("utf-8", "surrogatepass")


def _with_variables(text: str) -> bytes:
    return b'{"query": "{ me { id } }", "variables": ' + text.encode() + b"}"


def _fragments(times: int, leaf: str, spread: str = "...F{0} ...F{0}") -> str:
    chain = " ".join(f"fragment F{n} on ServiceInfo {{ {spread.format(n + 1)} }}" for n in range(times))
    return f"{{ serviceInfo {{ ...F0 }} }} {chain} fragment F{times} on ServiceInfo {{ {leaf} }}"


def _of_no_type(times: int) -> str:
    objects = " ".join(f"... on {kind} {{ x }}" for kind in ("User", "Session", "Event", "ServiceInfo", "TokenPair"))
    return f"... on Nope {{ x {{ {_of_no_type(times - 1)} }} }} {objects}" if times else "x"


def _nested(opening: str, closing: str, times: int, inside: str = "__typename") -> str:
    return opening * times + inside + closing * times


# Everything here is an object of no use, or none at all: the answer is an error of the client's.
BODIES: Mapping[str, bytes] = {
    "nothing": b"",
    "a blank": b" ",
    "a NUL": b"\x00",
    "null": b"null",
    "true": b"true",
    "false": b"false",
    "3": b"3",
    "-0": b"-0",
    "1e999": b"1e999",
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "a text": b'"x"',
    "an empty text": b'""',
    "an empty list": b"[]",
    "a batch": b'[{"query": "{ me { id } }"}]',
    "a batch of two hundred": b"[" + b",".join([asking(ME)] * 200) + b"]",
    "an empty object": b"{}",
    "half an object": b"{",
    "half a text": b'{"query": "',
    "a comma too many": b'{"query": "{ me { id } }",}',
    "two objects": asking(ME) * 2,
    "single quotes": b"{'query': '{ me { id } }'}",
    "a comment": b'/* */ {"query": "{ me { id } }"}',
    "a byte order mark": b"\xef\xbb\xbf" + asking(ME),
    "UTF-16": asking(ME).decode().encode("utf-16"),
    "UTF-32": asking(ME).decode().encode("utf-32"),
    "Latin-1": '{"query": "{ mé { id } }"}'.encode("latin-1"),
    "invalid UTF-8": b'{"query": "\xff\xfe"}',
    "overlong UTF-8": b'{"query": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"query": "\xed\xa0\x80"}',
    "a lone surrogate": b'{"query": "\\ud800"}',
    "gzip": gzip.compress(asking(ME)),
    "XML": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY x 'x'>]><x>&x;</x>",
    "a form": b"query=%7B+me+%7B+id+%7D+%7D",
    "YAML": b"query: '{ me { id } }'\n",
    "no query": b'{"variables": {}}',
    "a null query": b'{"query": null}',
    "an empty query": b'{"query": ""}',
    "a blank query": b'{"query": " "}',
    "a numeric query": b'{"query": 3}',
    "a true query": b'{"query": true}',
    "a list of queries": b'{"query": ["{ me { id } }"]}',
    "an object of queries": b'{"query": {"a": "{ me { id } }"}}',
    "a NUL query": b'{"query": "\\u0000"}',
    "a numeric name": asking(ME, operationName=3),
    "a list of names": asking(ME, operationName=["A"]),
    "an unknown name": asking(ME, operationName="Other"),
    "a broken name": asking(ME, operationName="\ud800"),
    "a long name": asking(ME, operationName="x" * 60_000),
    "variables as text": asking(ME, variables="{}"),
    "variables as list": asking(ME, variables=[1]),
    "variables as number": asking(ME, variables=1),
    "extensions as text": asking(ME, extensions="x"),
    "extensions as list": asking(ME, extensions=[]),
    "a persisted query of nothing": asking(ME, extensions={"persistedQuery": 1}),
    "a persisted query without a hash": asking(ME, extensions={"persistedQuery": {"version": 1}}),
    "a persisted query of another hash": asking(ME, extensions={"persistedQuery": {"version": 1, "sha256Hash": "0"}}),
    "a persisted query that is not known": b'{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0"}}}',
    "a document id that is none": b'{"documentId": "\\u0000"}',
    "a numeric document id": b'{"documentId": 3}',
    "60 000 brackets": b"[" * 60_000,
    "60 000 braces": b'{"a":' * 12_000,
    "9 000 levels of variables": _with_variables('{"a":' * 9_000 + "1" + "}" * 9_000 + "x"),
    "9 000 levels of lists": _with_variables('{"a":' + "[" * 9_000 + "]" * 9_000 + "}}"),
    "5 000 digits": _with_variables('{"a": ' + "9" * 5_000 + "}"),
    "60 000 digits": _with_variables('{"a": ' + "9" * 60_000 + "}"),
    "a megabyte of blanks": b" " * 1_000_000,
    "a megabyte of comments": asking("#" + "x" * 1_000_000 + "\n" + ME),
}

# All of them are refused, or answered at no cost.
DOCUMENTS: Mapping[str, str] = {
    **{f"fragments that double {n} times": _fragments(n, "version") for n in (18, 40, 90)},
    "fragments that double, in fields": _fragments(20, "version", "a: passwordRules {{ __typename }} ...F{0} ...F{0}"),
    "fragments that grow threefold": _fragments(25, "version", "...F{0} ...F{0} ...F{0}"),
    "a chain of 200 fragments": _fragments(200, "version", "...F{0}"),
    "a fragment in itself": "{ ...F } fragment F on Query { ...F }",
    "two fragments in each other": "{ ...F } fragment F on Query { ...G } fragment G on Query { me { id } ...F }",
    "fragments in each other, below": "{ me { ...F } } fragment F on User { events { nodes { user { ...F } } } }",
    "types that are none, in each other": "{" + _of_no_type(9) + "}",
    "100 operations that share a fragment": " ".join(f"query Q{n} {{ ...F }}" for n in range(100))
    + " fragment F on Query { users(filter: {or: ["
    + '{name: {eq: "a"}} ' * 60
    + "]}) { totalCount } }",
    "280 variables in use": "query ("
    + " ".join(f"$v{n}: ID!" for n in range(280))
    + ") { nodes(ids: ["
    + " ".join(f"$v{n}" for n in range(280))
    + "]) { id } }",
    "200 fragments that nobody spreads": ME + "".join(f" fragment F{n} on Query {{ __typename }}" for n in range(200)),
    "200 spreads of nothing": "{" + " ...Nothing" * 200 + "}",
    "200 times the same field": "{" + " me { id }" * 200 + "}",
    "200 times the same field, below": "{ me {" + " events { nodes { id } }" * 200 + "} }",
    "490 times the same leaf": "{ serviceInfo {" + " version" * 490 + " nonsense } }",
    "400 fields that are none": "{ me {" + " ".join(f"x{n}" for n in range(400)) + "} }",
    "a flood of aliases": "{ serviceInfo {" + " ".join(f"a{n}: version" for n in range(600)) + "} }",
    "a flood of directives": "{ me" + " @include(if: true)" * 300 + " { id } }",
    "a flood of directives that are none": "{ me" + " @nonsense" * 900 + " { id } }",
    "a flood of arguments": "{ user(" + " ".join(f"a{n}: 1" for n in range(400)) + ") { id } }",
    "the same argument 300 times": "{ user(" + " by: {id: 1}" * 200 + ") { id } }",
    "a flood of variables": "query (" + " ".join(f"$v{n}: Int" for n in range(450)) + ") { me { id } }",
    "a flood of operations": " ".join(f"query Q{n} {{ nonsense }}" for n in range(300)),
    "the same operation 300 times": "query Q { me { id } } " * 250,
    "60 logins": "mutation {" + " ".join(f"a{n}: {LOGIN}" for n in range(60)) + "}",
    "deep fields": _nested("{ a", "}", 900),
    "deep fields of the schema": "{ me " + _nested("{ events { nodes { user ", "} } }", 60, "{ id }") + "}",
    "deep fragments in place": "{" + _nested("... {", "}", 900) + "}",
    "deep lists": "{ users(filter: {and: " + _nested("[", "]", 900, "") + "}) { nodes { id } } }",
    "deep objects": "{ users(filter: " + _nested("{not: ", "}", 300, "{}") + ") { nodes { id } } }",
    "deep types": "query ($a: " + _nested("[", "]", 900, "Int") + ") { me { id } }",
    "wide lists": "{ users(filter: {and: [" + "{isActive: 3} " * 300 + "]}) { nodes { id } } }",
    "pages in pages": "{ users(first: 100) { nodes { events(first: 100) { nodes { user { id } } } } } }",
    "pages of less than nothing": "{ a: users(first: -100) { nodes { id } } "
    "b: users(first: 100) { nodes { events(first: 100) { nodes { id } } } } }",
    "types in types in types": "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
    "the schema thirty times": "{" + " ".join(f"a{n}: __schema {{ types {{ name }} }}" for n in range(30)) + "}",
    "all types by thirty names": "{ __schema {" + " ".join(f"a{n}: types {{ name }}" for n in range(30)) + "} }",
    "19 000 comments": "#\n" * 9_500 + ME,
    "one comment of 20 000 characters": "#" + "x" * 20_000 + "\n" + ME,
    "20 000 commas": "," * 20_001 + ME,
    "a text of 60 000 characters": '{ user(by: {email: "' + "x" * 60_000 + '"}) { id } }',
    "a block of quotes": '{ user(by: {email: """' + '\\"""' * 4_000 + '""" nonsense: 1}) { id } }',
    "3 000 escapes": '{ user(by: {email: "' + "\\u{10FFFF}" * 1_900 + '" nonsense: 1}) { id } }',
    "a number of 19 000 digits": "{ users(first: " + "9" * 19_000 + ") { nodes { id } } }",
    "a name of 19 000 letters": "{ " + "x" * 19_900 + " }",
    "controls": "{ \x07\x1b me { id } }",
    "the end of a document": "}" * 1_900,
    "a schema": "type Query { me: User } " * 150,
    "a subscription by post": "subscription { nonsense }",
}
