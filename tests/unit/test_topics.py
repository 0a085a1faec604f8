import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.model.rules import RuleBook, TopicRule
from watcher.tag import compile_rules, passing_topics, survey, tag, tags_of
from watcher.tag.rulebook import shipped

RULES = compile_rules(shipped())


def topics(title: str, text: str, rules=RULES) -> dict[str, str]:
    return {t.topic_id: t.role for t in tag(title, text, rules).topics}


SENTENCES = [
    ("全国“5G＋工业互联网”在建项目超1800个。", "fiveg_ii"),
    ("標識解析二級節點上線。", "identifier"),
    ("企业“上云”39万余家。", "cloudification"),
    ("“星火•链网”首个超级节点落户。", "blockchain"),
    ("安全态势感知平台上线运行。", "security"),
    ("印发《重庆市深化“互联网+先进制造业”发展工业互联网实施方案》。", "policy"),
    ("《成都市智能制造三年行动计划（2021—2023年）》出台。", "policy"),
    ("规模以上工业增加值同比增长4.6%。", "economy"),
    ("成渝地区双城经济圈建设提速。", "region_policy"),
    ("产业投资基金规模约5亿元。", "funding"),
    ("入选工业互联网试点示范项目。", "pilot"),
    ("数字孪生技术用于产线。", "applications"),
    ("建成多家灯塔工厂。", "smart_mfg"),
    ("卡奥斯平台为中小企业赋能。", "platform"),
    ("发展工业互联网。", "core"),
    ("东数西算工程全面启动。", "network_infra"),
    ("数据要素市场加快培育。", "data"),
    ("国家先进制造业集群名单公布。", "park_cluster"),
    ("工业互联网产业联盟发布报告。", "ecosystem"),
]


@pytest.mark.parametrize(("sentence", "topic"), SENTENCES)
def test_each_topic_is_found(sentence: str, topic: str) -> None:
    assert topic in topics("", sentence)


NOT = [
    ("云上贵州公司成立。", "cloudification"),
    ("50%以上云层覆盖。", "cloudification"),
    ("辽宁灯塔市发布天气。", "smart_mfg"),
    ("速率达到15G。", "fiveg_ii"),
    ("《报告》显示，《计划》指出。", "policy"),
    ("园区、试点、大数据随处可见。", "park_cluster"),
    ("Vaasa is a town.", "identifier"),
    ("掀起数字化转型浪潮。", "platform"),
]


@pytest.mark.parametrize(("sentence", "topic"), NOT)
def test_what_only_looks_like_a_topic(sentence: str, topic: str) -> None:
    assert topic not in topics("", sentence)


def book(*rules: TopicRule):
    return compile_rules(RuleBook(topics=rules))


LONG = "第一段。\n第二段。\n第三段说别的事。\n第四段说别的事。\n"


def test_main_needs_the_front_or_two_strong_terms() -> None:
    rules = book(TopicRule("a", "A", strong=("甲乙", "丙丁")))
    assert topics("甲乙", "", rules) == {"a": "main"}
    assert topics("", "甲乙。\n" + LONG, rules) == {"a": "main"}
    assert topics("", LONG + "甲乙。", rules) == {"a": "mentioned"}
    assert topics("", LONG + "甲乙丙丁。", rules) == {"a": "main"}


def test_weak_terms_need_the_gate_and_company() -> None:
    rules = book(TopicRule("a", "A", weak=("园区",)), TopicRule("g", "G", strong=("标识",), gate=True))
    weak = "园区园区园区。"
    assert topics("", weak, rules) == {}
    assert topics("", weak + "标识。", rules)["a"] == "mentioned"
    assert "a" not in topics("", "园区园区。标识。", rules)


def test_the_gate_opens_by_two_strong_terms_or_two_weak_ones_of_its_own() -> None:
    rules = book(TopicRule("a", "A", weak=("园区",)), TopicRule("b", "B", strong=("甲乙",)))
    assert "a" not in topics("", "园区园区园区甲乙", rules)
    assert "a" in topics("", "园区园区园区甲乙甲乙", rules)
    rules = book(TopicRule("a", "A", weak=("园区",)), TopicRule("g", "G", weak=("网络",), gate=True))
    assert "a" not in topics("", "园区园区园区网络", rules)
    assert topics("", "园区园区园区网络网络", rules) == {"a": "mentioned"}


def test_a_broad_term_needs_company_or_a_text_of_the_field() -> None:
    rules = book(
        TopicRule("a", "A", broad=("补贴",), weak=("贷款",)),
        TopicRule("g", "G", strong=("标识",), broad=("云网",), gate=True),
    )
    assert topics("", LONG + "还有补贴。", rules) == {}
    assert topics("", LONG + "还有补贴，又有补贴。", rules) == {"a": "mentioned"}
    assert topics("", LONG + "补贴。补贴。补贴。", rules) == {"a": "main"}
    assert topics("", LONG + "还有补贴。标识。", rules) == {"a": "mentioned", "g": "mentioned"}
    assert topics("", "发放补贴。", rules) == {"a": "mentioned"}  # a flash is nothing but its head
    assert topics("", "发放补贴。标识。\n" + LONG, rules)["a"] == "main"


def test_a_gate_topic_named_once_in_a_text_on_the_economy_is_in_passing() -> None:
    rules = book(
        TopicRule("a", "A", broad=("补贴",)),
        TopicRule("g", "G", broad=("云网",), weak=("基站",), gate=True),
    )
    assert topics("", LONG + "补贴。补贴。云网。", rules) == {"a": "mentioned"}
    assert topics("", LONG + "补贴。云网。基站。", rules) == {"a": "mentioned", "g": "mentioned"}
    assert topics("", "云网。\n" + LONG + "补贴。补贴。", rules)["g"] == "main"


def test_many_terms_of_any_kind_open_the_gate() -> None:
    rules = book(TopicRule("a", "A", weak=("贷款",)), TopicRule("b", "B", weak=("人才",)))
    assert topics("", LONG + "贷款" * 4 + "人才" * 3, rules) == {}
    assert topics("", LONG + "贷款" * 4 + "人才" * 4, rules) == {"a": "mentioned", "b": "mentioned"}


LISTS = [
    ("发展甲乙、农业、旅游。", {}),
    ("发展农业、旅游、甲乙。", {}),
    ("发展农业、甲乙等领域。", {}),
    ("发展农业、甲乙。", {"a": "mentioned"}),  # a pair is no enumeration
    ("发展农业、旅游，建设甲乙。", {"a": "mentioned"}),  # nor is one that ended before
    ("农业、旅游和甲乙。", {"a": "mentioned"}),
    ("发展甲乙、农业、旅游。又有甲乙。", {"a": "main"}),
    ("发展丙丁、农业、旅游。", {}),
]


@pytest.mark.parametrize(("sentence", "expected"), LISTS)
def test_one_of_an_enumeration_is_not_enough(sentence: str, expected: dict[str, str]) -> None:
    rules = book(TopicRule("a", "A", strong=("甲乙",)), TopicRule("b", "B", broad=("丙丁",)))
    assert topics("", LONG + sentence, rules) == expected


ELSEWHERE = [  # news of other fields, in which broad terms of ours pass by
    ("持续打造市场化、法治化、国际化一流营商环境，欢迎各国企业。", "policy"),
    ("加强干部人才队伍和基层党组织建设。", "ecosystem"),
    ("当地向老人发放补贴。", "funding"),
    ("粤港澳大湾区轨道交通建设加紧进行。", "region_policy"),
    ("依据《中国共产党纪律处分条例》给予处分。", "policy"),
    ("公共卫生防护网筑牢织密。", "security"),
    ("推动城镇化、农业、电动汽车、智能制造等领域合作。", "smart_mfg"),
]


@pytest.mark.parametrize(("sentence", "topic"), ELSEWHERE)
def test_what_other_news_drops_in_passing(sentence: str, topic: str) -> None:
    assert topic not in topics("", LONG + sentence)


def test_why_a_mention_was_not_enough() -> None:
    seen = survey("", LONG + "当地发放补贴，大家高兴。也有贷款。", RULES)
    [passing] = passing_topics(seen, RULES)
    assert (passing.topic_id, passing.label, passing.points) == ("funding", "资金与投资", 5)
    assert [(e.term, e.where, e.count) for e in passing.evidence] == [("补贴", "body", 1)]
    assert passing.why.startswith("5 of 6 points")


def test_what_has_a_role_is_not_in_passing() -> None:
    seen = survey("标识解析", LONG + "发放补贴。", RULES)
    assert {t.topic_id for t in tags_of(seen, RULES).topics} == {"identifier", "funding"}
    assert passing_topics(seen, RULES) == []


def test_terms_of_different_topics_overlap_and_of_one_topic_do_not() -> None:
    rules = book(
        TopicRule("a", "A", strong=("工业互联网标识", "工业互联网")),
        TopicRule("b", "B", strong=("标识解析",)),
    )
    found = {t.topic_id: t for t in tag("", "工业互联网标识解析", rules).topics}
    assert [e.term for e in found["a"].evidence] == ["工业互联网标识"]
    assert [e.term for e in found["b"].evidence] == ["标识解析"]


def test_not_swallows_and_pattern_counts() -> None:
    rules = book(TopicRule("a", "A", strong=("上云",), not_=("以上云",), pattern=("总投资.{0,4}亿",)))
    assert topics("", "百米以上云层", rules) == {}
    assert topics("", "总投资 200亿", rules) == {"a": "main"}
    assert topics("", "总投资了一个很长很长的亿", rules) == {}


def test_scores_order_the_tags() -> None:
    rules = book(TopicRule("a", "A", strong=("甲乙",)), TopicRule("b", "B", strong=("丙丁",)))
    tags = tag("丙丁", LONG + "甲乙。", rules).topics
    assert [(t.topic_id, t.score) for t in tags] == [("b", 4.0), ("a", 1.0)]


def test_evidence_counts_by_part() -> None:
    found = tag("标识解析", "标识解析。\n标识解析。\n其他。\n标识解析。\n标识解析。", RULES).topics
    [identifier] = [t for t in found if t.topic_id == "identifier"]
    assert [(e.term, e.where, e.count) for e in identifier.evidence] == [
        ("标识解析", "title", 1),
        ("标识解析", "lead", 2),
        ("标识解析", "body", 2),
    ]


def test_labels() -> None:
    assert RULES.topics["identifier"] == "标识解析"
    assert len(RULES.topics) == 18


@given(st.text(alphabet="5gG＋+工业互联网平台标识解析上云《》计划（）。\n “”", max_size=80))
def test_any_text_gives_true_evidence(text: str) -> None:
    for found in tag("", text, RULES).topics:
        assert all(e.term in text for e in found.evidence)
