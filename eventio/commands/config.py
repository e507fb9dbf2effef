"""`eventio config`: the settings in force."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table


def config() -> None:
    """Print every setting with its environment variable; secrets are masked."""
    from eventio.graphiql import router_config  # noqa: PLC0415 - see the package's docstring
    from eventio.services import NAMES, service_kind  # noqa: PLC0415

    out = Console()
    for name in NAMES:
        kind = service_kind(name)
        settings = kind.settings()
        prefix = kind.settings_type.model_config.get("env_prefix", "")
        table = Table(title=name, title_justify="left", show_edge=False)
        table.add_column("variable", no_wrap=True)
        table.add_column("value", overflow="fold")
        table.add_column("meaning", overflow="fold")
        for field, info in kind.settings_type.model_fields.items():
            value = str(getattr(settings, field))
            if field == "database_url":
                value = _without_password(settings.database_url_for(name))
            table.add_row(f"{prefix}{field}".upper(), value, info.description or "")
        out.print(table)
        out.print()
    out.print("[bold]router[/]")
    out.print_json(router_config().model_dump_json(exclude={"graphiql": {"tabs"}}))


def _without_password(url: str) -> str:
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - as above

    return make_url(url).render_as_string(hide_password=True)
