import pickle
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from watcher.model.rules import ClusterRule, OrganisationRule, RegionExtra, RuleBook, TopicRule, ZoneRule
from watcher.tag import check, compile_rules, tag
from watcher.tag.rulebook import merge, read_regions, read_topics, shipped

TOPICS = """
[topic.low_altitude]
label = "低空经济"
strong = ["低空经济"]
not = ["低空飞行表演"]
[topic.core]
label = "核心"
strong = ["产业互联网"]
"""

REGIONS = """
blocked = ["成都银行杯"]
[cluster."宁镇扬"]
members = ["南京市", "镇江市"]
expands = ["宁镇扬三市"]
[cluster."长三角"]
members = ["上海市"]
[zone."照母山园"]
parent = "重庆市"
[region."重庆市"]
aliases = ["雾都"]
[tiers]
"示范引领" = ["重庆市"]
[organisation."某某云"]
kind = "platform"
home = "长沙市"
"""


def test_users_rules_are_laid_over_the_shipped_ones() -> None:
    topics = read_topics(tomllib.loads(TOPICS), "topics.toml")
    regions = read_regions(tomllib.loads(REGIONS), "regions.toml")
    book = merge(shipped(), topics, regions)
    by_id = {topic.id: topic for topic in book.topics}
    assert len(book.topics) == len(shipped().topics) + 1
    assert by_id["core"].strong == ("产业互联网",)
    assert by_id["low_altitude"].not_ == ("低空飞行表演",)
    assert by_id["low_altitude"].origin == "topics.toml: topic.low_altitude"
    assert {c.name: c.members for c in book.clusters}["长三角"] == ("上海市",)
    assert "成都银行杯" in book.blocked
    assert len(book.blocked) == len(shipped().blocked) + 1
    assert {o.name: o.home for o in book.organisations}["某某云"] == "长沙市"
    atlas = compile_rules(book).atlas
    assert atlas.regions["500000"].tier == "示范引领"
    assert atlas.regions["420000"].tier == "示范引领"


def test_a_file_may_stand_alone() -> None:
    topics = read_topics(tomllib.loads('extends = "none"\n' + TOPICS), "t")
    regions = read_regions(tomllib.loads('extends = "none"\n' + REGIONS), "r")
    assert [t.id for t in merge(shipped(), topics).topics] == ["low_altitude", "core"]
    assert merge(shipped(), topics).clusters == shipped().clusters
    alone = merge(shipped(), regions)
    assert [c.name for c in alone.clusters] == ["宁镇扬", "长三角"]
    assert alone.topics == shipped().topics
    assert alone.blocked == ("成都银行杯",)
    assert compile_rules(alone).atlas.find("湖北") is not None  # the official table always stays


@pytest.mark.parametrize(
    ("read", "text", "key"),
    [
        (read_topics, '[topic.a]\nlabel = "x"\nstorng = ["y"]', "storng"),
        (read_topics, "[topic.a]\nstrong = ['y']", "label"),
        (read_topics, '[topic.a]\nlabel = "x"\nstrong = "y"', "strong"),
        (read_topics, 'extends = "some"', "extends"),
        (read_regions, '[cluster."a"]\naliases = ["x"]', "members"),
        (read_regions, '[zones."a"]\nparent = "x"', "zones"),
        (read_regions, "blocked = [1]", "blocked"),
        (read_regions, '[region."重庆市"]\nalias = ["x"]', "alias"),
    ],
)
def test_wrong_shapes_are_refused_by_key(read, text: str, key: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(tomllib.loads(text), "file")
    assert key in str(caught.value)


def test_the_shipped_rules_are_sound() -> None:
    assert check(shipped()) == []


def test_the_shipped_rules_stand_every_check_of_own_ones() -> None:
    book = shipped()
    parts = ("topics", "clusters", "zones", "extras", "organisations")
    own = {part: tuple(replace(rule, origin="own") for rule in getattr(book, part)) for part in parts}
    findings = check(replace(book, **own))
    assert [what for _, what, _ in findings if "stands in several topics" not in what] == []


def test_the_starter_files_are_sound() -> None:
    config = Path(__file__).parents[2] / "config"
    topics = read_topics(tomllib.loads((config / "topics.toml").read_text("utf-8")), "topics.toml")
    regions = read_regions(tomllib.loads((config / "regions.toml").read_text("utf-8")), "regions.toml")
    book = merge(shipped(), topics, regions)
    assert check(book) == []
    found = tag("低空经济起飞", "宁镇扬三市布局低空经济。", compile_rules(book))
    assert "low_altitude" in {t.topic_id for t in found.topics}
    assert {"320100", "321100", "321000"} <= {t.region_code for t in found.regions}


def topic(**fields) -> RuleBook:
    return RuleBook(topics=(TopicRule("a", "A", **{"origin": "mine", **fields}),))


FINDINGS = [
    (topic(strong=("",)), "empty"),
    (topic(weak=("云",)), "one character"),
    (topic(pattern=("(",)), "no regular expression"),
    (topic(pattern=("[[a]]",)), "no regular expression"),
    (topic(pattern=("a*",)), "empty string"),
    (topic(pattern=("(a+)+b",)), "forever"),
    (topic(pattern=("(?:.*x)*y",)), "forever"),
    (topic(pattern=("a" * 700,)), "forever"),
    (RuleBook(clusters=(ClusterRule("甲乙", ("无此市",), origin="r"),)), "无此市"),
    (RuleBook(clusters=(ClusterRule("甲乙", (), origin="r"),)), "no members"),
    (RuleBook(clusters=(ClusterRule("甲乙", ("重庆市",), ("甲",)),)), "one character"),
    (RuleBook(zones=(ZoneRule("甲乙园", "无此市"),)), "无此市"),
    (RuleBook(extras=(RegionExtra("无此市", ("乌有",)),)), "无此市"),
    (RuleBook(extras=(RegionExtra("重庆市", ("成都",)),)), "already names 成都市"),
    (RuleBook(extras=(RegionExtra("重庆市", ("资源",)),)), "ordinary word"),
    (RuleBook(blocked=(" ",)), "empty"),
    (RuleBook(tiers=(("甲", ("无此市",)),)), "无此市"),
    (RuleBook(organisations=(OrganisationRule("某", "company"),)), "one character"),
    (RuleBook(organisations=(OrganisationRule("某某", "company", home="无此市"),)), "无此市"),
]


@pytest.mark.parametrize(("book", "said"), FINDINGS)
def test_check_finds(book: RuleBook, said: str) -> None:
    assert any(said in what for _, what, _ in check(book))


def test_check_finds_a_strong_term_in_two_topics_unless_both_are_shipped() -> None:
    mine = read_topics({"topic": {"x": {"label": "X", "strong": ["标识解析"]}}}, "topics.toml")
    [(origin, what, _)] = check(merge(shipped(), mine))
    assert origin == "topics.toml: topic.x"
    override = read_topics({"topic": {"core": {"label": "X", "strong": ["标识解析"]}}}, "topics.toml")
    assert [origin for origin, *_ in check(merge(shipped(), override))] == ["topics.toml: topic.core"]
    assert "标识解析" in what
    assert "identifier" in what


def test_sound_patterns_pass() -> None:
    assert check(topic(pattern=("总投资.{0,6}亿", "(?:甲|乙)+丙", "《[^》]{4,60}计划》"))) == []


def test_the_hash_changes_with_rules_and_not_with_their_place() -> None:
    first = compile_rules(topic(strong=("甲乙",)))
    assert first.hash == compile_rules(topic(strong=("甲乙",), origin="elsewhere")).hash
    assert first.hash != compile_rules(topic(strong=("甲乙", "丙丁"))).hash
    assert re.fullmatch(r"\d+:[0-9a-f]{16}", first.hash)
    assert len(first.hash) == 18


def test_rules_survive_pickling() -> None:
    rules = compile_rules(shipped())
    again = pickle.loads(pickle.dumps(rules))
    assert again.hash == rules.hash
    assert again.topics["core"] == "工业互联网"
    text = "重庆工业互联网标识解析二级节点上线。"
    assert tag("", text, again) == tag("", text, rules)
