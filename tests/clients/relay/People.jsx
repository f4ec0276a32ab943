// Everybody, page by page, and where one of them is signed in.
// #region people
import { graphql, useLazyLoadQuery, usePaginationFragment } from "react-relay";

export function People() {
  const query = useLazyLoadQuery(
    graphql`
      query PeopleQuery($first: Int = 20) {
        ...People_list @arguments(first: $first)
      }
    `,
    {},
  );
  const { data, hasNext, loadNext } = usePaginationFragment(
    graphql`
      fragment People_list on Query
      @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" })
      @refetchable(queryName: "PeoplePageQuery") {
        users(first: $first, after: $after) @connection(key: "People_users") {
          edges {
            node {
              id
              name
            }
          }
        }
      }
    `,
    query,
  );

  return (
    <>
      <ul>
        {data.users.edges.map(({ node }) => (
          <li key={node.id}>{node.name}</li>
        ))}
      </ul>
      {hasNext && <button onClick={() => loadNext(20)}>More</button>}
    </>
  );
}
// #endregion

// #region sessions
// `User` is a `Node`, so Relay asks for the next page of one person's sessions by `node(id: …)`.
export function Sessions({ user }) {
  const { data, hasNext, loadNext } = usePaginationFragment(
    graphql`
      fragment People_sessions on User
      @argumentDefinitions(first: { type: "Int", defaultValue: 10 }, after: { type: "String" })
      @refetchable(queryName: "PeopleSessionsQuery") {
        sessions(first: $first, after: $after) @connection(key: "People_sessions") {
          edges {
            node {
              id
              userAgent
              lastUsedAt
            }
          }
        }
      }
    `,
    user,
  );

  return (
    <>
      {data.sessions.edges.map(({ node }) => (
        <p key={node.id}>{node.userAgent}</p>
      ))}
      {hasNext && <button onClick={() => loadNext(10)}>More</button>}
    </>
  );
}
// #endregion
