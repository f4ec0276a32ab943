// What a frontend does, by whichever client `CLIENT` names, and what can be seen of it from outside.
const sent = [];
const { fetch } = globalThis;
globalThis.fetch = (url, options) => {
  sent.push(JSON.parse(options.body));
  return fetch(url, options);
};

const client = await import(process.env.CLIENT);
const seen = [];

export const { signIn, signOut, me, rename, everybody, version } = client;

export function watch() {
  client.watch((change) => seen.push(change));
}

export const changes = () => seen;

// Of each request: whether it held the text, and the hash of it.
export const requests = () => sent.map(({ query, extensions }) => [Boolean(query), extensions?.persistedQuery?.sha256Hash]);
