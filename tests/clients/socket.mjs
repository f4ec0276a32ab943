// The connection for subscriptions, whichever GraphQL client is used.
// #region socket
import { createClient } from "graphql-ws";

import { API } from "./config.mjs";
import { bearer, renew } from "./session.mjs";

let isRefused = false;

// It opens with the first subscription, and comes back by itself when it breaks.
export const socket = createClient({
  url: API.replace(/^http/, "ws"),
  connectionParams: async () => {
    if (isRefused) await renew();
    return bearer();
  },
  on: {
    // 4403 is how the service ends a connection whose token has run out.
    closed: ({ code }) => {
      isRefused = code === 4403;
    },
  },
});
// #endregion
