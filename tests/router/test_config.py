"""Where settings come from, which wins, and what is said when one is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from router.config import load_config, misspelt_variables
from router.errors import ConfigError


def written(folder: Path, text: str) -> Path:
    path = folder / "router.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_anything_the_defaults_hold() -> None:
    config = load_config()
    assert (config.host, config.port, config.supergraph) == ("127.0.0.1", 4000, None)
    assert config.propagate_headers == (
        "authorization",
        "traceparent",
        "tracestate",
        "x-request-id",
        "accept-language",
    )
    assert config.cors.origins == ()
    assert config.graphiql.enabled is True
    assert config.limits.timeout_seconds == 30.0


def test_the_file_says_what_it_wants_different(tmp_path: Path) -> None:
    config = load_config(
        written(
            tmp_path,
            """
            port: 5000
            supergraph: ./supergraph.graphql
            subgraphs:
              products: {url: "http://10.0.0.1/graphql", subscription_url: "ws://10.0.0.1/ws"}
            propagate_headers: [Authorization, X-Tenant]
            limits: {body_bytes: 100}
            cors: {origins: ["https://shop.example"]}
            graphiql:
              tabs: [{name: Search, query: "{ a }", variables: {n: 1}}]
            """,
        )
    )
    assert (config.port, config.supergraph) == (5000, Path("supergraph.graphql"))
    assert config.subgraphs["products"].url == "http://10.0.0.1/graphql"
    assert config.propagate_headers == ("authorization", "x-tenant")
    assert (config.limits.body_bytes, config.limits.tokens) == (100, 10_000)
    assert config.graphiql.tabs[0].variables == {"n": 1}


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "{host: file, port: 1, limits: {tokens: 1, body_bytes: 1}}")
    monkeypatch.setenv("ROUTER_PORT", "2")
    monkeypatch.setenv("ROUTER_HOST", "environment")
    monkeypatch.setenv("ROUTER_LIMITS__TOKENS", "2")
    monkeypatch.setenv("ROUTER_CORS__ORIGINS", '["https://a.example"]')
    config = load_config(path, port=3, host=None)
    assert (config.host, config.port) == ("environment", 3)
    assert (config.limits.tokens, config.limits.body_bytes) == (2, 1)
    assert config.cors.origins == ("https://a.example",)


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert load_config(written(tmp_path, "# nothing yet\n")).port == 4000


def test_settings_cannot_be_changed_afterwards() -> None:
    config = load_config()
    with pytest.raises(ValidationError):
        config.port = 1
    with pytest.raises(ValidationError):
        config.limits.tokens = 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("port: x", "port: input should be a valid integer, unable to parse string as an integer, not 'x'"),
        ("port: 70000", "port: input should be less than or equal to 65535, not 70000"),
        ("prt: 1", "prt: there is no such setting; did you mean port?"),
        ("limits: {boby_bytes: 1}", "limits.boby_bytes: there is no such setting; did you mean limits.body_bytes?"),
        ("colour: red", "colour: there is no such setting"),
        ("limits: {body_bytes: 0}", "limits.body_bytes: input should be greater than 0, not 0"),
        ("graphiql: {tabs: [{name: x}]}", "graphiql.tabs.0.query: is missing"),
        ("subgraphs: {a: {url: ftp://x}}", "subgraphs.a.url: string should match pattern '^https?://', not 'ftp://x'"),
        ("- port", "has to be a mapping of settings, such as `port: 4000`"),
        ("a: [", "line 1, column 5: no YAML: expected the node content, but found '<stream end>'"),
    ],
)
def test_a_mistake_in_the_file_is_one_line_that_names_file_and_setting(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value) == f"{path}: {message}"


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_LIMITS__TOKENS", "many")
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, "limits: {body_bytes: 1}"))
    assert str(caught.value) == (
        "the environment's ROUTER_LIMITS__TOKENS: limits.tokens: "
        "input should be a valid integer, unable to parse string as an integer, not 'many'"
    )


def test_a_list_in_the_environment_that_is_no_json_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_CORS__ORIGINS", "https://a.example")
    with pytest.raises(ConfigError, match=r"^ROUTER_CORS: lists and mappings have to be JSON$"):
        load_config()


def test_a_mistake_on_the_command_line_says_so() -> None:
    with pytest.raises(ConfigError, match=r"^the command line: port: "):
        load_config(port=-1)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value) == f"{path}: cannot be read: No such file or directory"


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "router.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(path)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, True),
        ({"host": "localhost"}, True),
        ({"host": "::1"}, True),
        ({"host": "0.0.0.0"}, False),
        ({"host": "router.example"}, False),
        ({"graphiql": {"enabled": False}}, False),
        ({"host": "0.0.0.0", "query_plans": True}, True),
        ({"query_plans": False}, False),
    ],
    ids=str,
)
def test_plans_are_shown_where_graphiql_is_on_loopback_unless_the_settings_say(
    given: dict[str, Any], *, shown: bool
) -> None:
    assert load_config(**given).shows_query_plans is shown


def test_a_misspelt_variable_is_found_and_others_of_the_prefix_are_left_alone() -> None:
    environment = {
        "ROUTER_LIMTS__TOKENS": "1",
        "ROUTER_PROT": "1",
        "router_port": "1",
        "ROUTER_LIMITS": "{}",
        "ROUTER_LOG__LEVEL": "info",
        "ROUTER_SERVICE_HOST": "10.0.0.1",
        "ROUTER_PORT_4000_TCP_ADDR": "10.0.0.1",
        "PORT": "1",
    }
    assert misspelt_variables(environment) == [
        ("ROUTER_LIMTS__TOKENS", "ROUTER_LIMITS__TOKENS"),
        ("ROUTER_PROT", "ROUTER_PORT"),
    ]
