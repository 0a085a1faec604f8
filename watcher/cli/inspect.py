"""`watcher inspect`."""

from importlib.util import find_spec
from pathlib import Path

import click

from watcher.cli import common
from watcher.errors import UsageError
from watcher.store.open import open_for_reading

PORT = 8001
_NEEDED = ("datasette", "datasette_dashboards")


@click.command()
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))
@common.options
def command(port: int, config_dir: Path | None) -> None:
    """Look into the database in a browser: pages of pictures, search, tables. Ctrl-C ends it.

    Reads only, and listens on this machine alone; runs beside the service. From elsewhere, use a
    tunnel: ssh -L 8001:127.0.0.1:8001 HOST.

    \b
    Examples:
      watcher inspect
      watcher inspect --port 8010
    """
    config = common.config_of(config_dir)
    if not all(map(find_spec, _NEEDED)):
        raise UsageError("'watcher inspect' needs Datasette: pip install 'watcher[inspect]'.")
    open_for_reading(config.database).close()
    from watcher.inspect.server import HOST, serve  # noqa: PLC0415  (the extra may not be installed)

    click.echo(f"http://{HOST}:{port}/-/dashboards/overview   (Ctrl-C ends it)")
    serve(config.database, config.timezone, port)
