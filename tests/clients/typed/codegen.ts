// How the types are made.
// #region config
import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "schema.graphql",
  documents: ["*.ts", "!codegen.ts"],
  generates: {
    "gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        emitLegacyCommonJSImports: false,
        // A scalar that is not named here is a mistake.
        strictScalars: true,
        scalars: {
          BigInt: { input: "number | string", output: "number" },
          DateTime: "string",
          JSON: "Record<string, unknown>",
        },
      },
    },
  },
};

export default config;
// #endregion
