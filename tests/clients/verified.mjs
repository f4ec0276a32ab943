// Another service, which knows nothing of us but the address of our keys.
import { createRemoteJWKSet, jwtVerify } from "jose";

const { ISSUER, KEYS } = process.env;

// Keys are replaced within seconds here, so this one asks again sooner than the half minute that is usual.
const keys = createRemoteJWKSet(new URL(KEYS), { cooldownDuration: 1_000 });

export async function verified(token) {
  const wanted = { issuer: ISSUER, audience: ISSUER, algorithms: ["ES256"], typ: "at+jwt" };
  return (await jwtVerify(token, keys, wanted)).payload;
}
