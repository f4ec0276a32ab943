// How the page is built: into the Python package, where git ignores it and the wheel carries it.
import { defineConfig } from "vite";

import { licences } from "./licences.js";

export default defineConfig({
  // Relative, because the application may be mounted under any prefix.
  base: "./",
  plugins: [licences()],
  build: {
    outDir: "../gql_users/graphql/explorer/assets",
    emptyOutDir: true,
    // Everything below this folder has a hash in its name and may be cached for ever; the page itself stays outside.
    assetsDir: "files",
    // Own files instead of data: URLs, so that the Content-Security-Policy can stay narrow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Several packages mark their modules for server rendering, which a page of files does not have.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
    // Monaco is one large chunk, and there is nothing sensible to split.
    chunkSizeWarningLimit: 4000,
  },
});
