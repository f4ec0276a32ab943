"""The tables: the nouns of the service, as plain rows."""

from gql_users.models.base import Base
from gql_users.models.sessions import Session
from gql_users.models.users import User

__all__ = ["Base", "Session", "User"]
