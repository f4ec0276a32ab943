// What the hooks of `People.jsx` do, by the queries that the compiler made of them and by Relay's own store.
import runtime from "relay-runtime";

import PeoplePageQuery from "./__generated__/PeoplePageQuery.graphql.js";
import PeopleSessionsQuery from "./__generated__/PeopleSessionsQuery.graphql.js";
import { environment } from "./environment.mjs";

export { signIn } from "../session.mjs";

export async function everybody(first) {
  const edges = await list(PeoplePageQuery, { first }, "client:root:__People_users_connection");
  return edges.map(({ node }) => record(node).name);
}

export async function sessions(id, first) {
  const edges = await list(PeopleSessionsQuery, { id, first }, `client:${id}:__People_sessions_connection`);
  return edges.map(({ node }) => record(node).id);
}

// Each page is fetched behind the one before; the store puts them together.
async function list(query, variables, connection) {
  let page = { endCursor: null };
  do {
    await runtime.fetchQuery(environment, query, { ...variables, after: page.endCursor }).toPromise();
    page = record(record({ __ref: connection }).pageInfo);
  } while (page.hasNextPage);
  return record({ __ref: connection }).edges.__refs.map((id) => record({ __ref: id }));
}

function record({ __ref: id }) {
  return environment.getStore().getSource().get(id);
}
