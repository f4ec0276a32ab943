// What the compiler finds: each line below the words is wrong, and would be told if it were not.
import type { ApolloClient } from "@apollo/client";

import { everybody, rename } from "./people.js";

export async function mistaken(client: ApolloClient): Promise<void> {
  for (const person of await everybody(client, 20)) {
    // @ts-expect-error - a moment is text
    const moment: Date = person.createdAt;
    // @ts-expect-error - nobody needs to have a username
    const username: string = person.username;
    // @ts-expect-error - it was not asked for
    const email = person.email;
    // @ts-expect-error - a number, which JavaScript has as such
    const number: bigint = person.databaseId;
    // @ts-expect-error - nothing is known of what is in it
    const details: string = person.events?.nodes[0]?.details?.["fields"];
    console.log(moment, username, email, number, details);
  }
  // @ts-expect-error - a version is a number
  await rename(client, "VXNlcjox", null, "1");
}
