"""Facts about how often somebody may try: the rules alone, with no clock and no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gql_users.security.throttle import Limit, Tries

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEN = Limit(10)


def ago(**time: float) -> datetime:
    """A moment in the past."""
    return NOW - timedelta(**time)


def failed(times: int, **time: float) -> Tries:
    """So many failures, the last of them so long ago."""
    return Tries(failed=times, reserved_at=ago(**time), failed_at=ago(**time))


@pytest.mark.parametrize("times", range(10))
def test_the_first_tries_are_free(times: int) -> None:
    assert TEN.wait_seconds(failed(times), NOW) == 0
    assert TEN.has_room(failed(times))


@pytest.mark.parametrize(
    ("times", "seconds"),
    [(10, 30), (11, 60), (12, 120), (13, 240), (14, 480), (15, 900), (16, 900), (100, 900), (1_000_000, 900)],
)
def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(times: int, seconds: int) -> None:
    assert TEN.wait_seconds(failed(times), NOW) == seconds


def test_the_wait_counts_from_the_last_failure_in_whole_seconds_and_ends() -> None:
    assert TEN.wait_seconds(failed(10, seconds=1), NOW) == 29
    assert TEN.wait_seconds(failed(10, seconds=29.999), NOW) == 1
    assert TEN.wait_seconds(failed(10, seconds=30), NOW) == 0
    assert TEN.wait_seconds(failed(15, minutes=15), NOW) == 0


def test_a_limit_of_one_lets_one_try_be_free() -> None:
    assert Limit(1).wait_seconds(failed(0), NOW) == 0
    assert Limit(1).wait_seconds(failed(1), NOW) == 30


@pytest.mark.parametrize(("times", "room"), [(0, 10), (1, 9), (9, 1), (10, 1), (40, 1)])
def test_as_many_are_under_way_at_once_as_could_all_fail_and_at_least_one(times: int, room: int) -> None:
    has_room = [TEN.has_room(Tries(times, pending, NOW, NOW)) for pending in range(12)]

    assert has_room == [True] * room + [False] * (12 - room)


def test_what_was_abandoned_has_failed_when_it_began() -> None:
    abandoned = Tries(failed=8, pending=2, reserved_at=ago(seconds=30), failed_at=ago(minutes=5))

    tries = abandoned.as_of(NOW)

    assert tries == Tries(failed=10, pending=0, reserved_at=ago(seconds=30), failed_at=ago(seconds=30))
    assert TEN.wait_seconds(tries, NOW - timedelta(seconds=10)) == 10


def test_what_is_under_way_has_its_time() -> None:
    under_way = Tries(failed=8, pending=2, reserved_at=ago(seconds=29.999), failed_at=ago(minutes=5))

    assert under_way.as_of(NOW) == under_way


def test_failures_are_forgotten_an_hour_after_the_last() -> None:
    assert TEN.forgiving(failed(40, minutes=59, seconds=59), NOW).failed == 33
    assert TEN.forgiving(failed(40, hours=1), NOW).failed == 0


def test_what_is_under_way_is_not_forgotten_with_the_failures() -> None:
    tries = TEN.forgiving(Tries(failed=40, pending=3, reserved_at=NOW, failed_at=ago(hours=1)), NOW)

    assert tries == Tries(failed=0, pending=3, reserved_at=NOW, failed_at=None)


def test_what_was_abandoned_an_hour_ago_is_forgotten() -> None:
    abandoned = Tries(failed=0, pending=5, reserved_at=ago(hours=1)).as_of(NOW)

    assert TEN.forgiving(abandoned, NOW).failed == 0


@pytest.mark.parametrize(("minutes", "left"), [(0, 9), (5.9, 9), (6, 8), (30, 4), (53.9, 1), (54, 0), (600, 0)])
def test_failures_are_forgiven_one_by_one(minutes: float, left: int) -> None:
    assert TEN.forgiving(failed(9, minutes=minutes), NOW).failed == left


@pytest.mark.parametrize(("minutes", "left"), [(15, 40), (20.9, 40), (21, 39), (27, 38)])
def test_nothing_is_forgiven_while_the_wait_is_not_over(minutes: float, left: int) -> None:
    assert TEN.forgiving(failed(40, minutes=minutes), NOW).failed == left


def test_a_limit_for_a_day_lets_so_many_fail_and_then_as_many_a_day() -> None:
    twenty = Limit.a_day(20)

    assert [twenty.wait_seconds(failed(times), NOW) for times in (0, 19, 20, 21, 1_000)] == [0, 0, 4320, 4320, 4320]
    assert [twenty.has_room(failed(times)) for times in (0, 19, 20)] == [True, True, True]
    assert twenty.forgiving(failed(20, minutes=143), NOW).failed == 20
    assert twenty.forgiving(failed(20, minutes=144), NOW).failed == 19
    assert twenty.forgiving(failed(40, hours=24), NOW).failed == 0


def test_a_slip_now_and_then_never_adds_up() -> None:
    tries = Tries()

    for _ in range(1_000):
        tries = Tries(failed=TEN.forgiving(tries, NOW).failed + 1, failed_at=ago(minutes=10))

    assert TEN.wait_seconds(Tries(failed=tries.failed, failed_at=NOW), NOW) == 0
