"""The compose file passes every setting on."""

from __future__ import annotations

import re
from pathlib import Path

from gql_users import Settings

COMPOSE = (Path(__file__).parent.parent / "docker-compose.yml").read_text()

# The image has a folder of its own for what the service keeps.
SET_IN_THE_IMAGE = {"GQL_USERS_DATA_DIR"}


def test_every_setting_reaches_the_service() -> None:
    passed_on = set(re.findall(r"^ +(GQL_USERS_\w+):", COMPOSE, re.MULTILINE))

    assert passed_on == {f"GQL_USERS_{name.upper()}" for name in Settings.model_fields} - SET_IN_THE_IMAGE
