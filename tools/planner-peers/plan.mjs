// Plans operations with another planner: `node plan.mjs apollo` or `node plan.mjs hive`. Reads JSON lines
// `{"supergraph": SDL, "operation": text, "variables": [values, …]}`, where the supergraph stays the one before when it is
// left out; answers each with a line `{"measures": [{depth, fetches}, …], "plan": text}`, a measure for each set of
// values of the variables that conditions look at, with the plan's `fetches`, or with `{"error": message}`.
import { createInterface } from 'node:readline';
import { Supergraph, operationFromDocument } from '@apollo/federation-internals';
import { QueryPlanner as ApolloPlanner, prettyFormatQueryPlan } from '@apollo/query-planner';
import { QueryPlanner as HivePlanner } from '@graphql-hive/router-query-planner';
import { parse } from 'graphql';

const NOTHING = { depth: 0, fetches: 0 };
const add = (a, b) => ({ depth: a.depth + b.depth, fetches: a.fetches + b.fetches });
const beside = (a, b) => ({ depth: Math.max(a.depth, b.depth), fetches: a.fetches + b.fetches });

// Counts requests, and how many of them follow each other at most.
function measure(node, variables) {
  const inner = (child) => measure(child, variables);
  switch (node?.kind) {
    case undefined:
      return NOTHING;
    case 'Fetch':
    case 'BatchFetch':
      return { depth: 1, fetches: 1 };
    case 'Flatten':
      return inner(node.node);
    case 'Sequence':
      return node.nodes.map(inner).reduce(add, NOTHING);
    case 'Parallel':
      return node.nodes.map(inner).reduce(beside, NOTHING);
    case 'Condition':
      return inner(variables[node.condition] ? node.ifClause : node.elseClause);
    case 'Subscription':
      return add(inner(node.primary), inner(node.rest));
    default:
      throw new Error(`a plan node of kind ${node.kind}`);
  }
}

// Lists what is sent where.
function fetches(node) {
  if (node === null || typeof node !== 'object') return [];
  if (Array.isArray(node)) return node.flatMap(fetches);
  if (node.kind === 'Fetch' || node.kind === 'BatchFetch') return [{ subgraph: node.serviceName, operation: node.operation }];
  return Object.values(node).flatMap(fetches);
}

function apollo(sdl) {
  const supergraph = Supergraph.build(sdl, { supportedFeatures: null });
  const planner = new ApolloPlanner(supergraph);
  const schema = supergraph.apiSchema();
  return (text) => {
    const plan = planner.buildQueryPlan(operationFromDocument(schema, parse(text)));
    return { node: plan.node, text: prettyFormatQueryPlan(plan) };
  };
}

function hive(sdl) {
  const planner = new HivePlanner(sdl);
  return (text) => {
    const plan = planner.plan(text, null, new Set(), 100);
    return { node: plan.node, text: JSON.stringify(plan, null, 1) };
  };
}

const PEERS = { apollo, hive };

function attempt(make) {
  try {
    return make();
  } catch (error) {
    return { error: `${error?.message ?? error}`.slice(0, 500) };
  }
}

const load = PEERS[process.argv[2]];
let planner;

for await (const line of createInterface({ input: process.stdin })) {
  const { supergraph, operation, variables } = JSON.parse(line);
  if (supergraph !== undefined) planner = attempt(() => load(supergraph));
  const answer = attempt(() => {
    if (typeof planner !== 'function') return planner;
    const { node, text } = planner(operation);
    return { measures: variables.map((values) => measure(node, values)), fetches: fetches(node), plan: text };
  });
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
