"""Identity, content hash, and the judge's verdicts."""

from datetime import UTC, datetime

import pytest

from watcher.dedupe import content_hash, identity, judge
from watcher.model import Attached, Changed, Item, Known, New, Same, TaggedItem, Tags

DAY = datetime(2026, 11, 20, 3, tzinfo=UTC)
LONG = "标识解析二级节点在当地汽车、电子、装备等行业落地，接入企业数量和标识注册量持续增长。" * 6


def hashed(title: str = "标题", text: str = LONG, day: datetime | None = DAY, url: str | None = None) -> str:
    return content_hash(title, text, day, url)


@pytest.mark.parametrize(
    ("made", "stored", "why"),
    [
        (hashed(), "1:39993c6a967ea5ef3be75d4ef4881726", "a long text"),
        (hashed("早报", "见附件"), "1:fc0a4450470454ad20c675d0e18cd0a2", "hardly any text, no address"),
        (
            hashed("重庆二级节点数公布", "见附件", None),
            "1:9afd7b7667001f8d8c269819d567bd34",
            "a short text without a day",
        ),
    ],
    ids=["long", "tiny", "short"],
)
def test_what_was_stored_by_an_older_version_is_found_again(made: str, stored: str, why: str) -> None:
    assert made == stored, f"{why}: another recipe needs another number"


CARRIERS = [
    "本报讯 ", "综报讯：", "【本报讯】", "（本报讯）", "新华社北京11月3日电 ", "某社3日讯　",
    "某报记者 张三 武汉报道  ", "某报通讯员李四 成都讯 ", "某台实习生 王五 重庆电：", "某报记者张三报道 ",
    "某网消息:", "央视网消息（新闻联播）：", "央视网消息 （早间版） ： ",
]  # fmt: skip


@pytest.mark.parametrize("carrier", CARRIERS)
def test_who_brought_it_is_not_what_it_says(carrier: str) -> None:
    assert hashed(text=carrier + LONG) == hashed()


@pytest.mark.parametrize(
    ("opening", "why"),
    [
        ("新华社3日电 甲厂12日电", "the second is a day and no carrier"),
        ("记者张三报道甲厂电", "nor is the second of these"),
        ("甲市先行，本报讯", "a clause before it"),
        ("甲市先行。本报讯", "a sentence before it"),
        ("甲市先行\n本报讯", "a headline before it"),
        ("甲" * 41 + "本报讯", "too far from the start"),
        ("记者去年来过，今天才见报道", "a clause within it"),
        ("记者来过。见报道", "a sentence within it"),
        ("记者来过\n见报道", "a line within it"),
        ("记者" + "甲" * 25 + "报道", "too long for a name and a place"),
        ("某网消息（" + "甲" * 13 + "）：", "too long for a programme"),
        ("某网消息 ", "no colon"),
    ],
)
def test_what_only_looks_like_a_carrier_is_content(opening: str, why: str) -> None:
    assert hashed(text=opening + LONG) != hashed(), why


def test_a_headline_counts_until_a_text_is_two_hundred_letters_long() -> None:
    assert hashed("甲", "云" * 199) != hashed("乙", "云" * 199)
    assert hashed("甲", "云" * 200) == hashed("乙", "云" * 200)


def test_the_address_counts_while_headline_and_text_have_less_than_twelve_letters() -> None:
    one, other = "https://e.example/1", "https://e.example/2"
    assert hashed("五个字标题", "只有六个字呀", url=one) != hashed("五个字标题", "只有六个字呀", url=other)
    assert hashed("六个字的标题", "只有六个字呀", url=one) == hashed(
        "六个字的标题", "只有六个字呀", url=other
    )
    assert hashed("六" * 12, "讯", url=one) == hashed("六" * 12, "讯", url=other)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (hashed(title="另一个标题"), "a long text is itself under any headline"),
        (hashed(day=None), "and on any day"),
        (hashed(text=LONG.replace("，", ", ").replace("。", "．")), "punctuation"),
        (hashed(text=LONG.replace("。", "。\n\n")), "paragraphs"),
        (hashed(text=LONG.replace("，", "，_").replace("标识", "标_识")), "underlined words"),
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
    assert identity(item("g", "https://e.example/a"), "1:h", "guid") == "g"
    assert identity(item(None, "https://e.example/a"), "1:h") == "https://e.example/a"
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
        (Known(3, "1:new+page", is_origin=True), Same(3), "the same again, whose page was read"),
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
