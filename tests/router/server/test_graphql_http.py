"""GraphQL over HTTP, against the running server."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import orjson
import pytest

from tests.support.local_engine import LocalEngine
from tests.support.running_server import Running

JSON = "application/json"
RESPONSE = "application/graphql-response+json"
UTF_8 = "; charset=utf-8"


def refusal(response: httpx.Response) -> tuple[int, str, str]:
    """Give status, code and message of a response that holds one error and nothing else."""
    body = response.json()
    assert list(body) == ["errors"]
    [error] = body["errors"]
    return response.status_code, error["extensions"]["code"], error["message"]


class TestPost:
    @pytest.mark.parametrize("accept", [JSON, RESPONSE])
    async def test_a_query_is_answered_in_the_accepted_type(self, client: httpx.AsyncClient, accept: str) -> None:
        response = await client.post("/graphql", json={"query": "{ hello }"}, headers={"accept": accept})
        assert response.status_code == 200
        assert response.headers["content-type"] == accept + UTF_8
        assert response.json() == {"data": {"hello": "Hello world"}}

    async def test_all_parameters_count(self, client: httpx.AsyncClient) -> None:
        request = {
            "query": "query A { hello } query B($name: String) { hello(name: $name) }",
            "operationName": "B",
            "variables": {"name": "Ada ✨"},
            "extensions": {"anything": 1},
            "unheard": "of",
        }
        response = await client.post("/graphql", content=orjson.dumps(request), headers={"content-type": JSON + UTF_8})
        assert response.json() == {"data": {"hello": "Hello Ada ✨"}}

    async def test_null_parameters_are_absent_ones(self, client: httpx.AsyncClient) -> None:
        request = {"query": "{ hello }", "operationName": None, "variables": None, "extensions": None}
        assert (await client.post("/graphql", json=request)).json() == {"data": {"hello": "Hello world"}}

    async def test_a_mutation_runs(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/graphql", json={"query": "mutation { count }"})
        assert response.json() == {"data": {"count": 1}}

    @pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (RESPONSE, 400)])
    @pytest.mark.parametrize(
        ("request_", "code"),
        [
            ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
            ({"query": "{ nonsense }"}, "GRAPHQL_VALIDATION_FAILED"),
            ({"query": "{ hello }", "operationName": "No"}, "OPERATION_RESOLUTION_FAILURE"),
            ({"query": "query ($name: String!) { hello(name: $name) }"}, "BAD_USER_INPUT"),
        ],
        ids=["syntax", "validation", "operation", "variables"],
    )
    async def test_a_request_error_has_a_status_only_where_the_client_can_tell_whose_it_is(
        self, client: httpx.AsyncClient, accept: str, status: int, request_: dict[str, Any], code: str
    ) -> None:
        response = await client.post("/graphql", json=request_, headers={"accept": accept})
        assert response.headers["content-type"] == accept + UTF_8
        assert refusal(response)[:2] == (status, code)

    @pytest.mark.parametrize("accept", [JSON, RESPONSE])
    async def test_partial_data_is_a_success(self, client: httpx.AsyncClient, accept: str) -> None:
        response = await client.post("/graphql", json={"query": "{ failing hello }"}, headers={"accept": accept})
        assert response.status_code == 200
        assert response.json()["data"] == {"failing": None, "hello": "Hello world"}

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            (b"", "The request body is no valid JSON"),
            (b"{", "The request body is no valid JSON"),
            (b'{"query": "{ \xff }"}', "The request body is no valid JSON"),
            (b'"{ hello }"', "The request body has to be a JSON object"),
            (b"{}", "The parameter 'query' is missing"),
            (b'{"query": ""}', "The parameter 'query' is missing"),
            (b'{"query": 7}', "The parameter 'query' has to be a string"),
            (
                b'{"query": "{ hello }", "operationName": []}',
                "The parameter 'operationName' has to be a string or null",
            ),
            (b'{"query": "{ hello }", "variables": "{}"}', "The parameter 'variables' has to be an object or null"),
            (b'{"query": "{ hello }", "extensions": [1]}', "The parameter 'extensions' has to be an object or null"),
        ],
    )
    @pytest.mark.parametrize("accept", [JSON, RESPONSE])
    async def test_what_is_no_graphql_request_is_a_400(
        self, client: httpx.AsyncClient, body: bytes, message: str, accept: str
    ) -> None:
        response = await client.post("/graphql", content=body, headers={"content-type": JSON, "accept": accept})
        status, code, told = refusal(response)
        assert (status, code) == (400, "BAD_REQUEST")
        assert told.startswith(message)

    async def test_a_batch_is_refused_as_such(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/graphql", json=[{"query": "{ hello }"}])
        assert refusal(response) == (
            400,
            "BATCHING_NOT_SUPPORTED",
            "Batched requests are not supported: send one operation per request.",
        )

    @pytest.mark.parametrize(
        ("headers", "message"),
        [
            ({}, "The request needs the header 'content-type: application/json'."),
            ({"content-type": "text/plain"}, "The content type has to be application/json, not text/plain."),
            (
                {"content-type": "application/x-www-form-urlencoded"},
                "The content type has to be application/json, not application/x-www-form-urlencoded.",
            ),
            (
                {"content-type": "multipart/form-data; boundary=x"},
                "The content type has to be application/json, not multipart/form-data.",
            ),
            ({"content-type": "application/json; charset=latin-1"}, "The request body has to be encoded in UTF-8."),
            (
                {"content-type": "application/json", "content-encoding": "gzip"},
                "Compressed request bodies are not supported.",
            ),
        ],
    )
    async def test_another_content_type_is_a_415(
        self, client: httpx.AsyncClient, headers: dict[str, str], message: str
    ) -> None:
        response = await client.post("/graphql", content=b'{"query": "{ hello }"}', headers=headers)
        assert refusal(response) == (415, "UNSUPPORTED_MEDIA_TYPE", message)

    async def test_nothing_acceptable_is_a_406(self, client: httpx.AsyncClient, engine: LocalEngine) -> None:
        response = await client.post("/graphql", json={"query": "{ hello }"}, headers={"accept": "image/png"})
        assert refusal(response)[:2] == (406, "NOT_ACCEPTABLE")
        assert engine.contexts == []

    async def test_a_subscription_needs_a_stream(self, client: httpx.AsyncClient, engine: LocalEngine) -> None:
        response = await client.post("/graphql", json={"query": "subscription { quiet }"})
        assert refusal(response)[:2] == (406, "NOT_ACCEPTABLE")
        assert engine.contexts == []

    async def test_an_unforeseen_failure_is_a_500_that_tells_nothing(self, client: httpx.AsyncClient) -> None:
        request = {"query": "{ crashing }", "extensions": {"crashing_engine": True}}
        response = await client.post("/graphql", json=request)
        assert refusal(response) == (500, "INTERNAL_SERVER_ERROR", "Internal server error.")
        assert "secret" not in response.text


class TestBodyLimit:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"limits": {"body_bytes": 100}}

    async def test_a_body_at_the_limit_is_read(self, client: httpx.AsyncClient) -> None:
        body = b'{"query": "{ hello }"}'.ljust(100)
        response = await client.post("/graphql", content=body, headers={"content-type": JSON})
        assert response.json() == {"data": {"hello": "Hello world"}}

    async def test_one_above_is_a_413(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/graphql", content=b" " * 101, headers={"content-type": JSON})
        assert refusal(response) == (413, "PAYLOAD_TOO_LARGE", "The request body is longer than 100 bytes.")

    async def test_a_body_that_does_not_say_its_length_is_counted(self, router: Running) -> None:
        reader, writer = await asyncio.open_connection(*router.host.split(":"))
        writer.write(
            b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        for _ in range(3):
            writer.write(b"28\r\n" + b" " * 40 + b"\r\n")
            await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 413 ")
        assert b"connection: close" in head
        writer.close()


class TestBodyTime:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"limits": {"timeout_seconds": 0.1}}

    async def test_a_body_that_does_not_come_is_a_408(self, router: Running) -> None:
        reader, writer = await asyncio.open_connection(*router.host.split(":"))
        writer.write(
            b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 22\r\n\r\n{"
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 ")
        assert b'"REQUEST_TIMEOUT"' in await reader.read()
        writer.close()


class TestGet:
    ACCEPT = {"accept": RESPONSE}  # noqa: RUF012 - read only

    async def test_a_query_is_answered(self, client: httpx.AsyncClient) -> None:
        parameters = {
            "query": "query A { hello } query B($name: String) { hello(name: $name) }",
            "operationName": "B",
            "variables": '{"name": "Ada + ✨"}',
            "extensions": "",
        }
        response = await client.get("/graphql", params=parameters, headers=self.ACCEPT)
        assert response.json() == {"data": {"hello": "Hello Ada + ✨"}}

    async def test_a_mutation_is_a_405_and_does_not_run(self, client: httpx.AsyncClient, engine: LocalEngine) -> None:
        response = await client.get("/graphql", params={"query": "mutation { count }"}, headers=self.ACCEPT)
        assert refusal(response) == (405, "METHOD_NOT_ALLOWED", "A mutation has to be sent with POST.")
        assert response.headers["allow"] == "POST"
        assert engine.counted == 0

    @pytest.mark.parametrize(
        ("query_string", "message"),
        [
            ("", "The parameter 'query' is missing."),
            ("query=%7Bhello%7D&variables=%7B", "The parameter 'variables' is no valid JSON."),
            ("query=%7Bhello%7D&variables=%5B%5D", "The parameter 'variables' has to be an object or null."),
            ("query=%7Bhello%7D&query=%7Bhello%7D", "The parameter 'query' is there more than once."),
            ("query=%FF", "The query string is not encoded well."),
            ("&".join(f"p{index}=1" for index in range(101)), "The query string is not encoded well."),
        ],
    )
    async def test_bad_parameters_are_a_400(self, client: httpx.AsyncClient, query_string: str, message: str) -> None:
        response = await client.get(f"/graphql?{query_string}", headers=self.ACCEPT)
        assert refusal(response) == (400, "BAD_REQUEST", message)

    async def test_other_methods_are_a_405(self, client: httpx.AsyncClient) -> None:
        response = await client.put("/graphql", json={"query": "{ hello }"})
        assert refusal(response) == (405, "METHOD_NOT_ALLOWED", "The method PUT is not served here.")
        assert response.headers["allow"] == "GET, POST, OPTIONS"


class TestCrossSiteRequests:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"cors": {"origins": ["https://shop.example"]}}

    @pytest.mark.parametrize(
        "headers",
        [
            {"accept": RESPONSE},
            {"accept": "*/*", "apollo-require-preflight": "1"},
            {"accept": "*/*", "x-apollo-operation-name": "A"},
            {"accept": "*/*", "content-type": "application/json"},
            {"accept": "*/*", "sec-fetch-site": "same-origin"},
            {"accept": "*/*", "sec-fetch-site": "none"},
            {"accept": "*/*", "sec-fetch-mode": "cors"},
            {"accept": "*/*", "sec-fetch-site": "cross-site", "origin": "https://shop.example"},
        ],
    )
    async def test_what_no_other_site_can_cause_is_answered(
        self, client: httpx.AsyncClient, headers: dict[str, str]
    ) -> None:
        response = await client.get("/graphql", params={"query": "{ hello }"}, headers=headers)
        assert response.json() == {"data": {"hello": "Hello world"}}

    @pytest.mark.parametrize(
        "headers",
        [
            {"accept": "*/*"},
            {"accept": "image/avif,image/webp,*/*;q=0.8"},
            {"accept": RESPONSE, "sec-fetch-site": "cross-site"},
            {"accept": RESPONSE, "sec-fetch-site": "same-site"},
            {"accept": "*/*", "sec-fetch-mode": "no-cors"},
            {"accept": "*/*", "sec-fetch-mode": "cors", "origin": "https://evil.example"},
            {"accept": RESPONSE, "origin": "https://evil.example"},
            {"accept": RESPONSE, "origin": "null", "sec-fetch-site": "same-origin"},
            {"accept": "*/*", "content-type": "text/plain"},
        ],
    )
    async def test_what_another_site_could_cause_is_refused(
        self, client: httpx.AsyncClient, engine: LocalEngine, headers: dict[str, str]
    ) -> None:
        response = await client.get("/graphql", params={"query": "{ hello }"}, headers=headers)
        status, code, message = refusal(response)
        assert (status, code) == (400, "CSRF_ERROR")
        assert "apollo-require-preflight" in message
        assert engine.contexts == []

    async def test_pages_of_an_allowed_origin_may_read_answers(self, client: httpx.AsyncClient) -> None:
        response = await client.post(
            "/graphql", json={"query": "{ hello }"}, headers={"origin": "https://shop.example"}
        )
        assert response.headers["access-control-allow-origin"] == "https://shop.example"
        assert response.headers["access-control-expose-headers"] == "x-request-id"
        assert response.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in response.headers

    async def test_pages_of_another_origin_may_not(self, client: httpx.AsyncClient) -> None:
        response = await client.post(
            "/graphql", json={"query": "{ hello }"}, headers={"origin": "https://evil.example"}
        )
        assert "access-control-allow-origin" not in response.headers
        assert response.headers["vary"] == "Origin"

    async def test_a_preflight_is_answered(self, client: httpx.AsyncClient) -> None:
        asked = {
            "origin": "https://shop.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type",
        }
        response = await client.options("/graphql", headers=asked)
        assert response.status_code == 204
        assert response.headers["access-control-allow-origin"] == "https://shop.example"
        assert response.headers["access-control-allow-methods"] == "GET, POST, OPTIONS"
        assert response.headers["access-control-allow-headers"] == "authorization,content-type"
        assert response.headers["access-control-max-age"] == "7200"

    async def test_a_preflight_of_another_origin_gets_no_permission(self, client: httpx.AsyncClient) -> None:
        response = await client.options("/graphql", headers={"origin": "https://evil.example"})
        assert [name for name in response.headers if name.startswith("access-control")] == []


class TestHeaders:
    async def test_only_the_listed_headers_go_to_subgraphs(
        self, client: httpx.AsyncClient, engine: LocalEngine
    ) -> None:
        sent = {
            "authorization": "Bearer t",
            "traceparent": "00-1-2-01",
            "x-request-id": "r-1",
            "accept-language": "de",
            "cookie": "session=1",
            "x-deadline-ms": "1",
        }
        await client.post("/graphql", json={"query": "{ hello }"}, headers=sent)
        [context] = engine.contexts
        assert context.headers == (
            ("x-request-id", "r-1"),
            ("x-forwarded-for", "127.0.0.1"),
            ("authorization", "Bearer t"),
            ("traceparent", "00-1-2-01"),
            ("accept-language", "de"),
        )
        assert (context.request_id, context.timeout) == ("r-1", 30.0)

    async def test_the_request_id_comes_back(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/graphql", json={"query": "{ hello }"}, headers={"x-request-id": "r-1:2/3"})
        assert response.headers["x-request-id"] == "r-1:2/3"

    @pytest.mark.parametrize("given", [None, "", "with space", "x" * 129, "<script>", "é"])
    async def test_an_unfit_request_id_is_replaced(self, client: httpx.AsyncClient, given: str | None) -> None:
        headers = httpx.Headers([] if given is None else [(b"x-request-id", given.encode())])
        response = await client.post("/graphql", json={"query": "{ hello }"}, headers=headers)
        assert len(response.headers["x-request-id"]) == 32
        int(response.headers["x-request-id"], 16)
