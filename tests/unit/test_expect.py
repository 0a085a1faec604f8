import pytest

from watcher.tag import compile_rules, tag
from watcher.tag.expect import Expectation, failures, unknown
from watcher.tag.rulebook import shipped

RULES = compile_rules(shipped())
TEXT = "（记者刘一 武汉报道）重庆企业接入标识解析二级节点，四川样例机械有限公司参与。常熟跟进。"


@pytest.mark.parametrize(
    ("expected", "sentences"),
    [
        ({"topics": ["identifier"], "main": ["identifier"], "no_topics": ["security"]}, []),
        ({"regions": ["重庆", "常熟市"], "dateline": ["武汉"], "org": ["四川"], "implied": ["江苏"]}, []),
        ({"no_regions": ["武汉", "四川省", "江苏省"], "organisations": ["四川样例机械有限公司"]}, []),
        ({"regions": ["重庆", "重庆市"]}, []),  # one place by two names
        ({"topics": ["security"]}, ["topic security: should be main or mentioned, is not there"]),
        (
            {"no_topics": ["identifier"]},
            ["topic identifier: should not be there, is main, by 标识解析、二级节点"],
        ),
        ({"regions": ["武汉"]}, ["region 武汉: should be mentioned or primary, is only dateline"]),
        ({"org": ["重庆"]}, ["region 重庆: should be org, is only primary"]),
        ({"no_regions": ["重庆"]}, ["region 重庆: should not be there, is primary, by 重庆"]),
        ({"organisations": ["某公司"]}, ["organisation 某公司: not there"]),
        (
            {"no_organisations": ["四川样例机械有限公司"]},
            ["organisation 四川样例机械有限公司: there, by 四川样例机械有限公司"],
        ),
    ],
)
def test_failures(expected: dict[str, list[str]], sentences: list[str]) -> None:
    wanted = Expectation(**{key: tuple(names) for key, names in expected.items()})
    assert list(failures(wanted, tag("重庆标识解析", TEXT, RULES), RULES)) == sentences


def test_unknown_names() -> None:
    wanted = Expectation(topics=("nope", "core"), no_topics=("none",), primary=("重庆", "无有市"))
    assert list(unknown(wanted, RULES)) == [("topics", "nope"), ("no_topics", "none"), ("primary", "无有市")]
