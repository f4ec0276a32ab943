// A frontend with Apollo Client which sends the hash of a query instead of its text.
// #region hashed
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";

import { API } from "./config.mjs";

export async function sha256(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const client = new ApolloClient({
  link: ApolloLink.from([new PersistedQueryLink({ sha256 }), new HttpLink({ uri: API })]),
  cache: new InMemoryCache(),
});
// #endregion

const VERSION = gql`
  query Version {
    serviceInfo {
      version
    }
  }
`;

export async function version() {
  const { data } = await client.query({ query: VERSION, fetchPolicy: "no-cache" });
  return data.serviceInfo.version;
}
