"""`docs/router.md` is true: its commands run and print what it says, its tables have all settings and all codes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

from router.app import build_router
from router.composition import SubgraphSource, compose
from router.config import load_config
from router.supergraph import load_supergraph
from tests.docs.error_codes import error_codes
from tests.docs.guide import PYTHON, ROOT, Walk, blocks_of, free_ports
from tests.docs.settings_table import settings_table
from tests.support.running_server import running

GUIDE = ROOT / "docs" / "router.md"
EXAMPLES = ROOT / "examples" / "router"
TEXT = GUIDE.read_text(encoding="utf-8")
_SETTINGS = re.compile(r"(<!-- settings: .*? -->\n)(.*?)(<!-- end of settings -->)", re.DOTALL)
_SHOWN_FILE = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.system
def test_every_command_runs_and_prints_what_stands_below_it(tmp_path: Path) -> None:
    ports = dict(zip((4000, 4001, 4002, 4003, 4004), free_ports(5), strict=True))
    blocks = blocks_of(TEXT)
    with Walk(PYTHON | {"/tmp/library": str(tmp_path)}, ports) as walk:
        seen = list(walk.go(blocks))
    assert [block for block in blocks if block not in seen] == [block for block in blocks if block.installs]
    assert sum(block.serves for block in seen) == 4
    assert {block.language for block in seen} == {"sh", "python", "graphql", "yaml", "json", "text"}


def test_the_files_that_it_shows_are_those_of_the_examples() -> None:
    shown = dict(_SHOWN_FILE.findall(TEXT))
    assert sorted(shown) == [
        f"examples/router/{name}"
        for name in ("books.py", "one_process.py", "reviews.graphql", "reviews.py", "router.yaml", "stock.py")
    ]
    if os.environ.get("UPDATE_SNAPSHOTS"):
        GUIDE.write_text(_SHOWN_FILE.sub(_as_it_is, GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
        return
    for name, text in shown.items():
        assert text == (ROOT / name).read_text(encoding="utf-8"), name


def _as_it_is(shown: re.Match[str]) -> str:
    fence = shown[0][: shown.start(2) - shown.start()]
    return fence + (ROOT / shown[1]).read_text(encoding="utf-8") + "```"


def test_every_block_of_code_is_a_file_or_a_command_or_its_output() -> None:
    outside = _SHOWN_FILE.sub("", TEXT)
    assert {block.language for block in blocks_of(outside)} <= {"sh", "text", "json"}


def test_every_setting_is_in_its_table() -> None:
    [(_, table, _)] = _SETTINGS.findall(TEXT)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        now = GUIDE.read_text(encoding="utf-8")
        GUIDE.write_text(_SETTINGS.sub(lambda found: found[1] + settings_table() + found[3], now), encoding="utf-8")
        return
    assert table == settings_table()


def test_every_code_that_a_client_can_get_is_in_its_table() -> None:
    section = TEXT.split("\n## Error codes\n")[1].split("\n## ")[0]
    assert sorted(re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE)) == sorted(error_codes())


def test_the_configuration_is_taken() -> None:
    config = load_config(EXAMPLES / "router.yaml")
    assert config.subgraphs["reviews"].url == "http://127.0.0.1:4002/graphql"
    assert config.limits.timeout_seconds == 10


def test_every_file_that_it_names_is_there() -> None:
    named = re.findall(r"`((?:router|examples|docs|tests)/[\w./-]+)`", TEXT) + re.findall(r"\]\(([\w-]+\.md)", TEXT)
    assert [path for path in named if not (ROOT / path).exists() and not (GUIDE.parent / path).exists()] == []


def test_its_anchors_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) <= headings


class TestRequirements:
    """What `router/requirements.txt` lists is what the router needs, no more and no less."""

    def test_the_versions_are_those_of_the_project(self) -> None:
        lines = (ROOT / "router" / "requirements.txt").read_text(encoding="utf-8").splitlines()
        wanted = [line for line in lines if line and not line.startswith("#")]
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert [line for line in wanted if line not in project["dependencies"]] == []
        assert wanted == sorted(wanted)

    def test_nothing_else_is_imported(self) -> None:
        program = [sys.executable, "-m", "tests.docs.only_listed"]
        done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert int(done.stdout) > 100


class TestGraphene:
    """graphene wants another graphql-core, so its subgraph runs only where it has a Python of its own."""

    @pytest.fixture
    def python(self) -> str:
        python = os.environ.get("ROUTER_TEST_GRAPHENE_PYTHON")
        if python is None:
            pytest.skip("ROUTER_TEST_GRAPHENE_PYTHON names no Python with graphene-federation, starlette and uvicorn")
        return python

    def _supergraph(self, port: int) -> str:
        return compose(
            [
                SubgraphSource("stock", f"http://127.0.0.1:{port}/graphql", (EXAMPLES / "stock.graphql").read_text()),
                SubgraphSource("reviews", "http://127.0.0.1:1/graphql", (EXAMPLES / "reviews.graphql").read_text()),
            ]
        ).supergraph_sdl

    def test_its_schema_composes_with_the_others(self) -> None:
        supergraph = load_supergraph(self._supergraph(4003))
        assert sorted(supergraph.types["Book"].subgraphs) == ["reviews", "stock"]

    def test_the_copy_of_its_schema_is_what_it_prints(self, python: str) -> None:
        program = "import stock; print(stock.schema.execute('{ _service { sdl } }').data['_service']['sdl'])"
        done = subprocess.run([python, "-c", program], cwd=EXAMPLES, capture_output=True, text=True, check=True)
        assert done.stdout == (EXAMPLES / "stock.graphql").read_text()

    async def test_it_is_served(self, python: str) -> None:
        [port] = free_ports(1)
        config = load_config()
        with Walk({}, {}) as walk:
            walk.serve(f"{python} -m uvicorn --app-dir examples/router stock:app --port {port}")
            async with (
                running(build_router(config, self._supergraph(port)), config) as router,
                httpx.AsyncClient(verify=False) as client,
            ):
                answer = await client.post(f"{router.http}/graphql", json={"query": "{ soldOut { id copies } }"})
        assert answer.json() == {"data": {"soldOut": [{"id": "2", "copies": 0}]}}
