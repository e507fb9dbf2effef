// The GraphiQL page: reads its settings from the document and renders the editor.
import "./workers.js";
import "graphiql/style.css";
import "./page.css";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createRoot } from "react-dom/client";
import { createFetcher } from "./fetcher.js";

const settings = JSON.parse(document.getElementById("graphiql-settings").textContent);
const fetcher = createFetcher(settings.endpoint);

// GraphiQL titles a tab with its operation's name; one without a name tells its purpose in a comment.
const titled = ({ name, query }) =>
  /^\s*(query|mutation|subscription)\s+\w/m.test(query) ? query : `# ${name}\n${query}`;

const asText = (value) => (Object.keys(value ?? {}).length === 0 ? undefined : JSON.stringify(value, null, 2));

const defaultHeaders = asText(settings.headers);
const tabs = settings.tabs.map((tab) => ({
  query: titled(tab),
  variables: asText(tab.variables),
  headers: asText({ ...settings.headers, ...tab.headers }),
}));

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={[HISTORY_PLUGIN]}
    defaultEditorToolsVisibility={defaultHeaders === undefined ? true : "headers"}
    defaultHeaders={defaultHeaders}
    defaultTabs={tabs.length === 0 ? undefined : tabs}
  />,
);
