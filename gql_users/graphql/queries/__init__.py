"""What clients can ask, a file per question."""

from gql_users.graphql.queries.events import find_events
from gql_users.graphql.queries.me import find_me
from gql_users.graphql.queries.node import find_node
from gql_users.graphql.queries.nodes import find_nodes
from gql_users.graphql.queries.service_info import describe_service
from gql_users.graphql.queries.user import find_user
from gql_users.graphql.queries.users import find_users

__all__ = ["describe_service", "find_events", "find_me", "find_node", "find_nodes", "find_user", "find_users"]
