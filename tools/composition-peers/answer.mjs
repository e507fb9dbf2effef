// Reads one JSON request per line on stdin and answers each with one line of JSON; see README.md for the requests.
import { createInterface } from "node:readline";
import { composeServices as composeWithApollo } from "@apollo/composition";
import { ERRORS, Supergraph, operationFromDocument, printSchema as printApolloSchema } from "@apollo/federation-internals";
import { QueryPlanner } from "@apollo/query-planner";
import {
  composeServices as composeWithGuild,
  transformSupergraphToPublicSchema,
} from "@theguild/federation-composition";
import { parse, print, buildASTSchema, printSchema, lexicographicSortSchema } from "graphql";

// Both libraries say on the console what only distracts here.
console.warn = () => {};
console.error = () => {};
console.log = () => {};

const told = (error) => ({ code: error.extensions?.code ?? null, message: error.message });

function services(subgraphs) {
  return subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
}

function compose(composer, subgraphs) {
  let parsed;
  try {
    parsed = services(subgraphs);
  } catch (error) {
    return { errors: [{ code: "INVALID_GRAPHQL", message: error.message }] };
  }
  const result = composer === "apollo" ? composeWithApollo(parsed) : composeWithGuild(parsed);
  if (result.errors?.length) return { errors: result.errors.map(told) };
  const hints = (result.hints ?? []).map((hint) => ({
    code: hint.definition?.code ?? null,
    coordinate: hint.coordinate ?? null,
    message: hint.message,
  }));
  return { sdl: result.supergraphSdl, hints };
}

function sorted(sdl) {
  return printSchema(lexicographicSortSchema(buildASTSchema(parse(sdl), { assumeValidSDL: true })));
}

const loaders = {
  apollo(sdl) {
    const supergraph = Supergraph.build(sdl, { supportedFeatures: null, validateSupergraph: true });
    new QueryPlanner(supergraph);
    return sorted(printApolloSchema(supergraph.apiSchema()));
  },
  guild: (sdl) => sorted(print(transformSupergraphToPublicSchema(parse(sdl)))),
};

function plan(sdl, operations) {
  const supergraph = Supergraph.build(sdl, { supportedFeatures: null });
  const planner = new QueryPlanner(supergraph);
  const schema = supergraph.apiSchema();
  return {
    plans: operations.map((text) => planner.buildQueryPlan(operationFromDocument(schema, parse(text)))),
  };
}

const answers = {
  compose: ({ composer, subgraphs }) => compose(composer, subgraphs),
  load: ({ loader, sdl }) => ({ api: loaders[loader](sdl) }),
  codes: () => ({ codes: Object.values(ERRORS).map((error) => error.code) }),
  plan: ({ sdl, operations }) => plan(sdl, operations),
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = answers[request.ask](request);
  } catch (error) {
    answer = { thrown: told(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
