import pytest

from watcher.model.rules import OrganisationRule, RuleBook
from watcher.tag import compile_rules, tag
from watcher.tag.rulebook import shipped

RULES = compile_rules(shipped())


def names(text: str) -> dict[str, str | None]:
    return {org.name: org.kind for org in tag("", text, RULES).organisations}


FOUND = [
    ("海尔打造的卡奥斯平台上线。", {"海尔": "company", "卡奥斯": "platform"}),
    ("忽米网平台接入设备。", {"忽米": "platform"}),
    ("工信部发布名单。", {"工业和信息化部": "government"}),
    (
        "阿里、腾讯、华为、浪潮等巨头参与。",
        {"阿里巴巴": "company", "腾讯": "company", "华为": "company", "浪潮": "company"},
    ),
    ("掀起数字化转型浪潮。", {}),
    ("一家公司上线平台。", {}),
    ("多家上市公司披露年报。", {}),
    ("建设工业互联网平台。", {}),
    ("在抚顺新钢铁公司，产线升级。", {"抚顺新钢铁公司": "company"}),
    ("走进江苏苏州汇川技术有限公司。", {"苏州汇川技术有限公司": "company"}),
    ("中国信通院发布白皮书。", {"中国信息通信研究院": "institute"}),
    ("浙江大学盘和林说。", {"浙江大学": "university"}),
    ("川渝大数据产业生态联盟成立。", {"川渝大数据产业生态联盟": "alliance"}),
    ("北京东城区发布政策。", {}),
    ("据长沙晚报报道。", {}),
    ("据美国媒体27日报道。", {}),
    ("五粮液、美的、格力上云。", {"五粮液": "company", "美的": "company", "格力": "company"}),
    ("这是一幅美的画卷。", {}),
    ("甲乙丙丁戊己庚辛壬癸子丑寅卯抚顺新钢铁公司投产。", {"抚顺新钢铁公司": "company"}),
    ("当地发改委组织申报。", {}),
    ("江苏省发改委组织申报。", {"江苏省发改委": "government"}),
    ("湖南省工业互联网平台建设计划。", {}),
    ("南京东路步行街改造。", {}),
    ("大学生在国内大学交流。", {}),
    ("广东阳江核电站上线系统。", {"阳江核电站": "plant"}),
    ("北京工业大学发布成果。", {"北京工业大学": "university"}),
    ("据新华社报道，广东男篮夺冠。", {}),
    ("宏华精密集团股份有限公司投产。", {"宏华精密集团股份有限公司": "company"}),
    ("美国商务部公布数据。", {}),
    ("商务部公布数据。", {"商务部": "government"}),
    ("人社部门提供服务。", {}),
    ("人社部提供服务。", {"人力资源和社会保障部": "government"}),
    ("一个国家级制造业创新中心建成。", {}),
    ("非上市股份有限公司可以参加。", {}),
    ("广告公司和拍卖公司入驻。", {}),
    ("福州京东方投产。", {"京东方": "company"}),
    ("（3）武进精密集团投产。", {"武进精密集团": "company"}),
    ("推出“科技兴农”江苏农垦集团负责人说。", {"江苏农垦集团": "company"}),
    ("龙头“华翔”集团投产。", {"华翔集团": "company"}),
    ("参与“云网”华翔集团投产。", {"云网华翔集团": "company"}),
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_finds_organisations(text: str, expected: dict[str, str]) -> None:
    assert names(text) == expected


def test_home_comes_from_the_lexicon_or_the_name() -> None:
    found = {
        org.name: org.region_code
        for org in tag("", "四川长虹与抚顺新钢铁公司、工信部。", RULES).organisations
    }
    assert found == {"四川长虹": "510700", "抚顺新钢铁公司": "210400", "工业和信息化部": None}


def test_evidence_holds_every_wording() -> None:
    [org] = tag("", "工信部发文。工业和信息化部解读。工信部答问。", RULES).organisations
    assert sorted((e.term, e.count) for e in org.evidence) == [
        ("工业和信息化部", 1),
        ("工信部", 1),
        ("工信部", 1),
    ]


def test_a_user_extends_the_lexicon() -> None:
    book = RuleBook(
        organisations=(OrganisationRule("某某云", "platform", ("某云",), "长沙市", needs_context=True),)
    )
    rules = compile_rules(book)
    assert [o.region_code for o in tag("", "某云平台上线。", rules).organisations] == ["430100"]
    assert tag("", "天上有某云飘过。", rules).organisations == ()


DOCUMENTS = [
    (
        "印发《重庆市推进工业互联网发展若干政策》。",
        ("重庆市推进工业互联网发展若干政策", "若干政策", None, None),
    ),
    (
        "工信部印发《工业互联网创新发展行动计划（2021—2023年）》（工信部信管〔2020〕197号）。",
        (
            "工业互联网创新发展行动计划（2021—2023年）",
            "行动计划",
            "工业和信息化部",
            "工信部信管〔2020〕197号",
        ),
    ),
    ("他读过《计划》和《红楼梦》。", None),
    ("工信部称，企业在《网络安全分类分级指南》指导下工作。", ("网络安全分类分级指南", "指南", None, None)),
]


@pytest.mark.parametrize(("text", "expected"), DOCUMENTS)
def test_finds_policy_documents(text: str, expected: tuple[str | None, ...] | None) -> None:
    found = [(d.title, d.kind, d.issuer, d.number) for d in tag("", text, RULES).documents]
    assert found == ([expected] if expected else [])


def test_a_document_named_twice_is_one() -> None:
    text = "《重庆市智能制造实施方案》出台。《重庆市智能制造实施方案》提出目标。"
    assert len(tag("", text, RULES).documents) == 1
