"""Makes `python -m gql_users` the same as the command `gql-users`."""

from gql_users.cli import run

run()
