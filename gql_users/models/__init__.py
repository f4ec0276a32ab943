"""The tables: the nouns of the service, as plain rows."""

from gql_users.models.attempts import Attempt
from gql_users.models.base import Base
from gql_users.models.events import Event
from gql_users.models.letters import Letter
from gql_users.models.one_time_tokens import OneTimeToken
from gql_users.models.sessions import Session
from gql_users.models.signing_keys import SigningKey
from gql_users.models.users import User

__all__ = ["Attempt", "Base", "Event", "Letter", "OneTimeToken", "Session", "SigningKey", "User"]
