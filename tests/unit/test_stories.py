"""Likeness of two texts, grouping into stories, the diff of revisions, one item a story."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.dedupe import fallback, identities
from watcher.dedupe.alike import JOINS, alike
from watcher.dedupe.diff import changes
from watcher.dedupe.groups import Link, Member, Wishes, groups
from watcher.dedupe.wording import marks, usual_marks, wording
from watcher.digest.copies import one_a_story
from watcher.model import Item, StoredItem

PARAGRAPHS = (
    "江城市经济和信息化局今天通报，全市工业互联网标识解析二级节点建设进展顺利，接入企业持续增加，注册量稳步上升。",
    "在临江新区的一家轴承工厂，每个零件都有了自己的“身份证”，质检员扫码就能看到炉号、批次和供应商。",
    "当地一家软件企业负责人表示，过去设备数据散落在各个车间，如今统一汇聚到平台，排产计划由人工改为自动生成。",
    "下一步，该市将支持龙头企业开放应用场景，带动上下游中小企业上云，并对改造效果好的项目给予贴息。",
)
ARTICLE = "\n".join(PARAGRAPHS)
RELEASE = (
    "央视网消息：临江市统计局今天（{m}月9日）发布数据，{m}月份全市规模以上工业增加值同比增长{a}%，"
    "高技术制造业增长{b}%，工业投资增长{c}%，出口交货值{d}亿元，企业用电量继续回升，市场预期总体稳定。"
)
MARCH = RELEASE.format(m=3, a=6.1, b=9.4, c=12.7, d=38.2)
APRIL = RELEASE.format(m=4, a=5.8, b=10.2, c=11.9, d=41.6)
OPENING = (
    "本台消息：中国江城工业互联网大会第{n}次会议将于明天上午九时在江城国际会展中心开幕，"
    "本台将现场直播大会盛况，并请专家解读有关内容，敬请观众收看，各大新闻网站同步直播。"
)


def kind(one: tuple[str, str], other: tuple[str, str]) -> str | None:
    found = alike(wording(*one), wording(*other))
    assert found == alike(wording(*other), wording(*one)), "the order is of no matter"
    return found.kind if found else None


@pytest.mark.parametrize(
    ("other", "wanted", "why"),
    [
        (("快看", ARTICLE), "copy", "another headline"),
        (("标题", "来源：某报\n" + ARTICLE + "\n（责任编辑：张三）"), "copy", "source lines"),
        (("标题", "\n".join(reversed(PARAGRAPHS))), "copy", "shuffled"),
        (("标题", "\n".join(PARAGRAPHS[:2])), "excerpt", "the first half"),
        (("标题", PARAGRAPHS[0]), "excerpt", "the lead under the same headline"),
        (("二级节点进展", PARAGRAPHS[0]), "part", "the lead under another headline"),
        (("标题", ARTICLE.replace("进展顺利", "进展很快").replace("每个零件", "各种零件")), "copy", "words"),
        (
            ("江城早报", PARAGRAPHS[0] + "另一条消息说的是完全不同的事情，与前文毫无关系。" * 3),
            "apart",
            "a roundup",
        ),
        (
            ("标题", ARTICLE[:150] + "后面写的全是记者自己的见闻，与通稿没有任何重合之处。" * 6),
            "reworked",
            "half",
        ),
        (
            ("另一篇", "云湖市今天召开会议，部署冬季供暖和道路除雪工作，要求各部门落实责任，保障群众出行。"),
            None,
            "",
        ),
        (("标题", "点击查看原文"), None, "too little to be called the same"),
    ],
)
def test_kinds_of_likeness(other: tuple[str, str], wanted: str | None, why: str) -> None:
    assert kind(("标题", ARTICLE), other) == wanted, why


@pytest.mark.parametrize(
    ("one", "other", "joined", "why"),
    [
        (MARCH, APRIL, False, "the next month's figures"),
        (MARCH, MARCH.replace("38.2", "38.3"), True, "one of many figures mistyped"),
        (MARCH, MARCH.replace("3月9日", "3月19日"), False, "another day"),
        (OPENING.format(n="三"), OPENING.format(n="四"), False, "another session"),
        (OPENING.format(n="三"), OPENING.format(n=3), True, "the same session in other numerals"),
        (OPENING.format(n="十八"), OPENING.format(n="18"), True, "and with tens"),
        (OPENING.format(n="二〇二四"), OPENING.format(n="2024"), True, "and sign by sign"),
    ],
)
def test_templates_are_told_by_their_numbers(one: str, other: str, joined: bool, why: str) -> None:
    assert (kind(("数据发布", one), ("数据发布", other)) in JOINS) == joined, why


def test_what_keeps_a_pair_apart_is_said() -> None:
    found = alike(wording("", MARCH), wording("", APRIL))
    assert found is not None
    assert found.why is not None
    assert "6.1" in found.why


def test_slips_of_a_careless_copyist_are_no_other_figures() -> None:
    slipped = (MARCH + ARTICLE).replace("3月9日", "3月19日")
    for right, wrong in (("统计局", "统记局"), ("规模", "规摸"), ("继续", "既续"), ("总体", "总休")):
        slipped = slipped.replace(right, wrong)
    assert kind(("数据", MARCH + ARTICLE), ("数据", slipped)) == "copy"


def test_two_copies_of_one_roundup_are_one() -> None:
    assert kind(("国内联播快讯", ARTICLE), ("[视频]国内联播快讯", ARTICLE + "更多。")) == "copy"
    assert kind(("国内联播快讯", ARTICLE), ("[视频]国内联播快讯", PARAGRAPHS[0])) == "excerpt"
    assert kind(("江城早报", ARTICLE), ("云湖要闻", PARAGRAPHS[0])) == "apart"


@pytest.mark.parametrize(
    ("title", "is_roundup"),
    [
        ("国内联播快讯", True), ("江城早报｜标识解析再提速", True), ("财经早餐20260610", True),
        ("一周要闻：十件大事", True), ("快讯：江城新增二级节点", False), ("早报道早受益：企业填报指南", False),
        ("江城日报社记者走基层", False),
    ],
)  # fmt: skip
def test_roundups_by_their_titles(title: str, is_roundup: bool) -> None:
    assert wording(title, ARTICLE).is_roundup == is_roundup


def test_a_short_text_is_taken_with_its_headline() -> None:
    one = wording("江城市二级节点数量公布", "详情请见附件，点击可以下载全文。")
    other = wording("云湖市冬季供暖开始", "详情请见附件，点击可以下载全文。")
    assert alike(one, other) is None or alike(one, other).kind not in JOINS  # type: ignore[union-attr]


def test_marks_are_chosen_alike_from_what_is_common() -> None:
    long = "".join(chr(0x4E00 + number * 7919 % 5000) for number in range(2000))
    whole, lead = marks(wording("", long)), marks(wording("", long[:250]))
    assert lead < whole
    assert len(lead) >= 20
    assert usual_marks(32) == 8
    assert usual_marks(256) == 16 + 24
    assert usual_marks(256 + 320) == 16 + 24 + 10


# Groups


def member(item_id: int) -> Member:
    return Member(item_id, f"2026-11-{item_id:02}", f"1:{item_id}")


def grouped(links: list[Link], wishes: Wishes | None = None, count: int = 6) -> list[list[int]]:
    found = groups([member(n) for n in range(1, count + 1)], links, wishes or Wishes())
    return [[one.id for one in group] for group in found if len(group) > 1]


@pytest.mark.parametrize(
    ("links", "wanted", "why"),
    [
        ([Link(1, 2, "copy", 0.9), Link(2, 3, "excerpt", 0.4)], [[1, 2, 3]], "through one another"),
        ([Link(1, 2, "reworked", 0.5), Link(3, 4, "quotes", 0.2)], [], "likeness is not enough"),
        (
            [Link(1, 2, "copy", 0.9), Link(2, 3, "copy", 0.8), Link(1, 3, "apart", 0.8)],
            [[1, 2]],
            "never with one that is kept apart, the stronger link first",
        ),
        ([Link(1, 3, "part", 0.2), Link(2, 3, "part", 0.2)], [], "a roundup of two things joins none"),
        (
            [Link(1, 3, "part", 0.2), Link(2, 3, "part", 0.2), Link(1, 2, "copy", 0.9)],
            [[1, 2, 3]],
            "but two copies of one part do not make it a roundup",
        ),
        ([Link(1, 9, "copy", 0.9)], [], "an item that is not asked about"),
    ],
)
def test_groups(links: list[Link], wanted: list[list[int]], why: str) -> None:
    assert grouped(links) == wanted, why


def test_the_user_goes_first() -> None:
    links = [Link(1, 2, "copy", 0.9), Link(3, 4, "apart", 0.9)]
    assert grouped(links, Wishes(alone=frozenset({2}))) == []
    assert grouped(links, Wishes(together=((3, 4), (4, 9)))) == [[1, 2], [3, 4]]


LINKS = st.lists(
    st.builds(
        Link,
        st.integers(1, 8),
        st.integers(1, 8),
        st.sampled_from(["copy", "excerpt", "part", "reworked", "apart"]),
        st.sampled_from([0.3, 0.6, 0.9]),
    ).filter(lambda link: link.short != link.long),
    unique_by=lambda link: frozenset({link.short, link.long}),
    max_size=20,
)


@given(LINKS, st.data())
def test_the_order_of_arrival_is_of_no_matter(links: list[Link], data: st.DataObject) -> None:
    members = [member(n) for n in range(1, 9)]
    first = groups(members, links, Wishes())
    again = groups(data.draw(st.permutations(members)), data.draw(st.permutations(links)), Wishes())
    assert first == again
    # Other ids for the same items: the groups are the same items.
    new_id = dict(zip(range(1, 9), data.draw(st.permutations(range(1, 9))), strict=True))
    renamed = [replace(one, id=new_id[one.id]) for one in members]
    relinked = [replace(link, short=new_id[link.short], long=new_id[link.long]) for link in links]
    assert [[one.place for one in group] for group in groups(renamed, relinked, Wishes())] == [
        [one.place for one in group] for group in first
    ]
    apart = {frozenset({link.short, link.long}) for link in links if link.kind == "apart"}
    for group in first:
        ids = [one.id for one in group]
        assert not [pair for pair in apart if pair <= set(ids)]


# Identity


def item(guid: str | None, url: str | None = None) -> Item:
    return Item(guid, url, "标题", ARTICLE, None, None, None, None, "first seen", None)


def test_a_key_that_all_share_is_no_key() -> None:
    front = [(item("站点", f"https://e.example/{n}"), f"1:{n}") for n in range(3)]
    assert identities(front) == [f"https://e.example/{n}" for n in range(3)]
    page = [(item(None, "https://e.example/"), f"1:{n}") for n in range(3)]
    assert identities(page) == ["1:0", "1:1", "1:2"]
    twice = [(item("g"), "1:a"), (item("g"), "1:a"), (item("h"), "1:b")]
    assert identities(twice) == ["g", "g", "h"]
    pair = [(item("g", "https://e.example/1"), "1:a"), (item("g", "https://e.example/2"), "1:b")]
    assert identities(pair) == ["https://e.example/1", "https://e.example/2"]
    assert identities([(item("g"), "1:a"), (item("g"), "1:b")], "url") == ["1:a", "1:b"]
    assert identities([(item("g", "https://www.e.example/a?utm_source=x"), "1:a")], "url") == [
        "https://e.example/a"
    ]
    assert identities([(item("g", "https://e.example/a"), "1:a")], "content") == ["1:a"]


SAME = ("https://e.example/a?utm_source=1", "https://www.e.example/a?utm_source=2")
FIRM = [(f"https://e.example/{n}?utm_source=1", f"http://m.e.example/{n}") for n in range(3)]
OTHER = ("https://e.example/a?t=1", "https://e.example/a?t=2")


@pytest.mark.parametrize(
    ("rung", "renamed", "entries", "wanted"),
    [
        (None, [SAME] * 2, 4, None),
        (None, [SAME] * 3, 10, None),
        (None, FIRM, 6, "url"),
        ("guid", FIRM, 6, "url"),
        (None, [SAME] * 3, 6, "content"),
        (None, [*FIRM, OTHER], 6, "content"),
        (None, [SAME] * 3, 7, None),
        (None, [(None, None)] * 3, 6, "content"),
        (None, [*FIRM[:2], (FIRM[2][0], None)], 6, "content"),
        (None, [*FIRM[:2], (None, FIRM[2][1])], 6, "content"),
        ("url", FIRM, 6, "content"),
        ("content", [SAME] * 9, 9, None),
    ],
)  # fmt: skip
def test_unstable_keys_are_noticed(rung: object, renamed: list, entries: int, wanted: object) -> None:  # type: ignore[type-arg]
    assert fallback(rung, renamed, entries) == wanted  # type: ignore[arg-type]


# Diff


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("已建成17个二级节点。", "已建成20个二级节点。", ["已建成[-17-]{+20+}个二级节点。"]),
        ("一句。二句。", "一句。", ["[-二句。-]"]),
        ("一句。", "一句。\n二句。", ["{+ 二句。+}"]),
        ("使用 5G 网络。", "使用 4G 网络。", ["使用 [-5-]{+4+}G 网络。"]),
        (
            "甲。企业数量为3家，" + "其余部分一字不改" * 6 + "，合计9家。",
            "甲。企业数量为4家，" + "其余部分一字不改" * 6 + "，合计8家。",
            ["企业数量为[-3-]{+4+}家，其余部分一字不改其余…", "…改其余部分一字不改，合计[-9-]{+8+}家。"],
        ),
        ("不变。", "不变。", []),
    ],
)
def test_the_diff_is_readable(old: str, new: str, wanted: list[str]) -> None:
    assert changes(old, new) == wanted


@given(st.text("甲乙。12 a\n", max_size=40), st.text("甲乙。12 a\n", max_size=40))
def test_a_diff_of_anything(old: str, new: str) -> None:
    assert bool(changes(old, new)) == (old != new)


# One item a story


def stored(item_id: int, text: str, story: int | None, hours: int) -> StoredItem:
    at = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=hours)
    return StoredItem(item_id, "标题", None, None, None, text, at, "feed", at, (), (), (), story_id=story)


def test_a_story_is_shown_by_its_first_full_text() -> None:
    items = [
        stored(1, "全" * 90, 7, 2),
        stored(2, "全" * 100, 7, 1),
        stored(3, "全" * 20, 7, 0),
        stored(4, "他", None, 0),
    ]
    assert [one.id for one in one_a_story(items)] == [2, 4]
