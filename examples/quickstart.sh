#!/usr/bin/env bash
# Everything a frontend does, by curl: register, log in, who am I, page through users, patch, refresh, deactivate.
#
#   examples/quickstart.sh [URL]        http://localhost:8000 when no URL is given
#
# Paging is for admins. Give one as ADMIN_EMAIL and ADMIN_PASSWORD; without them the script makes one with
# `gql-users create-admin`, which needs the settings (GQL_USERS_…) that the service runs with.
set -euo pipefail

url="${1:-http://localhost:8000}/graphql"
email="quickstart-$(date +%s)-$RANDOM@example.com"
password="a long enough password"

# Send a GraphQL request: the document, its variables as JSON, and a token if there is one.
ask() {
  local query=${1//$'\n'/ }
  curl --silent --show-error --fail-with-body "$url" \
    --header 'Content-Type: application/json' ${3:+--header "Authorization: Bearer $3"} \
    --data "{\"query\": \"${query//\"/\\\"}\", \"variables\": ${2:-{\}}}"
}

# The text of a field in an answer.
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" <<<"$2"; }

# Stop unless the answer has what it should.
expect() {
  if [[ $2 != *"$1"* ]]; then
    printf 'expected %s in:\n%s\n' "$1" "$2" >&2
    exit 1
  fi
}

echo "1. register"
answer=$(ask 'mutation ($input: RegisterInput!) {
  register(input: $input) { user { id version } tokens { accessToken } errors { code message path } }
}' "{\"input\": {\"email\": \"$email\", \"password\": \"$password\", \"name\": \"Quinn Start\"}}")
expect '"errors":[]' "$answer"
id=$(field id "$answer")

echo "2. log in"
answer=$(ask 'mutation ($input: LoginInput!) {
  login(input: $input) { tokens { accessToken refreshToken accessTokenExpiresAt } errors { code message } }
}' "{\"input\": {\"email\": \"$email\", \"password\": \"$password\"}}")
expect '"errors":[]' "$answer"
access=$(field accessToken "$answer")
refresh=$(field refreshToken "$answer")

echo "3. who am I"
answer=$(ask '{ me { id email name isAdmin } }' '{}' "$access")
expect "\"id\":\"$id\"" "$answer"

echo "4. page through users, as an admin"
if [[ -z ${ADMIN_PASSWORD:-} ]]; then
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  command=$([[ -x $here/.venv/bin/gql-users ]] && echo "$here/.venv/bin/gql-users" || echo gql-users)
  ADMIN_EMAIL="admin-$email"
  ADMIN_PASSWORD=$password
  "$command" create-admin --email "$ADMIN_EMAIL" --password-stdin <<<"$password" >/dev/null
fi
answer=$(ask 'mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken } errors { code } } }' \
  "{\"input\": {\"email\": \"${ADMIN_EMAIL:-admin@example.com}\", \"password\": \"$ADMIN_PASSWORD\"}}")
expect '"errors":[]' "$answer"
admin=$(field accessToken "$answer")
answer=$(ask '{ users(first: 2, orderBy: {field: CREATED_AT, direction: DESC}) {
  edges { cursor node { id email name } } pageInfo { hasNextPage endCursor } totalCount
} }' '{}' "$admin")
expect '"hasNextPage":' "$answer"
expect '"totalCount":' "$answer"

echo "5. patch: what is left out stays, null empties"
answer=$(ask 'mutation ($input: PatchUserInput!) {
  patchUser(input: $input) { user { name firstName age version } errors { code message path } }
}' "{\"input\": {\"id\": \"$id\", \"age\": 31, \"firstName\": null, \"expectedVersion\": 1}}" "$access")
expect '"name":"Quinn Start"' "$answer"
expect '"age":31' "$answer"

echo "6. refresh"
answer=$(ask 'mutation ($input: RefreshInput!) {
  refresh(input: $input) { tokens { accessToken refreshToken } errors { code } }
}' "{\"input\": {\"refreshToken\": \"$refresh\"}}")
expect '"errors":[]' "$answer"
access=$(field accessToken "$answer")

echo "7. deactivate; the token is worth nothing at once"
answer=$(ask 'mutation ($input: DeactivateUserInput!) {
  deactivateUser(input: $input) { user { isActive } errors { code } }
}' "{\"input\": {\"id\": \"$id\"}}" "$access")
expect '"isActive":false' "$answer"
answer=$(ask '{ me { id } }' '{}' "$access")
expect 'UNAUTHENTICATED' "$answer"

echo "all seven done"
