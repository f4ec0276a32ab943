// The explorer: GraphiQL, talking to the address it was served from.
import { createRoot } from "react-dom/client";
import { GraphiQL } from "graphiql";
import "graphiql/setup-workers/vite";

import { examples } from "./examples.js";
import { fetcher } from "./fetcher.js";
import { Footer } from "./footer.jsx";
import { hint } from "./headers.js";
import { storage } from "./storage.js";
import "./page.css";

function Explorer() {
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      shouldPersistHeaders={false}
      defaultTabs={examples}
      // GraphiQL takes only the query of its first tab from defaultTabs.
      initialVariables={examples[0].variables}
      initialHeaders={hint}
      defaultHeaders={hint}
      defaultEditorToolsVisibility="variables"
    >
      <GraphiQL.Logo>
        <h1>gql_users</h1>
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        <Footer />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}

createRoot(document.getElementById("explorer")).render(<Explorer />);
