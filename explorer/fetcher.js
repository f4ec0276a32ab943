// How an operation reaches the API: plain POST, and server-sent events for subscriptions.
import { getOperationAST } from "graphql";
import { createClient } from "graphql-sse";

// The page is served by the endpoint itself, so this is right under any mount prefix.
const url = window.location.pathname;

export function fetcher(operation, { headers, documentAST } = {}) {
  return isSubscription(documentAST, operation.operationName) ? stream(operation, headers) : ask(operation, headers);
}

function isSubscription(document, name) {
  return Boolean(document) && getOperationAST(document, name)?.operation === "subscription";
}

// Not a WebSocket: a browser cannot put an Authorization header on one.
function stream(operation, headers) {
  return createClient({ url, headers, retryAttempts: 0 }).iterate(operation);
}

async function ask(operation, headers) {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/graphql-response+json, application/json;q=0.9",
      ...headers,
    },
    body: JSON.stringify(operation),
  });
  return response.json();
}
