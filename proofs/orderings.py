"""Every ordering of users in both directions: as clients ask for it, and as plain Python sorts by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gql_users.criteria import Order, OrderField
from proofs.population import Person

ORDERINGS = tuple(Order(field, descending) for field in OrderField for descending in (False, True))

COLUMN = {
    OrderField.ID: "id",
    OrderField.CREATED_AT: "created_at",
    OrderField.UPDATED_AT: "updated_at",
    OrderField.NAME: "name_key",
    OrderField.EMAIL: "email_key",
    OrderField.USERNAME: "username_key",
    OrderField.LAST_LOGIN_AT: "last_login_at",
}


def asked_for(order: Order) -> dict[str, str]:
    """The ordering as a value of `orderBy`."""
    return {"field": order.field.name, "direction": "DESC" if order.descending else "ASC"}


def named(order: Order) -> str:
    """The ordering in words."""
    return " ".join(asked_for(order).values())


def in_order(people: Iterable[Person], order: Order) -> list[int]:
    """The numbers of these people, sorted by Python: those without a value come first, ties go by number."""
    column = COLUMN[order.field]

    def key(person: Person) -> tuple[Any, ...]:
        value = person[column]
        return (value is not None, value, person["id"]) if value is not None else (False, person["id"])

    return [person["id"] for person in sorted(people, key=key, reverse=order.descending)]
