"""Rules as users meet them: what a text is tagged with, rules that are wrong, rules that change."""

import html
import json
import re
from pathlib import Path

import pytest

from tests.flow.test_first_day import User

POST = "seeds/post/工信部就2027年工业互联网重点任务征求意见.md"
NEW_TOPIC = '\n[topic.mould]\nlabel = "模具"\nstrong = ["模具"]\n'
NARROWER = '\n[topic.data]\nlabel = "数据"\nstrong = ["数据空间"]\n'


@pytest.fixture
def user(tmp_path: Path) -> User:
    user = User(tmp_path)
    user.says("init")
    return user


def add(user: User, name: str, text: str) -> None:
    path = user.home / "config" / name
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def test_tag_shows_exact_spans(user: User) -> None:
    (row,) = user.gets("tag", POST)
    for span in row["spans"]:
        assert 0 <= span["start"] < span["end"] <= len(row[span["in"]])
    said = {(span["kind"], row[span["in"]][span["start"] : span["end"]]) for span in row["spans"]}
    assert ("region", "南京") in said
    assert ("topic", "国家顶级节点") in said
    assert ("policy", "《工业互联网高质量发展重点工作计划（2027年）》") in said
    terms = {entry["term"] for topic in row["topics"] for entry in topic["evidence"]}
    assert terms <= {words for kind, words in said if kind == "topic"}
    assert row["policies"] == [
        {
            "title": "工业互联网高质量发展重点工作计划（2027年）",
            "kind": "工作计划",
            "issuer": None,
            "number": None,
        }
    ]


def test_tag_writes_a_page(user: User) -> None:
    (user.home / "draft.txt").write_text(
        '重庆<script>alert(1)</script>\n重庆"上云" & 标识解析。\n' * 3, "utf-8"
    )
    assert "wrote draft.html" in user.says("tag", "draft.txt", "--html", "draft.html")
    page = (user.home / "draft.html").read_text("utf-8")
    assert "<script" not in page
    assert re.search(r'<mark class="region" title="重庆市 · primary">重庆</mark>', page)
    assert "&quot;" in page
    assert not re.search(r"(?:src|href)=|@import|url\(", page)
    (row,) = user.gets("tag", "draft.txt")
    shown = html.unescape(re.sub(r"<[^>]+>", "", page.split("</ul>")[1]))
    assert shown.split() == row["text"].split()
    assert "exists already" in user.says("tag", "draft.txt", "--html", "draft.html", code=1)
    assert "choose one" in user.says("tag", "draft.txt", "--html", "-", "--json", code=2)


def test_tag_takes_a_megabyte(user: User) -> None:
    (user.home / "draft.txt").write_text("重庆上云。" * 70_000, "utf-8")
    (row,) = user.gets("tag", "draft.txt")
    assert [region["name"] for region in row["regions"]] == ["重庆市"]


SENSELESS = [
    (
        "topics.toml",
        '[topic.one]\nlabel = "一"\nstrong = ["甲乙丙"]\n',
        "stands in several topics: one, two",
        "topic.one",
    ),
    (
        "topics.toml",
        '[topic.two]\nlabel = "二"\nstrong = ["甲乙丙"]\npattern = ["(a+)+"]\n',
        "may take forever",
        "topic.two",
    ),
    (
        "topics.toml",
        '[topic.three]\nlabel = "三"\nstrong = ["标识解析"]\n',
        "topics: identifier, three",
        "topic.three",
    ),
    (
        "regions.toml",
        '[region."甘肃省"]\naliases = ["资源"]\n',
        '"资源" is also an ordinary word',
        "region.甘肃省",
    ),
    ("regions.toml", '[region."青海省"]\naliases = ["河北"]\n', "already names 河北省", "region.青海省"),
    ("regions.toml", '[cluster."新圈"]\nmembers = ["重庆市", "无一市"]\n', "无一市", "cluster.新圈"),
    ("regions.toml", '[zone."新区块"]\nparent = "无二市"\n', "无二市", "zone.新区块"),
    ("regions.toml", '[organisation."某某云"]\nhome = "无三市"\n', "无三市", "organisation.某某云"),
    ("regions.toml", '[tiers]\n"一" = ["无四省"]\n', "无四省", "tiers.一"),
]
MISSPELT = [
    ("topics.toml", '[topic.one]\nlabel = "一"\nstrng = ["甲乙"]\n', "no such key", "topic.one.strng"),
    ("regions.toml", '[region."甘肃省"]\nalias = ["陇"]\n', "no such key", "region.甘肃省.alias"),
]


@pytest.mark.parametrize("faults", [SENSELESS, MISSPELT], ids=["senseless", "misspelt"])
def test_check_names_file_line_and_rule_of_all_faults(
    user: User, faults: list[tuple[str, str, str, str]]
) -> None:
    begin = {}
    for name, text, _, rule in faults:
        begin[rule] = (user.home / "config" / name).read_text("utf-8").count("\n")
        add(user, name, f"\n{text}")
    said = user.says("check", code=2).splitlines()
    for name, text, what, rule in faults:
        (told,) = [line for line in said if what in line and f"({rule})" in line]
        place = re.search(r"/config/([a-z.]+): line (\d+)", told)
        assert place, told
        assert place[1] == name
        assert begin[rule] < int(place[2]) <= begin[rule] + 2 + text.count("\n")


def test_retag_applies_changed_rules_and_tells_what_they_did(user: User) -> None:
    sources = user.home / "config" / "sources.toml"
    given = sources.read_text("utf-8").replace('path = "../seeds"', 'path = "../seeds"\nregions = ["湖北省"]')
    sources.write_text(given, "utf-8")
    user.says("poll", "seeds")
    assert "in force for all" in user.says("status")
    user.says("digest", "send", "daily", "--since", "2025-11-01")
    add(user, "topics.toml", NEW_TOPIC + NARROWER)
    assert "19 tagged under older ones" in user.says("status")

    foreseen = user.gets("retag", "--dry-run")
    assert "19 tagged under older ones" in user.says("status")
    gained = [turn for turn in foreseen if turn["id"] == "mould"]
    assert gained
    assert {(turn["before"], tuple(turn["words"])) for turn in gained} == {(None, ("模具",))}
    assert {turn["after"] for turn in foreseen if turn["id"] == "data"} == {None, "mentioned"}

    said = user.says("retag")
    assert re.search(rf"topic +模具 +{len(gained)} +0 +0 +模具 ×{len(gained)}", said)
    assert "in force for all" in user.says("status")
    (found,) = user.gets("why", str(gained[0]["item_id"]))
    assert "mould" in {topic["topic_id"] for topic in found["topics"]}
    assert found["changed_at"] is None
    assert ("湖北省", "primary") in {(region["name"], region["role"]) for region in found["regions"]}
    assert user.gets("retag", "--all") == []
    with_policy = next(
        row for number in range(5, 20) for row in user.gets("why", str(number)) if row["policies"]
    )
    assert f"《{with_policy['policies'][0]['title']}》" in user.says("why", str(with_policy["id"]))
    again = user.says("digest", "send", "daily", "--since", "2025-11-01")
    assert "nothing to send that it has not carried already" in again


def test_users_test_their_rules(user: User) -> None:
    assert "0 failed" in user.says("rules", "test", "config/expectations.toml")
    cases = user.home / "cases.toml"
    cases.write_text(
        '[[case]]\nname = "一"\ntext = "重庆企业上云。"\nno_regions = ["重庆"]\nmain = ["identifier"]\n'
        'organisations = ["某公司"]\n[[case]]\nfile = "post.txt"\nprimary = ["成都市"]\n',
        "utf-8",
    )
    (user.home / "post.txt").write_text("成都标识解析\n成都建成二级节点。\n", "utf-8")
    said, _ = user.runs("rules", "test", "cases.toml", "--json", code=1)
    first, second = json.loads(said)
    assert first["failures"] == [
        "topic identifier: should be main, is not there",
        "region 重庆: should not be there, is mentioned, by 重庆",
        "organisation 某公司: not there",
    ]
    assert second["holds"]
    assert "2 cases, 1 failed" in user.says("rules", "test", "cases.toml", code=1)
