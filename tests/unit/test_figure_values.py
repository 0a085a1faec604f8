"""Values in all their dress, and the numbers that are none."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.tag.figures.values import find_values
from watcher.text.fold import fold

# text: (value, upper end, unit, how exactly), one for each value in it
FOUND = {
    "总投资 909．72 亿元": [(90_972_000_000, None, "元", None)],
    "培育3－5个国家级服务平台": [(3, 5, "个", None)],
    "带动投资近700亿元": [(7e10, None, "元", "≈<")],
    "十余个地区探索": [(10, None, "个", ">")],
    "占总数近九成": [(90, None, "%", "≈<")],
    "收获九成半": [(95, None, "%", None)],
    "建成万余家智能工厂": [(10_000, None, "家", ">")],
    "拿出5千多万元": [(50_000_000, None, "元", ">")],
    "七八个平台": [(7, 8, "个", None)],
    "四五百张": [(400, 500, "张", None)],
    "气温4℃至8℃": [(4, 8, "℃", None)],
    "获10亿人民币": [(1e9, None, "元", None)],
    "进出口5亿元人民币": [(5e8, None, "元", None)],
    "输送电量4000亿度": [(4e11, None, "度", None)],
    "周转量703亿吨公里": [(7.03e10, None, "吨公里", None)],
    "车流6.9万辆次": [(69_000, None, "辆次", None)],
    "浓度28微克/立方米": [(28, None, "微克/立方米", None)],
    "覆盖3亿多人口": [(3e8, None, "人", ">")],
    "提升1.1和0.6个百分点": [(1.1, None, "个百分点", None), (0.6, None, "个百分点", None)],
    "跨上千亿元台阶": [(1e11, None, "元", ">")],
    "三分之一的企业": [(33.33, None, "%", None)],
    "六成企业": [(60, None, "%", None)],
    "五成至六成的企业": [(50, 60, "%", None)],
    "规模突破两万亿元": [(2e12, None, "元", ">")],
    "在建项目1800多个": [(1800, None, "个", ">")],
    "标识注册总量达4.63亿，": [(463_000_000, None, "", None)],
    "连接设备78.00万台（套）": [(780_000, None, "台(套)", None)],
    "百分之二十的企业": [(20, None, "%", None)],
    "提高0.5个百分点": [(0.5, None, "个百分点", None)],
    "20余万家": [(200_000, None, "家", ">")],
    "企业上云39万余家": [(390_000, None, "家", ">")],
    "超过万亿元大关": [(1e12, None, "元", ">")],
    "建成近万家智能工厂": [(10_000, None, "家", "≈<")],
    "支撑上千万人": [(10_000_000, None, "人", "≈")],
    "50%以上的企业": [(50, None, "%", "≥")],
    "渗透率在20%左右": [(20, None, "%", "≈")],
    "不足30%": [(30, None, "%", "<")],
    "30%以下": [(30, None, "%", "<")],
    "增长32.9%—81.9%": [(32.9, 81.9, "%", None)],
    "从2万亿元到3万亿元": [(2e12, None, "元", None), (3e12, None, "元", None)],
    "由45天缩短到7天": [(45, None, "天", None), (7, None, "天", None)],
    "连续8年稳定": [(8, None, "年", None)],
    "在10毫秒内传输": [(10, None, "毫秒", None)],
    "总指数为146.6，较上年提高46.6": [(146.6, None, "", None), (46.6, None, "", None)],
    "同比增长-3.2%": [(-3.2, None, "%", None)],
    "GDP28928亿元": [(2.8928e12, None, "元", None)],
    "十四亿多中国人民": [(1.4e9, None, "人", ">")],
    "总金额超7亿3000万元": [(7.3e8, None, "元", ">")],
    "一万七千多平方米": [(17_000, None, "平方米", ">")],
    "9万5千名旅客": [(95_000, None, "名", None)],
    "节水三亿两千万立方米": [(3.2e8, None, "立方米", None)],
    "投资1亿2千万元": [(1.2e8, None, "元", None)],
    "旅客1亿2000多万人次": [(1.2e8, None, "人次", ">")],
    "三万五千余家企业": [(35_000, None, "家", ">")],
    "从一万二千家": [(12_000, None, "家", None)],
    "装机10万千瓦": [(100_000, None, "千瓦", None)],
    "惠及十万百姓": [(100_000, None, "", None)],
    "支持84个人口流入城市": [(84, None, "个", None)],
    "额度在3000到30万元": [(3000, 300_000, "元", None)],
    "额度在3到30万元": [(30_000, 300_000, "元", None)],
    "制定127项目标任务": [(127, None, "项", None)],
    "50多家长三角机构": [(50, None, "家", ">")],
    "停电时间2.8小时/户": [(2.8, None, "小时/户", None)],
    "收购价3.1元/公斤": [(3.1, None, "元/公斤", None)],
    "3.3亿消费用户": [(330_000_000, None, "用户", None)],
    "已建成超8000家5G工厂": [(8000, None, "家", ">")],
    "要8—9个人干的活": [(8, 9, "人", None)],
    "四块国家级牌照": [(4, None, "块", None)],
    "每3度电就有1度是绿电": [(3, None, "度", None), (1, None, "度", None)],
    "全长4244千米": [(4244, None, "公里", None)],
    "订单260万美金": [(2_600_000, None, "美元", None)],
    "前十家重点平台": [(10, None, "家", None)],
    "一个10平米的房间": [(10, None, "平方米", None)],
    "基础设施等30个指标": [(30, None, "个", None)],
    "算力达1.2EFLOPS": [(1.2, None, "eflops", None)],
}
NONE = [
    "为成千上万名群众服务",
    "突出三个显著",
    "发展12项目",
    "第十四个五年规划",
    "第3家门店",
    "第47、48颗卫星",
    "八项规定",
    "360集团",
    "21世纪经济报道",
    "5G基站",
    "二〇二六年",
    "2026年11月20日",
    "一带一路",
    "四个方面",
    "3个指标",
    "两项任务",
    "中部六省",
    "川渝两地",
    "一家企业",
    "几十年",
    "数十万只候鸟",
    "二万五千里长征",
    "数万5千名旅客",
    "唯一一个企业",
    "投资500万元以上技改项目",
    "年收入2000万元以上的企业",
    "3分11秒",
    "90秒后",
    "15分钟生活圈",
    "等九个方面",
    "4个亿",
    "指数报告2025",
    "每8分钟",
    "7×24小时",
    "24小时值守",
    "8时30分钟",
    "比分3:2",
    "以3比2取胜",
    "电话010-62345678",
    "拨打12345热线",
    "股票代码600519",
    "300832.SZ",
    "500强",
    "版本4.0",
    "4．0时代",
    "007号",
    "IPv6",
    "C919客机",
    "H20台",
    "5+1",
    "千兆城市群",
    "千亿级产业集群",
    "亿元以上项目",
    "万家灯火",
    "百年变局",
    "过去4年",
    "10个月前",
    "增长9%至3%",
    "-5个",
    "0从到1",
    "二十国集团",
    "沿黄9省区",
    "阅读一小时",
    "www.example.com/2021/05/17",
]


@pytest.mark.parametrize(("text", "values"), FOUND.items(), ids=FOUND)
def test_a_value_is_read(text: str, values: list[tuple[float, float | None, str, str | None]]) -> None:
    found = find_values(fold(text).text)
    assert [(v.value, v.value_max, v.unit, v.approx) for v in found] == values


@pytest.mark.parametrize("text", NONE)
def test_a_number_that_states_nothing_is_no_value(text: str) -> None:
    assert find_values(fold(text).text) == []


def test_a_value_knows_where_it_stands() -> None:
    text = fold("带动投资近700亿元左右，").text
    (value,) = find_values(text)
    assert text[value.start : value.end] == "近700亿元左右"
    assert text[slice(*value.number)] == "700亿元左右"


def test_only_what_is_counted_stands_behind_its_value() -> None:
    assert [value.counts for value in find_values("17个节点，投资3亿元")] == [True, False]


@given(
    st.text(alphabet="0123456789一二三十百千万亿个家元%.,-~至到近超余多年月日第每从由gdp，。", max_size=80)
)
def test_no_mixture_breaks_it(text: str) -> None:
    values = find_values(text)
    spans = [(value.start, value.end) for value in values]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
