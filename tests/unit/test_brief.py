"""The short form for chats."""

from dataclasses import replace

from tests.unit.digest_samples import digest, item
from watcher.digest.brief import LONGEST, render
from watcher.model import HeatRow


def test_a_brief_has_title_spikes_links_and_how_many_more() -> None:
    made = replace(
        digest(item(1, title="甲*乙"), item(2, url=None), item(3), max_items=2),
        news=(("数字变化", "二级节点 20 个"),),
        heat=(HeatRow("500000", "重庆市", 6, (), 2.0, True), HeatRow("420000", "湖北省", 1)),
    )
    assert render(made) == (
        "工业互联网日报 · 2022-02-23 周三 08:00\n\n2 篇 · 1 个来源\n**重庆市** 6（平时 2）▲\n**数字变化** 二级节点 20 个\n\n"
        "1. [甲\\*乙](https://news.example.cn/1.html)\n2. 第2篇：两江新区新增标识解析节点\n还有 1 条\n"
    )


def test_a_brief_stays_short_and_cuts_no_link() -> None:
    made = digest(*(item(n, title="标识" * 60, url=f"https://a.example/{'x' * 900}") for n in range(1, 60)))
    text = render(made)
    assert len(text.encode()) <= LONGEST
    assert text.endswith("条\n")
    assert text.count("](https://a.example/") == text.count(")\n")
    assert render(digest()).splitlines()[-2:] == ["02-22 08:00 至 02-23 08:00 没有符合条件的新文章。", ""]
    huge = digest(item(1, title="标" * 5_000, url=f"https://a.example/{'x' * 4_000}"))
    assert len(render(huge).encode()) <= LONGEST
