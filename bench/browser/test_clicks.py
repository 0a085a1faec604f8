"""What an analyst does with a mouse, in headless Chromium, over made-up news and one hostile article.

    make e2e        needs Chromium (Debian: apt-get install chromium) and the extra `e2e`

Nothing is waited for by the clock: each step waits for what it will click.
"""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bench.browser.demo import build
from watcher.store.open import transaction

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">重庆"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`watcher inspect` as a user starts it, over the demo with a hostile article in it."""
    home = tmp_path_factory.mktemp("home")
    db = build(home / "demo.db")
    with transaction(db):
        db.execute(
            "UPDATE items SET title = ?, author = ?, url = ? WHERE id = (SELECT max(id) FROM items)",
            [HOSTILE] * 2 + ["javascript:document.title='owned'"],
        )
        db.execute("UPDATE items SET published_at = '2026-11-20T05:00:00Z' WHERE title = ?", [HOSTILE])
        db.execute("UPDATE stories SET title = ? WHERE items > 1", [HOSTILE])
        db.execute("UPDATE sources SET title = ? WHERE id = 'policy'", [HOSTILE])
    db.close()
    (home / "config").mkdir()
    (home / "config" / "watcher.toml").write_text('[watcher]\ndatabase = "../demo.db"\n')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serving = subprocess.Popen(
        [sys.executable, "-m", "watcher", "inspect", "--port", str(port)],
        cwd=home,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin"},
    )
    base = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urlopen(base).close()
            break
        except OSError:
            time.sleep(0.1)
    yield base
    serving.terminate()
    serving.wait()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(params=[1400, 375], ids=["wide", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page whose log must stay clean: no error, nothing that a policy had to stop, no way out."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(8_000)
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on(
        "request",
        lambda asked: (
            said.append(f"asked {asked.url}")
            if "127.0.0.1" not in asked.url and not asked.url.startswith("data:")
            else None
        ),
    )
    yield opened
    assert said == []
    assert opened.title() != "owned"
    context.close()


def mark(page: Page, chart: str, holding: str = "href") -> None:
    """Click a mark of a chart whose description holds the words: the last drawn lies on top."""
    page.locator(f'#chart-{chart} [role=graphics-symbol][aria-label*="{holding}"]').last.click()


def test_overview_region_item_story_source(site: str, page: Page) -> None:
    page.goto(f"{site}/-/dashboards/overview")
    mark(page, "regions", "重庆")
    page.wait_for_url("**/region_board?region=500000*")
    assert page.locator("td.col-title a").count() > 0
    page.goto(f"{site}/-/dashboards/syndication")
    mark(page, "furthest")
    page.wait_for_url(re.compile(r"/(story\?story_id|-/item)"))
    if "story_id" in page.url:
        page.locator("td.col-item_id a").first.click()
    page.wait_for_url("**/-/item/*")
    assert page.locator("article mark.region").count() > 0
    page.locator(".seen a").first.click()
    page.wait_for_url("**/source_items?source_id=*")
    page.locator("td.col-title a").first.click()
    page.wait_for_url("**/-/item/*")


def test_from_a_tile_of_the_map_to_an_article(site: str, page: Page) -> None:
    page.goto(f"{site}/-/dashboards/regions")
    mark(page, "map", "四川")
    page.wait_for_url("**/region_board?region=510000*")
    page.locator("td.col-title a").first.click()
    page.wait_for_url("**/-/item/*")
    page.locator(".chip.region.primary").first.click()
    page.wait_for_url("**/region_board?region=*")


def test_choosing_a_topic_changes_the_map(site: str, page: Page) -> None:
    page.goto(f"{site}/-/dashboards/regions")
    page.select_option("#topic", "标识解析")
    page.click("text=Apply")
    page.wait_for_url("**topic=*")
    mark(page, "map", "重庆")
    page.wait_for_url("**topic=identifier")
    assert (
        page.locator("td.col-topics", has_text="标识解析").count()
        == page.locator("td.col-topics").count()
        > 0
    )


def test_a_figure_leads_to_its_sentence(site: str, page: Page) -> None:
    page.goto(f"{site}/-/dashboards/figures")
    mark(page, "series", "kind: actual; period")
    page.wait_for_url("**/-/item/*#figure-*")
    assert page.locator("mark.figure:target").count() > 0


def test_search_from_the_box(site: str, page: Page) -> None:
    page.goto(site)
    page.fill("input[aria-label='Search the articles']", "两江新区 上云 -新疆")
    page.keyboard.press("Enter")
    page.wait_for_url("**/watcher/search?q=*")
    assert page.locator("td.col-snippet mark").count() > 0
    page.locator("td.col-title a").first.click()
    page.wait_for_url("**/-/item/*")
    page.fill("header input[name=q]", "OR")
    page.keyboard.press("Enter")
    page.wait_for_url("**/watcher/search?q=OR")
    assert page.get_by_text("There is no word before OR").count() == 1


@pytest.mark.parametrize("slug", ["overview", "regions", "topics", "figures", "sources", "syndication"])
def test_hostile_text_is_text_and_every_chart_is_drawn(site: str, page: Page, slug: str) -> None:
    page.goto(f"{site}/-/dashboards/{slug}")
    page.wait_for_load_state("networkidle")
    cards = page.locator(".dashboard-card-chart")
    for number in range(cards.count()):
        cards.nth(number).locator("svg, p").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    assert page.locator(".watcher-note", has_text="Stopped").count() == 0


def test_the_page_of_a_hostile_article(site: str, page: Page) -> None:
    page.goto(f"{site}/watcher/news")
    page.locator("td.col-title a", has_text="<script>").first.click()
    page.wait_for_url("**/-/item/*")
    assert "<script>" in page.locator("h1").inner_text()
    assert page.locator("a.source").count() == 0
    page.goto(f"{site}/watcher/items?_sort_desc=published_at")
    assert page.locator("a[href^=javascript]").count() == 0


def test_a_chart_that_takes_too_long_says_so(site: str, page: Page) -> None:
    page.route("**/watcher.json*", lambda route: route.fulfill(json={"ok": False, "error": "interrupted"}))
    page.goto(f"{site}/-/dashboards/topics")
    assert page.locator(".watcher-note").first.inner_text().startswith("Stopped")
