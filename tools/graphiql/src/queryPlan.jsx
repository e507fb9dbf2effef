// The panel that shows how the operation in the editor would be executed. It asks for the plan alone: nothing is run.
import { pick, useGraphiQL, useHeadersEditorState, useOperationsEditorState } from "@graphiql/react";
import { Kind, parse } from "graphql";
import { useEffect, useState } from "react";
import { filled } from "./headers.js";

const AFTER_TYPING = 300;

const Icon = () => (
  <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" height="1em">
    <circle cx="3" cy="8" r="2" />
    <circle cx="13" cy="3" r="2" />
    <circle cx="13" cy="13" r="2" />
    <path d="M5 7.2 11.2 3.8M5 8.8l6.2 3.4" />
  </svg>
);

// A document that cannot be parsed yet has no names; the router then says what is wrong with it.
const operationNames = (text) => {
  try {
    return parse(text, { noLocation: true })
      .definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
      .map(({ name }) => name?.value);
  } catch {
    return [];
  }
};

const headersOf = (text) => {
  try {
    return filled(JSON.parse(text));
  } catch {
    return {};
  }
};

const told = ({ message, locations }) =>
  locations?.length ? `${message} (line ${locations[0].line}, column ${locations[0].column})` : message;

const ask = async (endpoint, query, operationName, headers, signal) => {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", accept: "application/json", "router-query-plan": "only" },
    body: JSON.stringify({ query, operationName }),
    signal,
  });
  const { extensions, errors } = await response.json();
  return { plan: extensions?.queryPlan, problems: errors?.map(told) ?? [] };
};

// How many requests wait for each other at most.
const depthOf = (nodes) => {
  const depths = new Map();
  for (const { id, after } of nodes) depths.set(id, 1 + Math.max(0, ...after.map((need) => depths.get(need))));
  return Math.max(0, ...depths.values());
};

const summary = ({ nodes, passthrough }) => {
  if (nodes.length === 0) return "The router answers this itself.";
  const services = new Set(nodes.map(({ serviceName }) => serviceName)).size;
  const counted = `${nodes.length} request${nodes.length > 1 ? "s" : ""} to ${services} subgraph${services > 1 ? "s" : ""}`;
  return passthrough ? `${counted}, its answer passed on as it is` : `${counted}, ${depthOf(nodes)} deep`;
};

const Shown = ({ endpoint, query, operationName, headers }) => {
  const [{ plan, problems }, setAnswer] = useState({ problems: [] });
  useEffect(() => {
    const asked = new AbortController();
    const later = setTimeout(() => {
      ask(endpoint, query, operationName, headersOf(headers), asked.signal).then(setAnswer, (error) => {
        if (!asked.signal.aborted) setAnswer({ problems: [`The router cannot be asked: ${error.message}`] });
      });
    }, AFTER_TYPING);
    return () => {
      clearTimeout(later);
      asked.abort();
    };
  }, [endpoint, query, operationName, headers]);
  return (
    <>
      {problems.map((problem) => (
        <p className="query-plan-problem" key={problem}>
          {problem}
        </p>
      ))}
      {plan && <p className="query-plan-summary">{summary(plan.object)}</p>}
      {plan && <pre className="query-plan-text">{plan.text}</pre>}
    </>
  );
};

const Panel = ({ endpoint }) => {
  const [text] = useOperationsEditorState();
  const [headers] = useHeadersEditorState();
  const { operationName } = useGraphiQL(pick("operationName"));
  const [picked, setPicked] = useState();
  const names = operationNames(text);
  const several = names.length > 1;
  const name = [picked, operationName, names[0]].find((each) => names.includes(each));
  return (
    <>
      {several && (
        <select aria-label="Operation" value={name} onChange={({ target }) => setPicked(target.value)}>
          {names.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
      {text.trim() === "" ? (
        <p>Write an operation: its plan appears here.</p>
      ) : (
        <Shown endpoint={endpoint} query={text} operationName={several ? name : undefined} headers={headers} />
      )}
    </>
  );
};

const SwitchedOff = () => (
  <p>
    Query plans are switched off here. The router&apos;s setting <code>query_plans: true</code> turns them on.
  </p>
);

export const queryPlanPlugin = ({ endpoint, queryPlans }) => ({
  title: "Query Plan",
  icon: Icon,
  content: () => (
    <section className="query-plan" aria-label="Query Plan">
      <div className="query-plan-title">Query Plan</div>
      {queryPlans ? <Panel endpoint={endpoint} /> : <SwitchedOff />}
    </section>
  ),
});
