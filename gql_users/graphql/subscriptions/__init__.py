"""What clients can follow, a file per stream."""

from gql_users.graphql.subscriptions.user_changed import follow_user_changes

__all__ = ["follow_user_changes"]
