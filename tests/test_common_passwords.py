"""Facts about passwords that are tried first."""

from __future__ import annotations

import unicodedata

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from gql_users.errors import WeakPassword
from gql_users.security.common_passwords import CommonPasswords
from gql_users.security.passwords import Passwords
from tests.door import PASSWORD, Door

# The most common of eight characters or more that people took, by what became public of them.
MOST_COMMON = """
password 12345678 123456789 baseball football qwertyuiop 1234567890 superman 1qaz2wsx trustno1 jennifer sunshine
iloveyou starwars computer michelle 11111111 princess 987654321 corvette 1234qwer 88888888 q1w2e3r4t5 internet
samantha whatever maverick steelers mercedes 123123123 qwer1234 hardcore q1w2e3r4 midnight bigdaddy victoria
1q2w3e4r cocacola marlboro asdfasdf 87654321 jordan23 jonathan danielle abcd1234 password1 qwerty123 12341234
asdfghjkl elizabeth passw0rd 0987654321 p@ssw0rd changeme welcome1 alexander december 01234567 12121212
"""
SPELLINGS = ["PASSWORD", "PassWord", "ｐａｓｓｗｏｒｄ", "paßword", "𝐩𝐚𝐬𝐬𝐰𝐨𝐫𝐝", "MICHELLE", "①②③④⑤⑥⑦⑧"]
UNCOMMON = ["correct horse battery", "a good long one", "password password?", "michelle's", "1q2w-3e4r", "🐎🔋🖇✅" * 16]


def refused(hasher: Passwords, password: str) -> bool:
    """Is the password too weak?"""
    try:
        hasher.check(password)
    except WeakPassword:
        return True
    return False


def test_the_three_thousand_most_common_passwords_are_refused(hasher: Passwords) -> None:
    listed = [password for password in FREQUENCY_LISTS["passwords"] if len(password) >= 8][:3_000]

    assert len(listed) == 3_000
    assert [password for password in listed if not refused(hasher, password)] == []


def test_names_words_rows_and_repetitions_are_among_the_common_ones(hasher: Passwords) -> None:
    assert [password for password in MOST_COMMON.split() if not refused(hasher, password)] == []


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_a_common_password_is_common_however_it_is_spelled(hasher: Passwords, spelled: str) -> None:
    assert refused(hasher, spelled)


@pytest.mark.parametrize("uncommon", UNCOMMON)
def test_what_only_resembles_a_common_password_is_allowed(hasher: Passwords, uncommon: str) -> None:
    assert hasher.check(uncommon) == uncommon


def test_the_listed_words_are_in_the_form_they_are_compared_in() -> None:
    for words in FREQUENCY_LISTS.values():
        assert [word for word in words if unicodedata.normalize("NFKC", word).casefold() != word] == []


def test_what_is_too_short_anyway_is_not_looked_up() -> None:
    common = CommonPasswords(15)

    assert "trustno1" not in common
    assert "misunderstanding" in common


async def test_every_way_to_a_new_password_refuses_a_common_one(door: Door, as_admin: Door, as_member: Door) -> None:
    registered = await door.codes("register", {"email": "new@example.com", "password": "Trustno1"})
    created = await as_admin.codes("createUser", {"email": "new@example.com", "password": "Trustno1"})
    changed = await as_member.codes("changePassword", {"currentPassword": PASSWORD, "newPassword": "Trustno1"})

    assert registered == created == [("WEAK_PASSWORD", ["input", "password"])]
    assert changed == [("WEAK_PASSWORD", ["input", "newPassword"])]
