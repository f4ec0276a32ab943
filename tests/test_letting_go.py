"""Facts about an application that is not needed any more."""

from __future__ import annotations

import gc
import weakref

from gql_users import create_app
from tests.conftest import MakeSettings


async def test_an_application_that_is_let_go_is_gone(make_settings: MakeSettings) -> None:
    app = weakref.ref(create_app(make_settings()))

    gc.collect()

    assert app() is None
