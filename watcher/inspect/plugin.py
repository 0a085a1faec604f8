"""What we add to Datasette: our search functions, links between rows, the page of an item, and guards.

Hooks only; each is answered by something that stands elsewhere.
"""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any
from urllib.parse import quote

from datasette import hookimpl
from markupsafe import Markup

from watcher.inspect import guard, item
from watcher.store import search
from watcher.text.marks import CLOSE, OPEN

NAME = "watcher-inspect"
STATIC = "watcher-static"

# Where the value of a column leads, in whatever table, view or query it stands.
_LEADS_TO = {
    "item_id": "/-/item/{}",
    "other_item_id": "/-/item/{}",
    "short_id": "/-/item/{}",
    "long_id": "/-/item/{}",
    "story_id": "/watcher/story?story_id={}",
    "region_code": "/watcher/region_board?region={}",
    "province_code": "/watcher/region_board?region={}",
    "topic_id": "/watcher/region_board?topic={}",
    "source_id": "/watcher/source?source_id={}",
    "digest_id": "/watcher/digest?digest_id={}",
    "week": "/watcher/news?week={}",
    "metric": "/watcher/figures_by_metric?metric={}",
}
_IDS = {"news": "item_id", "items": "item_id", "stories": "story_id", "digests": "digest_id",
        "source_health": "source_id", "sources": "source_id", "topics": "topic_id"}  # fmt: skip


@hookimpl
def prepare_connection(conn: Any) -> None:
    """The functions that the search query calls."""
    search.install(conn)


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    """The page of an item."""
    return [(r"^/-/item/(?P<item_id>\d{1,18})$", item.page)]


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """The pages of pictures, for the way there from everywhere, error pages too."""
    env.globals["pages"] = datasette.plugin_config("datasette-dashboards") or {}


@hookimpl
def extra_css_urls() -> list[str]:
    """Our style over Datasette's."""
    return [f"/{STATIC}/inspect.css"]


@hookimpl
def extra_js_urls(request: Any) -> list[str]:
    """On pages of pictures, the script that says when one is empty or was stopped."""
    return [f"/{STATIC}/pages.js"] if request and request.path.startswith("/-/dashboards/") else []


@hookimpl
def render_cell(row: Any, value: Any, column: str, table: str | None) -> Any:
    """Ids lead to what they name, titles to their article, and the words searched for are marked."""
    if value is None or value == "":
        return None
    if column == "title" and (item_id := _item_of(row, table)) is not None:
        return Markup(f'<a href="/-/item/{item_id}">{escape(str(value))}</a>')  # noqa: S704
    if column == "snippet":
        return Markup(escape(str(value)).replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # noqa: S704
    name = _IDS.get(table or "", column) if column == "id" else column
    if name in _LEADS_TO and isinstance(value, int | str):
        href = _LEADS_TO[name].format(quote(str(value), safe=""))
        return Markup(f'<a href="{escape(href)}">{escape(str(value))}</a>')  # noqa: S704
    return None


@hookimpl
def asgi_wrapper() -> Callable[[Any], Any]:
    """Only for browsers on this machine, and with a policy on every page."""
    return guard.guarded


def _item_of(row: Any, table: str | None) -> int | None:
    key = "id" if table in {"news", "items"} else "item_id"
    found = row[key] if key in row.keys() else None  # noqa: SIM118  (a sqlite3.Row holds values)
    return found if isinstance(found, int) else None
