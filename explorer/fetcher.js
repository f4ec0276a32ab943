// How an operation reaches the API: plain POST, and server-sent events for subscriptions.
import { getOperationAST, parse } from "graphql";
import { createClient } from "graphql-sse";

// The page is served by the endpoint itself, so this is right under any mount prefix.
const url = window.location.pathname;

export function fetcher({ query, variables, operationName }, { headers } = {}) {
  const chosen = operationOf(query, operationName);
  const operation = { query, variables, operationName: chosen?.name?.value };
  return chosen?.operation === "subscription" ? stream(operation, headers) : ask(operation, headers);
}

// For a moment after a change of tabs, GraphiQL still gives the name of an operation in the tab before.
function operationOf(query, name) {
  try {
    const document = parse(query);
    return getOperationAST(document, name) ?? getOperationAST(document);
  } catch {
    return null; // the service says better what is wrong with it
  }
}

// Not a WebSocket: a browser cannot put an Authorization header on one.
function stream(operation, headers) {
  const client = createClient({ url, headers, retryAttempts: 0, fetchFn: fetchEvents });
  return {
    subscribe({ next, complete }) {
      const error = async (cause) => {
        next(cause.response ? await read(cause.response) : lost(cause));
        complete();
      };
      return { unsubscribe: client.subscribe(operation, { next, error, complete }) };
    },
  };
}

async function fetchEvents(...request) {
  const response = await fetch(...request);
  if (response.headers.get("Content-Type")?.startsWith("text/event-stream")) return response;
  throw response; // which the client hands on, so that a refusal can be read whatever its status
}

async function ask(operation, headers) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/graphql-response+json, application/json;q=0.9",
        ...headers,
      },
      body: JSON.stringify(operation),
    });
    return read(response);
  } catch (cause) {
    return lost(cause);
  }
}

async function read(response) {
  try {
    return await response.json();
  } catch {
    return failure(`The answer was no JSON, but ${`${response.status} ${response.statusText}`.trim()}.`);
  }
}

function lost({ message }) {
  return failure(`Nothing came back from the service: ${message}.`);
}

function failure(message) {
  return { errors: [{ message }] };
}
