// Plans operations with another planner: `node plan.mjs apollo` or `node plan.mjs hive`. Reads JSON lines
// `{"supergraph": SDL, "operation": text}`, where the supergraph stays the one before when it is left out; answers each
// with a line `{depth, fetches, plan}` or `{error}`.
import { createInterface } from 'node:readline';
import { Supergraph, operationFromDocument } from '@apollo/federation-internals';
import { QueryPlanner as ApolloPlanner, prettyFormatQueryPlan } from '@apollo/query-planner';
import { QueryPlanner as HivePlanner } from '@graphql-hive/router-query-planner';
import { parse } from 'graphql';

const NOTHING = { depth: 0, fetches: 0 };
const add = (a, b) => ({ depth: a.depth + b.depth, fetches: a.fetches + b.fetches });
const beside = (a, b) => ({ depth: Math.max(a.depth, b.depth), fetches: a.fetches + b.fetches });

// Counts requests, and how many of them follow each other at most. Of a condition's two branches one is taken.
function measure(node) {
  switch (node?.kind) {
    case undefined:
      return NOTHING;
    case 'Fetch':
    case 'BatchFetch':
      return { depth: 1, fetches: 1 };
    case 'Flatten':
      return measure(node.node);
    case 'Sequence':
      return node.nodes.map(measure).reduce(add, NOTHING);
    case 'Parallel':
      return node.nodes.map(measure).reduce(beside, NOTHING);
    case 'Condition': {
      const [yes, no] = [measure(node.ifClause), measure(node.elseClause)];
      return { depth: Math.max(yes.depth, no.depth), fetches: Math.max(yes.fetches, no.fetches) };
    }
    case 'Subscription':
      return add(measure(node.primary), measure(node.rest));
    default:
      throw new Error(`a plan node of kind ${node.kind}`);
  }
}

function apollo(sdl) {
  const supergraph = Supergraph.build(sdl, { supportedFeatures: null });
  const planner = new ApolloPlanner(supergraph);
  const schema = supergraph.apiSchema();
  return (text) => {
    const plan = planner.buildQueryPlan(operationFromDocument(schema, parse(text)));
    return { ...measure(plan.node), plan: prettyFormatQueryPlan(plan) };
  };
}

function hive(sdl) {
  const planner = new HivePlanner(sdl);
  return (text) => {
    const plan = planner.plan(text, null, new Set(), 100);
    return { ...measure(plan.node), plan: JSON.stringify(plan, null, 1) };
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
  const { supergraph, operation } = JSON.parse(line);
  if (supergraph !== undefined) planner = attempt(() => load(supergraph));
  const answer = typeof planner === 'function' ? attempt(() => planner(operation)) : planner;
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
