"""`python -m chaos`: the proof, and with --controls the proof that it can fail."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from chaos.guards import GUARDS
from chaos.run import Outcome, Plan, run

REPORTS = Path(__file__).resolve().parent.parent / "reports"
_DEFAULTS = Plan()
out = Console(highlight=False, soft_wrap=True)


def chaos(
    seconds: Annotated[float, typer.Option(help="How long people buy and things break.")] = _DEFAULTS.seconds,
    buyers: Annotated[int, typer.Option(help="How many at a time.")] = _DEFAULTS.buyers,
    hot: Annotated[float, typer.Option(help="The share of them on one showtime.")] = _DEFAULTS.hot,
    deaths: Annotated[float, typer.Option(help="Chance of death at each chosen line.")] = _DEFAULTS.deaths,
    strikes: Annotated[float, typer.Option(help="Seconds between strikes from outside; 0: none.")] = _DEFAULTS.strikes,
    seed: Annotated[int, typer.Option(help="Of what is left to chance.")] = _DEFAULTS.seed,
    without: Annotated[str, typer.Option(help=f"Leave out a guard: {', '.join(GUARDS)}.")] = "",
    *,
    controls: Annotated[
        bool, typer.Option("--controls", help="Run once without each guard: each run has to fail.")
    ] = False,
) -> None:
    """Buy from hundreds of clients while processes die, servers crash and the provider misbehaves; then compare."""
    plan = Plan(seconds, buyers, hot, deaths, strikes, without, seed)
    wanted = [Plan(seconds, buyers, hot, deaths, strikes, name, seed, 60) for name in GUARDS] if controls else [plan]
    failed = False
    for one in wanted:
        outcome = _one(one)
        _print(outcome)
        broken = {breach.invariant for breach in outcome.breaches}
        as_wanted = bool(broken & GUARDS[one.without].breaks) if one.without else not broken
        failed = failed or not as_wanted
        if one.without:
            seen = "seen to fail, as it has to" if as_wanted else "NOT SEEN TO FAIL: this run proves nothing about it"
            out.print(f"  without “{GUARDS[one.without].what}”: {seen}")
    sys.exit(1 if failed else 0)


def _one(plan: Plan) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="eventio-chaos-", ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o755)  # PostgreSQL runs as another user where we are root
        outcome = asyncio.run(run(plan, path, told=lambda step: out.print(f"[dim]{step} …[/]")))
        if outcome.breaches and not plan.without:
            kept = REPORTS / f"chaos-logs-{int(time.time())}"
            kept.mkdir(parents=True)
            for log in path.glob("*.log"):
                (kept / log.name).write_bytes(log.read_bytes())
            out.print(f"logs: {kept}")
    REPORTS.mkdir(exist_ok=True)
    (REPORTS / "chaos.json").write_text(json.dumps(_report(outcome), indent=2))
    return outcome


def _report(outcome: Outcome) -> dict[str, Any]:
    journal = outcome.journal
    return {
        "plan": asdict(outcome.plan),
        "seconds": outcome.seconds,
        "operations": journal.operations,
        "refusals": journal.refusals,
        "unanswered": journal.unanswered,
        "struck": dict(outcome.struck),
        "deaths": dict(outcome.deaths),
        "breaches": [asdict(breach) for breach in outcome.breaches],
    }


def _print(outcome: Outcome) -> None:
    journal = outcome.journal
    done = sum(journal.operations.values())
    confirmed = sum(1 for one in journal.told if one.status == "CONFIRMED")
    out.print(
        f"{done} mutations answered in {outcome.seconds:.0f} s ({journal.unanswered} tries without an answer), "
        f"{len(journal.told)} bookings, {confirmed} confirmed to their buyers"
    )
    for name, taken in sorted(journal.latencies.items()):
        ordered = sorted(taken)
        p99 = ordered[int(len(ordered) * 0.99)] if ordered else 0
        rate = len(taken) / outcome.seconds
        out.print(
            f"  {name:20} {rate:7.1f}/s   median {statistics.median(taken) * 1000:6.0f} ms   p99 {p99 * 1000:6.0f} ms"
        )
    out.print(
        "struck: " + (", ".join(f"{count} x {what}" for what, count in outcome.struck.most_common()) or "nothing")
    )
    out.print("died:   " + (", ".join(f"{count} x {what}" for what, count in outcome.deaths.most_common()) or "nobody"))
    out.print(f"[bold]{len(outcome.breaches)} breaches[/]")
    for breach in outcome.breaches[:30]:
        out.print(f"  {breach.invariant} {breach.subject}: {breach.detail}")


if __name__ == "__main__":
    typer.run(chaos)
