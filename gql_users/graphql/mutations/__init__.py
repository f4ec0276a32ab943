"""What clients can do, a file per deed: its input, its payload, its resolver."""

from gql_users.graphql.mutations.change_password import change_password
from gql_users.graphql.mutations.confirm_email_change import confirm_email_change
from gql_users.graphql.mutations.create_user import create_user
from gql_users.graphql.mutations.deactivate_user import deactivate_user
from gql_users.graphql.mutations.delete_user import delete_user
from gql_users.graphql.mutations.login import login
from gql_users.graphql.mutations.logout import logout
from gql_users.graphql.mutations.patch_user import patch_user
from gql_users.graphql.mutations.reactivate_user import reactivate_user
from gql_users.graphql.mutations.refresh import refresh
from gql_users.graphql.mutations.register import register
from gql_users.graphql.mutations.request_email_change import request_email_change
from gql_users.graphql.mutations.request_email_verification import request_email_verification
from gql_users.graphql.mutations.request_password_reset import request_password_reset
from gql_users.graphql.mutations.reset_password import reset_password
from gql_users.graphql.mutations.revoke_session import revoke_session
from gql_users.graphql.mutations.set_user_admin import set_user_admin
from gql_users.graphql.mutations.unlock_user import unlock_user
from gql_users.graphql.mutations.update_user import update_user
from gql_users.graphql.mutations.verify_email import verify_email

__all__ = [
    "change_password",
    "confirm_email_change",
    "create_user",
    "deactivate_user",
    "delete_user",
    "login",
    "logout",
    "patch_user",
    "reactivate_user",
    "refresh",
    "register",
    "request_email_change",
    "request_email_verification",
    "request_password_reset",
    "reset_password",
    "revoke_session",
    "set_user_admin",
    "unlock_user",
    "update_user",
    "verify_email",
]
