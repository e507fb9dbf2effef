"""The README's examples are run: its first query has that very answer, its commands do what they say."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.graphql_client import Client
from tests.support.journey import free_seats
from tests.support.system import ROOT, System

README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    """Give the README's code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.system
class TestAgainstTheStartedSystem:
    async def test_the_first_query_has_the_answer_that_stands_below_it(self, embedded: System) -> None:
        [query, *_] = blocks("graphql")
        [answer] = blocks("json")
        async with httpx.AsyncClient(base_url=embedded.url, trust_env=False) as client:
            response = await client.post("/graphql", json={"query": query})
        assert response.json() == json.loads(answer)

    async def test_the_curl_command_works(self, embedded: System) -> None:
        [command] = [block for block in blocks("sh") if block.startswith("curl")]
        command = command.replace("http://127.0.0.1:4000", embedded.url)
        done = subprocess.run(shlex.split(command.replace("\\\n", " ")), capture_output=True, check=True)
        assert json.loads(done.stdout)["data"]["movies"]["nodes"]

    async def test_the_subscription_gives_the_map_first(self, embedded: System) -> None:
        [_, subscription] = blocks("graphql")
        client = Client(embedded)
        free = await free_seats(client)
        async with client.subscription(subscription, showtimeId=free.showtime_id) as updates:
            first = (await updates.next())["seatMapUpdates"]
        await client.close()
        assert set(first) == {"version", "statuses"}


def test_the_plan_command_prints_a_plan_over_both_subgraphs(tmp_path: Path) -> None:
    [block] = [block for block in blocks("sh") if "router plan" in block]
    block = block.replace("/tmp/operation.graphql", str(tmp_path / "operation.graphql"))
    block = block.replace(".venv/bin/python", sys.executable)
    done = subprocess.run(["bash", "-ec", block], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "booking" in done.stdout
    assert "seat" in done.stdout


def test_every_file_that_the_readme_names_is_there() -> None:
    named = re.findall(r"`((?:router|subgraphs|eventio|bench|tests)/[\w./-]+)`", README)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_make_target_that_the_readme_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"[`\n]make ([a-z]+)", README)):
        assert f"\n{target}:" in makefile, target
