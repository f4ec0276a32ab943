"""Facts about looking after everybody through `/api/v1`."""

from __future__ import annotations

from urllib.parse import urljoin

from tests.door import Door, Person

USERS = "/api/v1/admin/users"


async def test_an_admin_walks_through_everybody_by_the_link_header(as_admin: Door) -> None:
    for number in range(7):
        await as_admin.register(f"n{number}@example.com")
    seen: list[str] = []
    address = f"{USERS}?limit=3"

    while address:
        answer = await as_admin.http.get(address, headers=as_admin.headers)
        seen.extend(user["email"] for user in answer.json()["data"])
        following = answer.links.get("next", {}).get("url", "")
        address = urljoin(address, following) if following else ""

    assert sorted(seen) == sorted(["admin@example.com", *(f"n{number}@example.com" for number in range(7))])


async def test_an_admin_finds_people_by_part_of_a_name(as_admin: Door, a_member: Person) -> None:
    answer = await as_admin.http.get(f"{USERS}?search=MEMB", headers=as_admin.headers)

    assert [user["id"] for user in answer.json()["data"]] == [a_member.database_id]


async def test_an_admin_closes_and_opens_an_account(as_admin: Door, a_member: Person) -> None:
    async def told(deed: str) -> bool:
        answer = await as_admin.http.post(f"{USERS}/{a_member.database_id}/{deed}", headers=as_admin.headers)
        return bool(answer.json()["data"]["is_active"])

    assert await told("deactivate") is False
    assert "UNAUTHENTICATED" in (await as_admin.as_(a_member).answer("{ me { id } }")).text
    assert await told("reactivate") is True


async def test_what_is_not_there_is_told_in_the_envelope(as_admin: Door) -> None:
    for address in (f"{USERS}/4711", f"{USERS}/{2**70}", f"{USERS}/0"):
        answer = await as_admin.http.get(address, headers=as_admin.headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND"), address
    nonsense = await as_admin.http.get(f"{USERS}?after=nonsense", headers=as_admin.headers)
    assert (nonsense.status_code, nonsense.json()["error"]["code"]) == (422, "BAD_USER_INPUT")


async def test_the_last_admin_stays(as_admin: Door, an_admin: Person) -> None:
    answer = await as_admin.http.post(f"{USERS}/{an_admin.database_id}/deactivate", headers=as_admin.headers)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "LAST_ADMIN")
