"""What the service is meant to reach, and whether it does: ratios within one run."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio or a figure, and its bound. `figure` raises LookupError where something it needs was not measured."""

    text: str
    figure: Callable[[Figures], float]
    at_least: float | None = None
    at_most: float | None = None

    def row(self, figures: Figures) -> Sequence[str]:
        """A line of the table, which says so where it was not measured."""
        bound = f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"
        try:
            value = self.figure(figures)
        except LookupError:
            return self.text, "–", bound, "not measured"
        is_met = value >= self.at_least if self.at_least is not None else value <= (self.at_most or 0)
        return self.text, f"{value:.2f}", bound, "yes" if is_met else "**no**"


def ratio(lines: Sequence[Mapping[str, Any]], clients: int, rival: str) -> float:
    """How many requests ours answers for each of a rival's, at the same number of clients: the median of the rounds.

    Raises LookupError where one of them was not measured.
    """
    rounds = {line["server"]: line["rounds"] for line in lines if line["connections"] == clients}
    return float(
        statistics.median(ours / theirs for ours, theirs in zip(rounds["gql_users"], rounds[rival], strict=True))
    )


def _by(race: str, clients: int, rival: str) -> Callable[[Figures], float]:
    return lambda figures: ratio(figures[race], clients, rival)


def _time_by(race: str, clients: int, rival: str) -> Callable[[Figures], float]:
    """What a request of ours takes of a core, by what it takes of a rival's."""

    def figure(figures: Figures) -> float:
        taken = {line["server"]: line["server_us"] for line in figures[race] if line["connections"] == clients}
        return float(taken["gql_users"] / taken[rival])

    return figure


def _logins(clients: int) -> Callable[[Figures], float]:
    def figure(figures: Figures) -> float:
        found = {line["connections"]: line["ratio"] for line in figures["login"]}
        return float(found[clients])

    return figure


def _page_by_size(page: str) -> Callable[[Figures], float]:
    """The dearest number of users by the cheapest."""

    def figure(figures: Figures) -> float:
        costs = [line["door_ms"] for line in figures["page_cost"] if line["page"] == page]
        return float(max(costs) / min(costs))

    return figure


def _memory(figures: Figures) -> float:
    seen = [line["resident_mib"] for line in figures["memory"]]
    return float(seen[-1] / seen[0])


TARGETS = (
    Target("users(first: 50), by Mercurius, 16 clients", _by("users50", 16, "mercurius"), at_least=1.0),
    Target("users(first: 50), by Mercurius, 64 clients", _by("users50", 64, "mercurius"), at_least=1.1),
    Target(
        "users(first: 50), a core's time per request, by Mercurius, 16 clients",
        _time_by("users50", 16, "mercurius"),
        at_most=1.0,
    ),
    Target("users(first: 50), by the usual way, 16 clients", _by("users50", 16, "usual"), at_least=10),
    Target("users(first: 50), by the limit, 16 clients", _by("users50", 16, "limit"), at_least=0.8),
    Target("user(by: {id}), by Mercurius, 16 clients", _by("user", 16, "mercurius"), at_least=1.0),
    Target("user(by: {id}), by Mercurius, 64 clients", _by("user", 64, "mercurius"), at_least=1.5),
    Target("me, by Mercurius' user(by: {id}), 16 clients", _by("me", 16, "mercurius, user"), at_least=0.8),
    Target("me, by Mercurius' user(by: {id}), 64 clients", _by("me", 64, "mercurius, user"), at_least=0.8),
    Target("serviceInfo, by the limit, 16 clients", _by("serviceInfo", 16, "limit"), at_least=0.5),
    Target("login, by what the cores can verify, 16 clients", _logins(16), at_least=0.9),
    Target(
        "me, p99 amid ten times the sign-ins the cores can verify, by p99 alone",
        lambda figures: figures["flood"]["me_flooded_p99_ms"] / figures["flood"]["me_idle_p99_ms"],
        at_most=5,
    ),
    Target("me refused meanwhile", lambda figures: figures["flood"]["me_failed"], at_most=0),
    Target(
        "milliseconds until a sign-in is turned away, p99",
        lambda figures: figures["flood"]["refused_p99_ms"] or 0.0,
        at_most=100,
    ),
    Target(
        "sign-ins turned away that are told when to come back, of all turned away",
        lambda figures: figures["flood"]["refused_with_retry_after"] / max(1, figures["flood"]["refused"]),
        at_least=1,
    ),
    Target("patchUser, by the limit, 16 clients", _by("patchUser", 16, "limit"), at_least=0.8),
    Target("refresh, by the limit, 16 clients", _by("refresh", 16, "limit"), at_least=0.8),
    Target("first page, dearest number of users by cheapest", _page_by_size("first"), at_most=1.3),
    Target("page in the middle, dearest number of users by cheapest", _page_by_size("middle"), at_most=1.3),
    Target("filtered page, dearest number of users by cheapest", _page_by_size("filtered"), at_most=1.3),
    Target("memory after the last request, by after the first 10,000", _memory, at_most=1.1),
)
