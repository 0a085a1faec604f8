"""Pictures of the pages for the docs, at the width of a desk and of a phone.

    python -m bench.browser.shots docs/inspect

Over the made-up news of `bench.browser.demo`; needs Chromium and the extra `e2e`.
"""

import sys
import tempfile
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import sync_playwright

from bench.browser.demo import build
from watcher.inspect.server import serve

CHROMIUM = "/usr/bin/chromium"
PORT = 8127
PAGES = {
    "overview": ("/-/dashboards/overview", (1400, 375)),
    "regions": ("/-/dashboards/regions", (1400, 375)),
    "topics": ("/-/dashboards/topics", (1400,)),
    "figures": ("/-/dashboards/figures?metric=标识解析二级节点&region=两江新区", (1400,)),
    "sources": ("/-/dashboards/sources", (1400,)),
    "syndication": ("/-/dashboards/syndication", (1400,)),
    "search": ("/watcher/search?q=两江新区+上云", (1400, 375)),
    "item": ("/-/item/{item}", (1400, 375)),
}


def main(folder: Path) -> None:
    path = Path(tempfile.mkdtemp()) / "demo.db"
    db = build(path)
    item = db.execute(
        "SELECT items.id FROM items JOIN figures ON item_id = items.id WHERE story_id IS NOT NULL"
        " GROUP BY items.id ORDER BY count(metric) DESC, items.id DESC"
    ).fetchone()[0]
    db.close()
    threading.Thread(target=serve, args=(path, ZoneInfo("Asia/Shanghai"), PORT), daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, (address, widths) in PAGES.items():
            for width in widths:
                page = browser.new_page(viewport={"width": width, "height": 900})
                page.goto(f"http://127.0.0.1:{PORT}{address.format(item=item)}")
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(300)
                tall = min(1500 if width > 1000 else 1700, page.evaluate("document.body.scrollHeight"))
                page.set_viewport_size({"width": width, "height": tall})
                page.wait_for_timeout(200)
                page.screenshot(path=folder / f"{name}-{width}.png")
                page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
