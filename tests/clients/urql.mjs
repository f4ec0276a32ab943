// A frontend with urql.
// #region client
import { Client, cacheExchange, fetchExchange, gql, subscriptionExchange } from "@urql/core";
import { authExchange } from "@urql/exchange-auth";

import { API } from "./config.mjs";
import { bearer, renew } from "./session.mjs";
import { socket } from "./socket.mjs";

const whileSignedIn = authExchange(async ({ appendHeaders }) => {
  let refused;
  return {
    addAuthToOperation: (operation) => appendHeaders(operation, bearer()),
    didAuthError: ({ graphQLErrors }, { context }) => {
      refused = context.fetchOptions?.headers?.authorization;
      return graphQLErrors.some(({ extensions }) => extensions.code === "UNAUTHENTICATED");
    },
    refreshAuth: () => renew(refused),
  };
});

const live = subscriptionExchange({
  forwardSubscription: ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
  }),
});

export const client = new Client({
  url: API,
  preferGetMethod: false,
  exchanges: [cacheExchange, whileSignedIn, live, fetchExchange],
});
// #endregion

export { signIn, signOut } from "./session.mjs";

// #region deeds
const ME = gql`
  query Me {
    me {
      id
      name
    }
  }
`;

export async function me() {
  const { data, error } = await client.query(ME, {});
  if (error) throw error;
  return data.me;
}

// Who changed comes back, so every query that showed a user is asked again.
const RENAME = gql`
  mutation Rename($input: PatchUserInput!) {
    patchUser(input: $input) {
      user {
        id
        name
      }
      errors {
        code
        message
        path
      }
    }
  }
`;

export async function rename(id, name) {
  const { data, error } = await client.mutation(RENAME, { input: { id, name } });
  if (error) throw error;
  return data.patchUser;
}
// #endregion

// #region pages
const PEOPLE = gql`
  query People($first: Int, $after: String) {
    users(first: $first, after: $after, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

export async function everybody(first) {
  const people = [];
  let after = null;
  do {
    const { data, error } = await client.query(PEOPLE, { first, after });
    if (error) throw error;
    people.push(...data.users.nodes);
    after = data.users.pageInfo.hasNextPage ? data.users.pageInfo.endCursor : null;
  } while (after);
  return people;
}
// #endregion

// #region live
const CHANGES = gql`
  subscription Changes {
    userChanged {
      kind
      userId
      user {
        id
        name
      }
    }
  }
`;

export function watch(show) {
  const watching = client.subscription(CHANGES, {}).subscribe(({ data }) => data && show(data.userChanged));
  return () => watching.unsubscribe();
}
// #endregion
