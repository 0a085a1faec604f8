"""The sentence under the title: texts as they come, and what is shown of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.digest.lead import LONGEST, clip_clause, lead

TITLE = "两江新区新增三个标识解析二级节点"
FIRST = "全区已有一千二百家企业接入标识解析体系。"

CASES = [
    pytest.param(f"{FIRST}月均解析八百万次。", FIRST, id="first sentence"),
    pytest.param(f"{TITLE}\n{FIRST}", FIRST, id="title again"),
    pytest.param(f"“两江新区”新增三个标识解析二级节点！\n{FIRST}", FIRST, id="title with other punctuation"),
    pytest.param(f"来了！\n{FIRST}", FIRST, id="a cry"),
    pytest.param(f"来源：山城工业报 作者：周宁。\n{FIRST}", FIRST, id="source line"),
    pytest.param(f"责任编辑：周宁 校对：吴越，转载请注明出处。\n{FIRST}", FIRST, id="editor line"),
    pytest.param(f"点击上方蓝字关注我们的公众号，不错过每一条消息。\n{FIRST}", FIRST, id="follow us"),
    pytest.param(f"（一）全面提升网络基础设施的支撑能力\n{FIRST}", FIRST, id="heading before"),
    pytest.param(f"新华社重庆2月22日电（记者 周宁）{FIRST}", FIRST, id="agency dateline"),
    pytest.param(f"中新网成都5月10日电 (王五 赵六) {FIRST}", FIRST, id="agency dateline, ASCII brackets"),
    pytest.param(f"本报讯 记者周宁报道：{FIRST}", FIRST, id="own news"),
    pytest.param(f"湖北日报讯（记者周宁 实习生吴越 武汉报道）{FIRST}", FIRST, id="paper's dateline"),
    pytest.param(f"财联社2月23日电，{FIRST}", FIRST, id="wire dateline"),
    pytest.param(f"央视网消息（新闻联播）：{FIRST}", FIRST, id="broadcaster's news"),
    pytest.param(f"西部经济报道记者刘茜 实习生李雨 武汉报道 {FIRST}", FIRST, id="reporter's dateline"),
    pytest.param(f"记者从市经信局了解到，{FIRST}", f"记者从市经信局了解到，{FIRST}", id="记者 as a word"),
    pytest.param(f"【环球网综合报道】{FIRST}", FIRST, id="round-up"),
    pytest.param(
        "重庆腾讯云基地今天正式投入使用。", "重庆腾讯云基地今天正式投入使用。", id="腾讯 is no dateline"
    ),
    pytest.param("今日电力供应充足，工厂全部开工。", "今日电力供应充足，工厂全部开工。", id="日电力 is none"),
    pytest.param(
        "他说：“我们做到了今年的全部目标。”随后离场。", "他说：“我们做到了今年的全部目标。”", id="quote"
    ),
    pytest.param(
        "《工业互联网怎么建？》一书近日在重庆出版。",
        "《工业互联网怎么建？》一书近日在重庆出版。",
        id="book title",
    ),
    pytest.param(
        "Latency fell to 12 ms in the plants. Costs fell too.",
        "Latency fell to 12 ms in the plants.",
        id="English",
    ),
    pytest.param(
        "一、平台\n支持中小企业上云上平台的十条措施", "支持中小企业上云上平台的十条措施", id="no sentence"
    ),
    pytest.param("一、平台\n二、网络", None, id="only headings"),
    pytest.param("", None, id="empty"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_lead(text: str, expected: str | None) -> None:
    assert lead(text, TITLE) == expected


CLIPS = [
    ("短句。", 10, "短句。"),
    ("第一个分句很长很长，第二个分句也长", 12, "第一个分句很长很长…"),
    ("近，第二个分句没有任何可断之处", 10, "近，第二个分句没有…"),
    ("甲地、乙地、丙地、丁地、戊地全部建成", 12, "甲地、乙地、丙地…"),
    ("全市已经建成基站总计18.57万个", 13, "全市已经建成基站总计…"),
]


@pytest.mark.parametrize(("text", "limit", "expected"), CLIPS)
def test_clip_clause(text: str, limit: int, expected: str) -> None:
    assert clip_clause(text, limit) == expected


@given(st.text(alphabet="重庆建成，。！？：；、“”（）ab 1.5%\n", max_size=400))
def test_a_lead_is_short_and_from_the_text(text: str) -> None:
    found = lead(text, TITLE)
    if found is not None:
        assert 0 < len(found) <= LONGEST
        assert "\n" not in found
        assert found.removesuffix("…") in " ".join(text.split())


def test_a_hostile_text_is_read_in_no_time() -> None:
    assert lead("（" * 50_000 + "记者" * 50_000, TITLE) is None
    assert lead("\n" * 100_000 + FIRST, TITLE) is None  # it does not look that far
