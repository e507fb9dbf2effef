"""Planning without anything around it: what a new operation costs, and how that grows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from graphql import DocumentNode, parse, validate

from bench.router.graphs import Mesh, Shape, implementations, supergraph_sdl
from bench.router.operations import operation, side_by_side
from bench.router.timing import Spread, cpu_ms
from router.execution.operations import OperationCache
from router.execution.request import EngineSettings
from router.planning import Planner
from router.supergraph import Supergraph, load_supergraph

__all__ = ["Row", "planning_rows"]

Row = dict[str, str | float]
"""A line of a table: what was measured, and the figures by their names."""

_SEEDS = (0, 1, 2)


def planning_rows() -> Iterator[tuple[str, Row]]:
    """Measure; give each line with the name of its table as soon as it is there."""
    for shape, fields in ((Shape(4, 8), 60), (Shape(4, 8, keys=3, sharing=0.5), 60), (Shape(30, 80), 1_000)):
        for seed in _SEEDS:
            yield "a new operation, CPU ms", _cold(shape, fields, seed)
    for seed in _SEEDS:
        yield "growth with independent parts, CPU as a multiple of one part's", _growth(seed)
    for count, keys in ((10, 3), (70, 3)):
        yield f"{count} implementations of an interface, CPU ms", _interfaces(count, keys)
    for subgraphs in (3, 10, 50, 200):
        yield "by number of subgraphs, CPU ms", _subgraphs(subgraphs)
    yield "a plan that is known, CPU µs", _cached()


def _cold(shape: Shape, fields: int, seed: int) -> Row:
    supergraph = load_supergraph(supergraph_sdl(Mesh(shape, seed).subgraphs()))
    text = operation(supergraph, fields=fields, depth=4, seed=seed)
    document = parse(text)
    assert not validate(supergraph.api_schema, document)
    once = cpu_ms(partial(Planner(supergraph).plan, document), rounds=1)
    planner = Planner(supergraph)
    plan = planner.plan(document)
    parsing = cpu_ms(partial(parse, text))
    validating = cpu_ms(partial(validate, supergraph.api_schema, document))
    planning = cpu_ms(partial(planner.plan, document))
    return {
        "what": f"{fields} fields, {shape.subgraphs} subgraphs, keys {shape.keys}, shared {shape.sharing}, seed {seed}",
        "requests": len(plan.steps),
        "parse": str(parsing),
        "validate": str(validating),
        "plan": str(planning),
        "first ever": round(once.median, 1),
        "all": round(parsing.median + validating.median + planning.median, 1),
        "plan x validate": round(planning.median / validating.median, 1),
    }


def _growth(seed: int) -> Row:
    supergraph = load_supergraph(supergraph_sdl(Mesh(Shape(10, 20), seed).subgraphs()))
    part = operation(supergraph, fields=60, depth=3, seed=seed)
    planner = Planner(supergraph)

    def planning(times: int) -> Spread:
        document: DocumentNode = parse(side_by_side(part, times))
        planner.plan(document)
        return cpu_ms(partial(planner.plan, document))

    counts = (1, 2, 4, 8, 16)
    measured = [planning(times).median for times in counts]
    ratios = {f"x{times}": round(taken / measured[0], 2) for times, taken in zip(counts, measured, strict=True)}
    return {"what": f"60 fields, seed {seed}", **ratios}


def _interfaces(count: int, keys: int) -> Row:
    supergraph = load_supergraph(supergraph_sdl(implementations(count, keys=keys, subgraphs=4)))
    planner = Planner(supergraph)
    alone = " ".join(f"... on T{number} {{ own1 own2 own3 }}" for number in range(count))
    nested = " ".join(f"... on T{number} {{ own1 friend {{ own3 }} }}" for number in range(count))
    operations = {
        "one level": "{ node0 { common own1 } }",
        "three levels": "{ node0 { own1 friend { own2 friend { own3 common } } } }",
        "each type alone": f"{{ node0 {{ {alone} }} }}",
        f"{count} below each of {count}": f"{{ node0 {{ {nested} }} }}",
    }
    figures: Row = {"what": f"{count} implementations, {keys} keys, 4 subgraphs"}
    for name, text in operations.items():
        document = parse(text)
        plan = planner.plan(document)
        taken = cpu_ms(partial(planner.plan, document), rounds=3).median
        figures[name] = f"{taken:.1f} ({len(plan.steps)} requests)"
    return figures


def _subgraphs(count: int) -> Row:
    sdl = supergraph_sdl(Mesh(Shape(count, 2 * count), 0).subgraphs())
    supergraph = load_supergraph(sdl)
    document = parse(operation(supergraph, fields=300, depth=4, seed=0))
    planner = Planner(supergraph)
    plan = planner.plan(document)
    return {
        "what": f"{count} subgraphs, {2 * count} entities",
        "read the supergraph": str(cpu_ms(partial(load_supergraph, sdl), rounds=3)),
        "query graph and first plan": str(cpu_ms(partial(_first_plan, supergraph, document))),
        "300 fields": str(cpu_ms(partial(planner.plan, document))),
        "requests": len(plan.steps),
    }


def _first_plan(supergraph: Supergraph, document: DocumentNode) -> None:
    """The query graph is built as it is asked: only a plan shows what it costs."""
    Planner(supergraph).plan(document)


def _cached() -> Row:
    supergraph = load_supergraph(supergraph_sdl(Mesh(Shape(4, 8), 0).subgraphs()))
    cache = OperationCache(supergraph.api_schema, Planner(supergraph), EngineSettings())
    figures: Row = {"what": "found by its text"}
    for fields in (20, 60, 1_000):
        encoded = operation(supergraph, fields=fields, depth=4, seed=0).encode()
        text = encoded.decode()
        cache.get(text, None)
        again = cpu_ms(partial(cache.get, text, None), calls=20_000)
        # A request's text is a new string each time: decoding and hashing it are part of the cost.
        fresh = cpu_ms(partial(_find, cache, encoded), calls=20_000)
        figures[f"{fields} fields"] = round(again.median * 1000, 2)
        figures[f"{fields} fields, new text"] = round(fresh.median * 1000, 2)
    return figures


def _find(cache: OperationCache, encoded: bytes) -> None:
    cache.get(encoded.decode(), None)
