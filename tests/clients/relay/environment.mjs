// How Relay reaches the service.
// #region environment
import runtime from "relay-runtime";

import { bearer, post, renew } from "../session.mjs";
import { socket } from "../socket.mjs";

const { Environment, Network, Observable, RecordSource, Store } = runtime;

async function fetched({ text }, variables) {
  const shown = bearer();
  const answer = await post(text, variables, shown);
  if (answer.errors?.[0].extensions.code !== "UNAUTHENTICATED") return answer;
  await renew(shown.authorization);
  return post(text, variables, bearer());
}

const subscribed = ({ text, name }, variables) =>
  Observable.create((sink) => socket.subscribe({ query: text, operationName: name, variables }, sink));

export const environment = new Environment({
  network: Network.create(fetched, subscribed),
  store: new Store(new RecordSource()),
});
// #endregion
