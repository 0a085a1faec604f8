"""Identity, content hash, and the judge's verdicts."""

from datetime import UTC, datetime

import pytest

from watcher.dedupe import content_hash, identity, judge
from watcher.model import Attached, Changed, Item, Known, New, Same, TaggedItem, Tags

DAY = datetime(2026, 11, 20, 3, tzinfo=UTC)
LONG = "标识解析二级节点在当地汽车、电子、装备等行业落地，接入企业数量和标识注册量持续增长。" * 6


def hashed(title: str = "标题", text: str = LONG, day: datetime | None = DAY, url: str | None = None) -> str:
    return content_hash(title, text, day, url)


def test_the_recipe_is_named() -> None:
    assert hashed().startswith("1:")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (hashed(title="另一个标题"), "a long text is itself under any headline"),
        (hashed(day=None), "and on any day"),
        (hashed(text=LONG.replace("，", ", ").replace("。", "．")), "punctuation"),
        (hashed(text=LONG.replace("。", "。\n\n")), "paragraphs"),
        (hashed(text="某报记者 张三 武汉报道  " + LONG), "dateline"),
        (hashed(text="央视网消息（新闻联播）：" + LONG), "carrier"),
        (hashed(text=LONG.replace("标识", "標識").replace("业", "業")), "traditional characters"),
    ],
)
def test_equal_content(other: str, why: str) -> None:
    assert other == hashed(), why


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (hashed(), hashed(text=LONG + "新增37个。"), "another figure"),
        (hashed("甲", "点击查看原文"), hashed("乙", "点击查看原文"), "a template under two titles"),
        (
            hashed("早报", "点击查看原文", url="https://e.example/1"),
            hashed("早报", "点击查看原文", url="https://e.example/2"),
            "hardly any text at two addresses",
        ),
        (
            hashed("重庆二级节点数公布", "见附件", DAY),
            hashed("重庆二级节点数公布", "见附件", DAY.replace(day=21)),
            "a short text on another day",
        ),
    ],
)
def test_different_content(one: str, other: str, why: str) -> None:
    assert one != other, why


def item(guid: str | None = None, url: str | None = None) -> Item:
    return Item(guid, url, "标题", LONG, None, None, None, DAY, "feed", None)


def test_the_ladder_of_identity() -> None:
    assert identity(item("g", "https://e.example/a"), "1:h") == "g"
    assert identity(item(None, "https://www.e.example/a?utm_source=x#top"), "1:h") == identity(
        item(None, "https://e.example/a"), "1:h"
    )
    assert identity(item(), "1:h") == "1:h"


INCOMING = TaggedItem(item("g"), "g", "1:new", Tags("r"))


@pytest.mark.parametrize(
    ("known", "verdict", "why"),
    [
        (Known(), New(INCOMING), "never seen"),
        (Known(content_item=7), Attached(INCOMING, 7), "kept already, from elsewhere"),
        (Known(3, "1:new", is_origin=True, content_item=3), Same(3), "the same again"),
        (Known(3, "1:new", is_origin=False, content_item=3), Same(3), "the same again, by another outlet"),
        (Known(3, "1:old", is_origin=True), Changed(INCOMING, 3), "its own outlet edits it"),
        (Known(3, "1:old", is_origin=False), Attached(INCOMING, 3), "another outlet edits it: no flip"),
        (Known(3, "1:old", is_origin=True, content_item=8), Attached(INCOMING, 8), "became another article"),
        (Known(3, "1:old", is_origin=True, content_item=3), Changed(INCOMING, 3), "back to an older text"),
        (
            Known(3, "1:old", is_origin=False, content_item=3),
            Attached(INCOMING, 3),
            "caught up with its item",
        ),
    ],
)
def test_verdicts(known: Known, verdict: object, why: str) -> None:
    assert judge(INCOMING, known) == verdict, why
