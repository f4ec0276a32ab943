// Who is signed in, whichever GraphQL client is used.
// #region session
import { API } from "./config.mjs";

// In memory alone, so that nothing is left of them when the window closes.
let tokens = null;
let exchange = null;

export const bearer = () => (tokens ? { authorization: `Bearer ${tokens.accessToken}` } : {});

export async function signIn(email, password) {
  const { login } = await done(
    `mutation Login($input: LoginInput!) {
      login(input: $input) { user { id name } tokens { accessToken refreshToken } errors { code message path } }
    }`,
    { input: { email, password } },
  );
  tokens = login.tokens;
  return login;
}

export async function signOut() {
  const { refreshToken } = tokens;
  tokens = null;
  await done(
    `mutation Logout($input: LogoutInput!) {
      logout(input: $input) { errors { code } }
    }`,
    { input: { refreshToken } },
  );
}

// A refresh token is good for one exchange, so all whose token has run out wait for the same one. Whoever was refused
// with a token that is no longer ours has only been slow, and needs none.
export function renew(refused = bearer().authorization) {
  if (!tokens || refused !== bearer().authorization) return Promise.resolve();
  exchange ??= exchanged().finally(() => {
    exchange = null;
  });
  return exchange;
}

async function exchanged() {
  const { refresh } = await done(
    `mutation Refresh($input: RefreshInput!) {
      refresh(input: $input) { tokens { accessToken refreshToken } errors { code } }
    }`,
    { input: { refreshToken: tokens.refreshToken } },
  );
  // Null when it was refused: the session is over, and people sign in again.
  tokens = refresh.tokens;
}

async function done(query, variables) {
  const { data, errors } = await post(query, variables);
  if (errors) throw Object.assign(new Error(errors[0].message), { errors });
  return data;
}

export async function post(query, variables, shown = {}) {
  const headers = { "content-type": "application/json", accept: "application/graphql-response+json", ...shown };
  const answer = await fetch(API, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  return answer.json();
}
// #endregion
