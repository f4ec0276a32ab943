// Reading an answer: who signed in by it, and what its first error asks for.

const ADVICE = {
  FORBIDDEN: "Only admins may do this. In development, the first start printed the password of one.",
  INTERNAL_SERVER_ERROR: "Something broke in the service. Its log tells more, under the request's id",
  RATE_LIMITED: "Too many attempts. Try again",
  TOKEN_EXPIRED: "The access token in Headers has expired. Run SignIn or Refresh, and use the new one.",
  UNAUTHENTICATED: "This takes a signed-in user. Run SignIn, and press Use this token.",
  UNAVAILABLE: "The service is busy, or away from its database. Try again",
  VERSION_MISMATCH: "Somebody changed it in the meantime. Read it again, and take the version from there.",
};

export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function signedIn(answer) {
  const payload = payloads(answer).find(({ tokens }) => tokens?.accessToken);
  return payload && { token: payload.tokens.accessToken, name: payload.user?.name || "this user" };
}

export function advice(answer) {
  const [error] = [...(answer.errors ?? []), ...payloads(answer).flatMap(({ errors }) => errors ?? [])];
  if (!error) return null;
  const { code = error.code, reason, requestId, retryAfterSeconds = error.retryAfterSeconds } = error.extensions ?? {};
  const said = ADVICE[reason] ?? ADVICE[code];
  if (requestId) return `${said ?? ADVICE.INTERNAL_SERVER_ERROR} ${requestId}.`;
  return said?.endsWith("again") ? `${said} ${retryAfterSeconds ? `in ${retryAfterSeconds} seconds` : "later"}.` : said;
}

function payloads(answer) {
  return Object.values(answer?.data ?? {}).filter((value) => value && typeof value === "object");
}
