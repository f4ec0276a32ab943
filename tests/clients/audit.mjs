// Asks the public audits whether an address speaks GraphQL over HTTP, and shows what each of them says.
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });

for (const { id, name, status, reason } of results) {
  console.log([id, status.padEnd(5), name, reason].filter(Boolean).join("  "));
}
const passed = results.filter(({ status }) => status === "ok").length;
console.log(`${passed} of ${results.length} ok`);
process.exit(passed === results.length ? 0 : 1);
