// Makes the calls that come in, a line of JSON with what shall happen at once, and writes what came of each.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { WebSocket } from "ws";

// Browsers have one; Node has it from version 22 on.
globalThis.WebSocket ??= WebSocket;

const module = await import(pathToFileURL(process.argv[2]).href);

for await (const line of createInterface({ input: process.stdin })) {
  const answers = await Promise.all(JSON.parse(line).map(answered));
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
process.exit();

async function answered([name, ...given]) {
  try {
    return { value: await module[name](...given) };
  } catch (error) {
    const [first] = error.errors ?? error.graphQLErrors ?? [];
    return { error: first?.extensions?.code ?? error.code ?? error.message };
  }
}
