// Fastify, Mercurius with its JIT, and node-postgres with a pool and named statements, as their documentations say.

import Fastify from "fastify";
import { GraphQLScalarType } from "graphql";
import mercurius from "mercurius";
import pg from "pg";

const pool = new pg.Pool({ max: 10 });

// Numbers up to 2^53 are exact; the ids here are.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const schema = `
  scalar BigInt
  scalar DateTime

  type User {
    id: ID!
    databaseId: BigInt!
    email: String!
    username: String
    name: String!
    isActive: Boolean!
    createdAt: DateTime!
    updatedAt: DateTime!
  }

  type Edge { node: User! cursor: String! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Connection { edges: [Edge!]! pageInfo: PageInfo! }
  type ServiceInfo { version: String! registration: String! accessTokenLifetimeSeconds: Int! }

  input UserBy { id: ID! }

  type Query {
    serviceInfo: ServiceInfo!
    user(by: UserBy!): User
    users(first: Int = 20, after: String): Connection
  }
`;

const COLUMNS = "id, email, username, name, deactivated_at, created_at, updated_at";

const opaque = (text) => Buffer.from(text).toString("base64url");
const plain = (text) => Buffer.from(text, "base64url").toString();
const cursor = (row) => opaque(`${row.created_at.toISOString()} ${row.id}`);

const resolvers = {
  // Without milliseconds where there are none, as ours writes them.
  DateTime: new GraphQLScalarType({
    name: "DateTime",
    serialize: (moment) => moment.toISOString().replace(".000Z", "Z"),
  }),
  BigInt: new GraphQLScalarType({ name: "BigInt", serialize: Number }),
  User: {
    id: (row) => opaque(`User:${row.id}`),
    databaseId: (row) => row.id,
    isActive: (row) => row.deactivated_at === null,
    createdAt: (row) => row.created_at,
    updatedAt: (row) => row.updated_at,
  },
  Edge: { node: (row) => row, cursor },
  Connection: {
    edges: ({ rows, first }) => rows.slice(0, first),
    pageInfo: ({ rows, first }) => ({
      hasNextPage: rows.length > first,
      endCursor: first && rows.length ? cursor(rows[Math.min(first, rows.length) - 1]) : null,
    }),
  },
  Query: {
    serviceInfo: () => ({ version: "0.1.0", registration: "OPEN", accessTokenLifetimeSeconds: 900 }),
    async user(_, { by }) {
      const found = await pool.query({
        name: "user",
        text: `SELECT ${COLUMNS} FROM users WHERE id = $1`,
        values: [plain(by.id).slice("User:".length)],
      });
      return found.rows[0] ?? null;
    },
    async users(_, { first, after }) {
      const newestFirst = "ORDER BY created_at DESC, tie_breaker DESC";
      const found = after
        ? await pool.query({
            name: "users_after",
            text: `SELECT ${COLUMNS} FROM users WHERE (created_at, tie_breaker) < ($2, $3) ${newestFirst} LIMIT $1`,
            values: [first + 1, ...plain(after).split(" ")],
          })
        : await pool.query({
            name: "users",
            text: `SELECT ${COLUMNS} FROM users ${newestFirst} LIMIT $1`,
            values: [first + 1],
          });
      return { rows: found.rows, first };
    },
  },
};

const app = Fastify();
await app.register(mercurius, { schema, resolvers, jit: 1 });
await app.listen({ port: Number(process.argv[2]), host: "127.0.0.1" });
