"""The router's settings: defaults, then a YAML file, then the environment, then what the command line says.

The setting `limits.body_bytes` is `limits: {body_bytes: 1000}` in the file and `ROUTER_LIMITS__BODY_BYTES` in the
environment, where lists and mappings are JSON.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError
from pydantic_settings.sources import InitSettingsSource

from router.errors import ConfigError

ENVIRONMENT_PREFIX = "ROUTER_"

_ALIKE = 0.8  # how much of two names has to be the same for one to be a misspelling of the other

HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", to_lower=True)]
Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]


class _Section(BaseModel):
    """A group of settings: unchangeable, and an unknown name is an error, not silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SubgraphSettings(_Section):
    """Where a subgraph is, in place of what the supergraph says."""

    url: str | None = Field(default=None, pattern=r"^https?://", description="for queries and mutations")
    subscription_url: str | None = Field(default=None, pattern=r"^wss?://", description="for WebSockets")


class LimitSettings(_Section):
    """What one client may ask for."""

    body_bytes: Count = Field(default=1_048_576, description="longest request body, in bytes")
    tokens: Count = Field(default=10_000, description="most tokens in a document")
    timeout_seconds: Seconds = Field(
        default=30.0, description="for a whole operation, or for one event of a subscription"
    )
    operations_per_connection: Count = Field(default=100, description="running at a time on one WebSocket")
    message_bytes: Count = Field(default=1_048_576, description="longest WebSocket message from a client, in bytes")
    connection_init_seconds: Seconds = Field(default=10.0, description="for a WebSocket to send connection_init")
    slow_client_seconds: Seconds = Field(default=10.0, description="how long a client may leave messages unread")
    operation_bytes: Count = Field(
        default=67_108_864,
        description="most that the subgraphs' answers to one operation may come to, in bytes; "
        "what one entity brings counts at every place where it is shown",
    )
    subgraph_response_bytes: Count = Field(default=67_108_864, description="longest answer of a subgraph, in bytes")
    subgraph_connections: Count = Field(default=256, description="connections to one subgraph at a time")
    subgraph_connect_seconds: Seconds = Field(default=5.0, description="to open a connection to a subgraph")


class PlanningSettings(_Section):
    """How long the router may look for a plan of one operation; what is planned once is kept."""

    fields: Count = Field(default=50_000, description="most fields of an operation, its fragments inlined")
    depth: Count = Field(default=120, description="most levels of an operation")
    effort: Count = Field(default=500_000, description="alternatives that may be weighed: some hundred a millisecond")
    improvement: Annotated[int, Field(ge=0)] = Field(
        default=1_500, description="alternatives that may be weighed for a better plan when there is one"
    )
    seconds: Seconds = Field(default=10.0, description="for planning one operation, by the clock")


class CorsSettings(_Section):
    """Which other sites' pages may call."""

    origins: tuple[str, ...] = Field(default=(), description="`https://host[:port]` each, or `*` for any")
    max_age_seconds: Annotated[int, Field(ge=0)] = Field(default=7200, description="how long browsers keep the answer")


class CsrfSettings(_Section):
    """Protection against requests that a browser sends on behalf of another site (see `router.server.csrf`)."""

    enabled: bool = Field(default=True, description="off only where no browser can come by")
    headers: tuple[HeaderName, ...] = Field(
        default=("x-apollo-operation-name", "apollo-require-preflight", "graphql-require-preflight"),
        description="any of these shows that the browser has asked for permission",
    )


class GraphiQLTab(_Section):
    """A tab that GraphiQL opens at the first visit; it is titled with the name of its operation."""

    name: str
    query: str
    variables: Mapping[str, Any] = Field(default_factory=dict)
    headers: Mapping[str, str] = Field(default_factory=dict)


class GraphiQLSettings(_Section):
    """The page for people."""

    enabled: bool = Field(
        default=True, description="whether GraphiQL is served, at `/graphiql` and to browsers at `/graphql`"
    )
    tabs: tuple[GraphiQLTab, ...] = Field(
        default=(), description="what it opens with: `name` and `query`, perhaps `variables` and `headers`"
    )
    headers: Mapping[str, str] = Field(default_factory=dict, description="what the headers editor starts with")


class LogSettings(_Section):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="from which level on")
    format: Literal["auto", "json", "text"] = Field(default="auto", description="auto: text on a terminal, else JSON")
    access: bool = Field(default=True, description="a line for each request")


class RouterConfig(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=ENVIRONMENT_PREFIX, env_nested_delimiter="__", env_ignore_empty=True
    )

    host: str = Field(default="127.0.0.1", description="where to listen")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(default=4000, description="on which port; 0 takes any free one")
    supergraph: Path | None = Field(default=None, description="the file with the supergraph SDL")
    subgraphs: Mapping[str, SubgraphSettings] = Field(default_factory=dict, description="by the subgraph's name")
    propagate_headers: tuple[HeaderName, ...] = Field(
        default=("authorization", "traceparent", "tracestate", "x-request-id", "accept-language"),
        description="the client's headers that subgraphs get",
    )
    introspection: bool = Field(default=True, description="whether `__schema` and `__type` are answered")
    query_plans: bool | None = Field(
        default=None,
        description="whether `extensions.queryPlan` is given to who asks; unset: where GraphiQL is, on loopback",
    )
    reject_unauthorized: bool = Field(
        default=False,
        description="refuse an operation with a field that the caller may not have; else such fields are null",
    )
    override_labels: tuple[str, ...] = Field(
        default=(), description="labels of @override that are active for everybody"
    )
    override_label_header: HeaderName | None = Field(
        default=None, description="the header whose value draws percent labels of @override; none: each request anew"
    )
    redact_errors: bool = Field(default=False, description="keep the messages of subgraphs' errors from clients")
    limits: LimitSettings = LimitSettings()
    planning: PlanningSettings = PlanningSettings()
    cors: CorsSettings = CorsSettings()
    csrf: CsrfSettings = CsrfSettings()
    graphiql: GraphiQLSettings = GraphiQLSettings()
    log: LogSettings = LogSettings()
    shutdown_seconds: Annotated[float, Field(gt=0, le=60)] = Field(
        default=2.0, description="for what is under way when the router is told to stop"
    )

    @property
    def shows_query_plans(self) -> bool:
        """Tell whether clients may see plans: they give away which subgraphs there are, and what each has."""
        if self.query_plans is not None:
            return self.query_plans
        return self.graphiql.enabled and _is_loopback(self.host)


def load_config(path: Path | None = None, **overrides: Any) -> RouterConfig:
    """Read the settings.

    Args:
        path: a YAML file; None for none.
        overrides: what wins over everything else; None values count as not given.

    Raises:
        ConfigError: the file cannot be read, or a setting is wrong; one line that names it.
    """
    from_file = {} if path is None else _read(path)
    given = {name: value for name, value in overrides.items() if value is not None}

    class Layered(RouterConfig):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings passes them by name
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, InitSettingsSource(settings_cls, from_file)

    try:
        return Layered(**given)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise ConfigError(_one_line(problem, _source(problem["loc"], given, path))) from error
    except SettingsError as error:
        # pydantic-settings raises this for one thing only: a list or mapping in the environment that is no JSON.
        field = next((name for name in RouterConfig.model_fields if f'"{name}"' in str(error)), "")
        raise ConfigError(f"{ENVIRONMENT_PREFIX}{field.upper()}: lists and mappings have to be JSON") from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def misspelt_variables(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Find variables that set nothing and nearly have the name of one that does; each with that name.

    Others that begin with the same prefix are nobody's mistake: service managers set some of their own.
    """
    known = {_variable(path) for path in _settings(RouterConfig, ())}
    unknown = sorted(name for name in environment if name.upper().startswith(ENVIRONMENT_PREFIX))
    return [
        (name, near[0])
        for name in unknown
        if name.upper() not in known and (near := difflib.get_close_matches(name.upper(), sorted(known), 1, _ALIKE))
    ]


def _variable(path: tuple[str, ...]) -> str:
    return ENVIRONMENT_PREFIX + "__".join(path).upper()


def _settings(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Name all settings, and the groups that they stand in."""
    for name, field in model.model_fields.items():
        yield (*path, name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _settings(field.annotation, (*path, name))


def _read(path: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - takes as long to import as all of planning, and most start without a file

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = "" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}: "
        raise ConfigError(f"{path}: {place}no YAML: {getattr(error, 'problem', None) or error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise ConfigError(f"{path}: has to be a mapping of settings, such as `port: 4000`")
    return content


def _one_line(problem: ErrorDetails, source: str) -> str:
    """Say which setting is wrong, why, and where it stands."""
    place = ".".join(str(part) for part in problem["loc"])
    match problem["type"]:
        case "extra_forbidden":
            near = difflib.get_close_matches(place, [".".join(path) for path in _settings(RouterConfig, ())], 1, _ALIKE)
            reason = f"there is no such setting; did you mean {near[0]}?" if near else "there is no such setting"
        case "missing":
            reason = "is missing"
        case _:
            reason = f"{problem['msg'][0].lower()}{problem['msg'][1:]}, not {problem['input']!r}"
    return f"{source}: {place}: {reason}"


def _source(location: tuple[int | str, ...], given: Mapping[str, Any], path: Path | None) -> str:
    """Tell where the value at `location` comes from, in the order in which sources win."""
    if location[0] in given:
        return "the command line"
    variables = {name.upper(): name for name in os.environ}
    parts = [str(part).upper() for part in location]
    for length in range(len(parts), 0, -1):
        name = ENVIRONMENT_PREFIX + "__".join(parts[:length])
        if name in variables:
            return f"the environment's {variables[name]}"
    return str(path) if path is not None else "the settings"
