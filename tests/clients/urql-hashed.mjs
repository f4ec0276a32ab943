// A frontend with urql which sends the hash of a query instead of its text.
// #region hashed
import { Client, fetchExchange, gql } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";

import { API } from "./config.mjs";

export const client = new Client({
  url: API,
  preferGetMethod: false,
  exchanges: [persistedExchange({ preferGetForPersistedQueries: false }), fetchExchange],
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
  const { data, error } = await client.query(VERSION, {});
  if (error) throw error;
  return data.serviceInfo.version;
}
