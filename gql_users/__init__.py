"""gql_users: people registered, signed in, kept signed in and looked after, over GraphQL."""

from gql_users.app import create_app
from gql_users.embedding import current_user
from gql_users.settings import Settings
from gql_users.version import __version__

__all__ = ["Settings", "__version__", "create_app", "current_user"]
