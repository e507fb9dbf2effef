"""One command a file; what a command needs is imported when it runs, so that `--help` answers at once."""

from __future__ import annotations

import typer

from eventio.commands import admin, check, config, demo, importing, keys, migrate, schema, serve, up

cli = typer.Typer(
    name="eventio",
    help="Eventio sells cinema seats: three GraphQL subgraphs and a Federation 2 router.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.command("up", help="Start the whole system in one process.")(up.up)
cli.command("serve", help="Start one service, or the router, as a process of its own.")(serve.serve)
cli.command("migrate", help="Bring databases to this release's newest revision, or to a named one.")(migrate.migrate)
cli.command("demo", help="Fill empty databases with cinemas, showtimes and sold seats.")(demo.demo)
cli.command("check", help="Check that seats, tickets and money agree in the databases.")(check.check)
cli.command("config", help="Print the settings in force, secrets masked.")(config.config)
cli.command("schema", help="Compose supergraph.graphql from the three schemas.")(schema.schema)
cli.add_typer(importing.cli, name="import", help="Import data from files.")
cli.add_typer(admin.cli, name="admin", help="People who run the system.")
cli.add_typer(keys.cli, name="keys", help="The keys that sign access tokens.")

__all__ = ["cli"]
