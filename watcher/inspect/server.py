"""Serves the database with Datasette on this machine: read-only, on loopback, with our plugin and look."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from watcher.errors import UsageError
from watcher.inspect import plugin
from watcher.inspect.metadata import DATABASE, WEEKS_SHOWN, metadata

HOST = "127.0.0.1"
_HERE = Path(__file__).parent
_SETTINGS = {
    "sql_time_limit_ms": 1800,  # a page answers within two seconds, or says that it did not
    "facet_time_limit_ms": 150,
    "max_returned_rows": 1000,
    "default_page_size": 50,
    "suggest_facets": False,
    "truncate_cells_html": 160,
    "allow_download": False,
}


def application(path: Path, zone: ZoneInfo) -> Datasette:
    """Datasette over this database, times on our pages in `zone`."""
    if not pm.has_plugin(plugin.NAME):
        pm.register(plugin, name=plugin.NAME)
    told = metadata(_first_week(path))
    told["plugins"][plugin.NAME] = {"timezone": str(zone)}
    datasette = Datasette(
        [],
        metadata=told,
        settings=_SETTINGS,
        template_dir=str(_HERE / "templates"),
        static_mounts=[(plugin.STATIC, str(_HERE / "static"))],
    )
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
        raise UsageError(f"Port {port} cannot be used, most likely it is taken: try --port {port + 1}.") from stopped


def _first_week(path: Path) -> str | None:
    conn = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        newest: Any = conn.execute("SELECT date(max(week), ?) FROM items", [f"-{7 * WEEKS_SHOWN} days"]).fetchone()
    finally:
        conn.close()
    return str(newest[0]) if newest and newest[0] else None
