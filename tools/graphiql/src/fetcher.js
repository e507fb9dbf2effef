// Sends operations: queries and mutations over HTTP, subscriptions over a WebSocket (graphql-transport-ws).
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { getOperationAST } from "graphql";
import { createClient } from "graphql-ws";
import { filled } from "./headers.js";

const lowerCased = (headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const isSubscription = (document, operationName) =>
  document !== undefined && getOperationAST(document, operationName)?.operation === "subscription";

// A socket says once who is calling, so each subscription has its own: changed headers then count from the next run on.
async function* subscribe(url, params, headers) {
  const client = createClient({ url, connectionParams: lowerCased(headers), retryAttempts: 3 });
  try {
    yield* client.iterate(params);
  } catch (error) {
    // The browser reports a refused or broken socket as an event, which would be shown as `{"isTrusted": true}`.
    throw error instanceof CloseEvent ? new Error(`The socket was closed: ${error.code} ${error.reason}`) : error;
  } finally {
    await client.dispose();
  }
}

export function createFetcher(endpoint) {
  const url = new URL(endpoint, location.href);
  const overHttp = createGraphiQLFetcher({ url: url.href });
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return (params, options = {}) => {
    const headers = filled(options.headers);
    return isSubscription(options.documentAST, params.operationName)
      ? subscribe(socketUrl.href, params, headers)
      : overHttp(params, { ...options, headers });
  };
}
