"""Two pages that no digest ever was, one full and one empty: own templates are tried on them."""

from watcher.digest.view import Bar, Card, Page, Section

_CARD = Card(
    number=1,
    item_id=12,
    title="示例标题",
    url="https://example.org/12.html",
    source="示例报",
    time="02-23 08:00",
    others=2,
    lead="示例导语。",
    topics=("标识解析",),
    regions=("重庆",),
    figures=(("二级节点", "17 个"),),
    evidence="http://127.0.0.1:8001/-/item/12",
    updated=True,
)
_BARE = Card(
    number=2,
    item_id=13,
    title="只有标题",
    url=None,
    source=None,
    time="02-23",
    others=0,
    lead=None,
    topics=(),
    regions=(),
    figures=(),
    evidence=None,
    updated=False,
)

PAGES = {
    "full": Page(
        title="示例日报",
        date="2022-02-23 周三 08:00",
        counts="2 个事件 · 4 篇 · 2 个来源",
        bars=(
            Bar("重庆市", 6, 100, "标识解析 3", "平时 2", True, "▁▂▁█"),
            Bar("湖北省", 1, 17, "", None, False, ""),
        ),
        news=(("数字变化", "重庆二级节点 20 个，2021-04 为 17 个"),),
        sections=(Section("重庆市", (_CARD,), "还有 1 条"), Section(None, (_BARE,), None)),
        empty=None,
        cut="还有 1 条符合条件。",
        cut_link="http://127.0.0.1:8001/watcher/search",
        why=("02-22 08:00 至 02-23 08:00 收录。",),
    ),
    "empty": Page(
        "示例日报",
        "2022-02-23 周三 08:00",
        "没有新文章",
        (),
        (),
        (),
        "没有符合条件的新文章。",
        None,
        None,
        (),
    ),
}
