// Shows each token that comes in, as a line of JSON, to the `verified` of a module, and writes what came of it.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { verified } = await import(pathToFileURL(process.argv[2]).href);

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await verified(JSON.parse(line)).then(
    (claims) => ({ claims }),
    (error) => ({ error: error.code ?? error.message }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
