"""gql_users: people registered, signed in, kept signed in and looked after, over GraphQL."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gql_users.settings import Settings
from gql_users.version import __version__

if TYPE_CHECKING:
    from gql_users.app import create_app
    from gql_users.embedding import current_user

__all__ = ["Settings", "__version__", "create_app", "current_user"]

# Most commands do without the doors, whose loading takes a third of their time.
_LOADED_WHEN_ASKED_FOR = {"create_app": "gql_users.app", "current_user": "gql_users.embedding"}


def __getattr__(name: str) -> Any:
    if name not in _LOADED_WHEN_ASKED_FOR:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LOADED_WHEN_ASKED_FOR[name]), name)
