// Questions whose answers have types.
// #region documents
import type { ApolloClient } from "@apollo/client";

import { graphql } from "./gql/index.js";

const PEOPLE = graphql(`
  query TypedPeople($first: Int) {
    users(first: $first) {
      nodes {
        databaseId
        name
        username
        createdAt
        events(last: 1) {
          nodes {
            details
          }
        }
      }
    }
  }
`);

export async function everybody(client: ApolloClient, first: number) {
  const { data } = await client.query({ query: PEOPLE, variables: { first } });
  // Null where somebody asks who may not.
  return data?.users?.nodes ?? [];
}

const PATCH = graphql(`
  mutation TypedPatch($input: PatchUserInput!) {
    patchUser(input: $input) {
      user {
        version
      }
      errors {
        __typename
        message
        ... on ConflictError {
          currentVersion
        }
      }
    }
  }
`);

// `input` has a type of its own: what is left out stays, null empties.
export async function rename(client: ApolloClient, id: string, username: string | null, expectedVersion: number) {
  const { data } = await client.mutate({ mutation: PATCH, variables: { input: { id, username, expectedVersion } } });
  const [error] = data?.patchUser?.errors ?? [];
  if (error?.__typename === "ConflictError") return `somebody was faster: version ${error.currentVersion}`;
  return error?.message ?? "done";
}
// #endregion
