"""`/api/v1`: registration, sign-in, one's own account and administration, in an envelope or bare."""

from gql_users.rest.v1.router import router

__all__ = ["router"]
