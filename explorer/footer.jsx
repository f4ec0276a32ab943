// The line below an answer: what it means, what to do next, and the licences.
import { useEffect, useRef, useState } from "react";
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import licences from "virtual:licences";

import { advice, parsed, signedIn } from "./answers.js";
import { withToken } from "./headers.js";

export function Footer() {
  const { response, refusal, listening } = useGraphiQL(({ tabs, activeTabIndex, fetchError, subscription }) => ({
    response: tabs[activeTabIndex].response,
    refusal: fetchError,
    listening: Boolean(subscription),
  }));
  const answer = parsed(response);
  return (
    <>
      {/* A screen reader tells what comes into it, so it is there from the start. */}
      <div role="status">
        {refusal && <p>{withoutSchema(parsed(refusal))}</p>}
        {listening && <p>Listening: the newest change is shown here. Another tab ends it, another window does not.</p>}
        {answer && <p>{advice(answer)}</p>}
        <TokenOffer found={signedIn(answer)} />
      </div>
      <a href={licences} target="_blank" rel="noreferrer">
        Licences
      </a>
    </>
  );
}

function withoutSchema(refusal) {
  const reason = refusal?.errors?.[0]?.message ?? "";
  return `No suggestions, no documentation: the schema was not told. ${reason} Operations run all the same.`;
}

// The token lives in this component and in the headers of the tabs, and is gone with the page.
function TokenOffer({ found }) {
  const [token, use] = useState(null);
  useInEveryTab(token);
  if (!found) return null;
  if (found.token === token) return <p>Every tab now acts as {found.name}, until you close this window.</p>;
  return (
    <p>
      <button type="button" className="graphiql-button" onClick={() => use(found.token)}>
        Use this token
      </button>{" "}
      to act as {found.name} in every tab of this window.
    </p>
  );
}

// Each tab is given a token once, so that whoever takes it out of a tab is rid of it there.
function useInEveryTab(token) {
  const { tab, headerEditor } = useGraphiQL(({ tabs, activeTabIndex, headerEditor }) => ({
    tab: tabs[activeTabIndex].id,
    headerEditor,
  }));
  const { updateActiveTabValues } = useGraphiQLActions();
  const given = useRef(new Map());
  useEffect(() => {
    if (!token || !headerEditor || given.current.get(tab) === token) return;
    given.current.set(tab, token);
    const headers = withToken(headerEditor.getValue(), token);
    headerEditor.setValue(headers);
    // The editor tells its tab only after a while, when another one may be open.
    updateActiveTabValues({ headers });
  }, [token, tab, headerEditor, updateActiveTabValues]);
}
