// What was compiled, as a frontend that has signed in does it.
import { client } from "../apollo.mjs";
import * as built from "./built/people.js";

export { signIn } from "../session.mjs";

export const everybody = (first) => built.everybody(client, first);

export const rename = (...given) => built.rename(client, ...given);
