"""The GraphiQL page and its files, as a browser asks for them."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import httpx
import pytest

from router.server.graphiql_page import FOLDER

TAB = {"name": "Greeting", "query": "{ hello } # </script>", "variables": {"n": 1}, "headers": {"x-a": "1"}}


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"graphiql": {"tabs": [TAB], "headers": {"Authorization": "Bearer t"}}}


async def page_of(client: httpx.AsyncClient, path: str = "/graphiql") -> httpx.Response:
    return await client.get(path, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})


@pytest.mark.parametrize("path", ["/graphql", "/graphql?query=%7Bhello%7D", "/graphiql", "/graphiql/"])
async def test_a_browser_gets_the_page(client: httpx.AsyncClient, path: str) -> None:
    response = await page_of(client, path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


async def test_the_settings_are_in_the_page_and_cannot_end_their_element(client: httpx.AsyncClient) -> None:
    element = r'<script type="application/json" id="graphiql-settings">(.*?)</script>'
    found = re.findall(element, (await page_of(client)).text)
    assert [json.loads(each) for each in found] == [
        {"endpoint": "/graphql", "headers": {"Authorization": "Bearer t"}, "queryPlans": True, "tabs": [TAB]}
    ]


async def test_nothing_is_asked_of_another_host(client: httpx.AsyncClient) -> None:
    assert re.findall(r'(?:src|href)="(?!/graphiql/|data:)', (await page_of(client)).text) == []


async def test_files_are_kept_for_ever_under_an_address_that_changes_with_them(client: httpx.AsyncClient) -> None:
    [address] = re.findall(r'src="(/graphiql/[0-9a-f]{16}/graphiql\.js)"', (await page_of(client)).text)
    response = await client.get(address)
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.content == (FOLDER / "graphiql.js").read_bytes()
    plain = await client.get(address, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == response.content
    assert len(gzip.compress(plain.content)) < len(plain.content)


@pytest.mark.parametrize(
    "name", ["{version}/nothing.js", "{version}/../graphiql_page.py", "{version}/..%2fapp.py", "0000/graphiql.js", "x"]
)
async def test_what_is_no_file_of_this_build_is_a_404(client: httpx.AsyncClient, name: str) -> None:
    [version] = re.findall(r"/graphiql/([0-9a-f]{16})/graphiql\.js", (await page_of(client)).text)
    response = await client.get(f"/graphiql/{name.format(version=version)}")
    assert response.status_code == 404


async def test_only_get_is_served(client: httpx.AsyncClient) -> None:
    assert (await client.post("/graphiql")).status_code == 405
    assert (await client.head("/graphiql")).status_code == 200


def test_the_build_brings_its_licence() -> None:
    assert (FOLDER / "LICENSE").read_text(encoding="utf-8").startswith("GraphiQL 5.")
    assert "- monaco-editor " in (FOLDER / "NOTICES.md").read_text(encoding="utf-8")


class TestSwitchedOff:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"graphiql": {"enabled": False}}

    async def test_there_is_no_page(self, client: httpx.AsyncClient) -> None:
        assert (await page_of(client)).status_code == 404
        assert (await page_of(client, "/")).status_code == 404
        [error] = (await page_of(client, "/graphql?query=%7Bhello%7D")).json()["errors"]
        assert error["extensions"] == {"code": "CSRF_ERROR"}
