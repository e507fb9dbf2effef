// Sends an operation with one client and prints each result that the client gives, a line of JSON each.
//   node send.mjs apollo-2022|apollo-v0.2|urql URL QUERY
import { ApolloClient, HttpLink, InMemoryCache, gql as apolloGql } from "@apollo/client";
import { Defer20220824Handler, GraphQL17Alpha9Handler } from "@apollo/client/incremental";
import { Client, fetchExchange, gql as urqlGql } from "@urql/core";

const [, , kind, url, query] = process.argv;

function tell(data, errors, more) {
  const messages = (errors ?? []).map((error) => error.message);
  console.log(JSON.stringify({ data: data ?? null, errors: messages, more }));
}

// `watchQuery` gives what is there each time that something comes.
async function sendWithApollo(incrementalHandler) {
  const client = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache(), incrementalHandler });
  const observable = client.watchQuery({ query: apolloGql(query), errorPolicy: "all", fetchPolicy: "no-cache" });
  await new Promise((resolve, reject) => {
    observable.subscribe({
      next: (result) => {
        const last = !result.loading;
        if (result.data !== undefined || last) tell(result.data, result.error?.errors, !last);
        if (last) resolve();
      },
      error: reject,
    });
  });
  client.stop();
}

async function sendWithUrql() {
  const client = new Client({ url, exchanges: [fetchExchange], preferGetMethod: false });
  await new Promise((resolve) => {
    client.query(urqlGql(query), {}).subscribe((result) => {
      tell(result.data, result.error?.graphQLErrors, result.hasNext);
      if (!result.hasNext) resolve();
    });
  });
}

const senders = {
  "apollo-2022": () => sendWithApollo(new Defer20220824Handler()),
  "apollo-v0.2": () => sendWithApollo(new GraphQL17Alpha9Handler()),
  urql: sendWithUrql,
};
await senders[kind]();
process.exit(0);
