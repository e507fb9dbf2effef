// The GraphiQL page: reads its settings from the document and renders the editor.
import "./workers.js";
import "graphiql/style.css";
import "./page.css";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createRoot } from "react-dom/client";
import { createFetcher } from "./fetcher.js";
import { queryPlanPlugin } from "./queryPlan.jsx";

const settings = JSON.parse(document.getElementById("graphiql-settings").textContent);
const fetcher = createFetcher(settings.endpoint);
// Made once: a panel is known by its plugin, and would start anew with a new one.
const plugins = [HISTORY_PLUGIN, queryPlanPlugin(settings)];

// GraphiQL titles a tab with its operation's name, so an operation without one gets the tab's.
const titled = ({ name, query }) => {
  const identifier = name.replace(/\W+(\w?)/g, (_, letter) => letter.toUpperCase()).replace(/^(?=\d)/, "_");
  return query.replace(
    /^((?:\s*#.*\n)*\s*)(?:(query|mutation|subscription)\s*)?(?=[({])/,
    (_, before, kind = "query") => `${before}${kind} ${identifier}`.trimEnd() + " ",
  );
};

const asText = (value) => (Object.keys(value ?? {}).length === 0 ? undefined : JSON.stringify(value, null, 2));

const defaultHeaders = asText(settings.headers);
const tabs = settings.tabs.map((tab) => ({
  query: titled(tab),
  variables: asText(tab.variables),
  headers: asText({ ...settings.headers, ...tab.headers }),
}));

// What the first tab starts with has to be said again: GraphiQL takes only the query from it. Once somebody has been here,
// what they left behind counts, and naming a value would put it aside.
const isFirstVisit = localStorage.getItem("graphiql:tabState") === null;
const initial = isFirstVisit ? { initialVariables: tabs[0]?.variables, initialHeaders: tabs[0]?.headers } : {};

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={plugins}
    defaultEditorToolsVisibility={defaultHeaders === undefined ? true : "headers"}
    defaultHeaders={defaultHeaders}
    {...initial}
    defaultTabs={tabs.length === 0 ? undefined : tabs}
  />,
);
