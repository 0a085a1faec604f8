"""Serves the database with Datasette on this machine: read-only, on loopback, with our plugin and look."""

import asyncio
import sqlite3
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from watcher.errors import UsageError
from watcher.inspect import plugin
from watcher.inspect.metadata import DATABASE, metadata

HOST = "127.0.0.1"
WEEKS_SHOWN = 12  # at first; everything with an empty "Since"
_HERE = Path(__file__).parent
_SETTINGS = {
    "sql_time_limit_ms": 1200,  # so that a page answers within two seconds, or says that it did not
    "facet_time_limit_ms": 150,
    "max_returned_rows": 1000,
    "default_page_size": 50,
    "suggest_facets": False,
    "truncate_cells_html": 160,
    "allow_download": False,
}


def application(path: Path, zone: ZoneInfo) -> Datasette:
    """Datasette over this database, times on our pages in `zone`."""
    # Or each page that is not found is printed with every local variable. Not by an import of ours:
    # one that comes before Datasette's own leaves the module half loaded, and errors without a page.
    sys.modules["datasette.handle_exception"].rich = None  # type: ignore[attr-defined]
    if not pm.has_plugin(plugin.NAME):
        pm.register(plugin, name=plugin.NAME)
    told = metadata(_first_view(path))
    told["plugins"][plugin.NAME] = {"timezone": str(zone)}
    datasette = Datasette(
        [],
        metadata=told,
        settings=_SETTINGS,
        template_dir=str(_HERE / "templates"),
        static_mounts=[(plugin.STATIC, str(_HERE / "static"))],
    )
    datasette.remove_database("_memory")
    datasette.add_database(Database(datasette, path=str(path), is_mutable=True), name=DATABASE)
    return datasette


def serve(path: Path, zone: ZoneInfo, port: int) -> None:
    """Serve until interrupted. Raises UsageError when the port is taken."""
    datasette = application(path, zone)
    asyncio.run(_serve(datasette, port))


async def _serve(datasette: Datasette, port: int) -> None:
    await datasette.invoke_startup()
    server = uvicorn.Server(
        uvicorn.Config(datasette.app(), host=HOST, port=port, log_level="error", lifespan="on")
    )
    try:
        await server.serve()
    except SystemExit as stopped:  # uvicorn exits where it cannot bind
        raise UsageError(
            f"Port {port} cannot be used, most likely it is taken: try --port {port + 1}."
        ) from stopped


def _first_view(path: Path) -> dict[str, str]:
    """How the filters stand at first: the last weeks there are, and the metric that is stated most."""
    conn = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        since = conn.execute("SELECT date(max(week), ?) FROM items", [f"-{7 * WEEKS_SHOWN} days"]).fetchone()
        metric = conn.execute(
            "SELECT label FROM figures JOIN metrics ON metrics.id = metric GROUP BY metric"
            " ORDER BY count(*) DESC LIMIT 1"
        ).fetchone()
    finally:
        conn.close()
    found = {"since": since, "metric": metric}
    return {name: str(row[0]) for name, row in found.items() if row and row[0]}
