// A frontend with Apollo Client.
// #region client
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { ErrorLink } from "@apollo/client/link/error";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { OperationTypeNode } from "graphql";
import { from, switchMap } from "rxjs";

import { API } from "./config.mjs";
import { bearer, renew } from "./session.mjs";
import { socket } from "./socket.mjs";

const withToken = new SetContextLink(({ headers }) => ({ headers: { ...headers, ...bearer() } }));

// It stands before `withToken`, so that the second try shows the new token.
const whileSignedIn = new ErrorLink(({ error, operation, forward }) => {
  if (!CombinedGraphQLErrors.is(error)) return;
  if (error.errors[0].extensions?.code !== "UNAUTHENTICATED") return;
  const { headers } = operation.getContext();
  return from(renew(headers.authorization)).pipe(switchMap(() => forward(operation)));
});

export const client = new ApolloClient({
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    ApolloLink.from([whileSignedIn, withToken, new HttpLink({ uri: API })]),
  ),
  cache: new InMemoryCache({
    typePolicies: {
      // Pages of the same list grow together; each filter and ordering is a list of its own.
      Query: { fields: { users: relayStylePagination(["filter", "orderBy", "search"]) } },
      User: { fields: { sessions: relayStylePagination(), events: relayStylePagination() } },
    },
  }),
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
  const { data } = await client.query({ query: ME });
  return data.me;
}

// Who changed comes back with `id` and `name`, so every place that shows the name has the new one.
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
  const { data } = await client.mutate({ mutation: RENAME, variables: { input: { id, name } } });
  return data.patchUser;
}
// #endregion

// #region pages
const PEOPLE = gql`
  query People($first: Int, $after: String) {
    users(first: $first, after: $after, orderBy: { field: NAME, direction: ASC }) {
      edges {
        node {
          id
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

// In React `useQuery(PEOPLE)` gives the same `data` and `fetchMore`.
export async function everybody(first) {
  const people = client.watchQuery({ query: PEOPLE, variables: { first } });
  let { data } = await people.refetch();
  while (data.users.pageInfo.hasNextPage) {
    ({ data } = await people.fetchMore({ variables: { after: data.users.pageInfo.endCursor } }));
  }
  return client.readQuery({ query: PEOPLE, variables: { first } }).users.edges.map(({ node }) => node);
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

// Whoever shows a changed user shows the change at once: the cache knows them by `id`.
export function watch(show) {
  const watching = client.subscribe({ query: CHANGES }).subscribe(({ data }) => show(data.userChanged));
  return () => watching.unsubscribe();
}
// #endregion
