"""Boilerplate rules: each kind of line they must take, and the sentences they must leave."""

import re

import pytest

from watcher.text.boilerplate import shipped, sift

RULES = shipped()
PROSE = "某市已经建成12个二级节点，接入企业超过300家，今年以来标识注册总量又增加了两成。"
MORE = "下一步，当地将继续推进企业上云上平台，加快建设制造业高质量发展示范区。"

HEAD = [
    "每日经济新闻 2021-05-10 06:56:09",
    "2025-12-03 19:42 来源： 新华社 字号：默认 大 超大 | 打印",
    "2022年5月14日 07:25",
    "发布时间：2022-05-14",
    "来源：经济日报",
    "来源：四川经济网 作者：张三 编辑：李四",
    "时间：2020-09-11 17:09 来源：某某网 作者：张三",
    "12分钟前",
    "昨天 08:00",
    "每经记者 吴某静 每经编辑 刘某美 程某",
    "当前位置：首页 > 新闻中心 > 正文",
    "首页 | 简 | 繁 | EN | 登录",
    "字号：默认 大 超大 | 打印",
    "浏览次数：1024",
    "点击上方蓝字关注我们",
    "2020-09-11 17:09:46来源:国际在线编辑:付某责编:冯某",
    "2022-05-14 07:25 來源：經濟日報",
    "備案動態 | 2023-08-24",
    "【中图分类号】D92 【文献标识码】A",
    "随时随地手机看文章",
    "财联社 08-10 08:23",
    "界面新闻",
    "重庆日报",
    "在某某财富看行情，选某某证券一站式开户交易>>",
    "全新投研助理，立即体验",
    "（原标题：工业互联网平台再扩容）",
]
TAIL = [
    "（文章来源：经济日报）",
    "文章来源：某某洞察，某某财经经授权转载发布。",
    "来源丨工信微报",
    "责任编辑：彭某兵",
    "打开微信，",
    "点击底部的“发现”",
    "使用“扫一扫”",
    "即可将网页分享至朋友圈。",
    "相关标签",
    "上一篇：某市召开推进会 下一篇：没有了",
    "栏目主编：顾某 文字编辑：王某",
    "【本文转载自其它网站，文章版权归原作者及原出处所有。文章系作者个人观点，不代表本网站立场，转载请联系原作者及原出处获得授权。】",
    "郑重声明：某某网发布此内容旨在传播更多信息，与本站立场无关，不构成投资建议。",
    "責任編輯：彭某兵",
    "责任编辑：张某 SF183",
    "新华报业全媒体记者 徐某英",
    "【我要纠错】责任编辑：朱某",
    "记者|吴某静 编辑|刘某美 程某 肖某",
    "校对|杜某恒",
    "文/张三 编辑/李四",
    "作者：张三丰",
    "审核：王五 监制：赵六",
    "｜某某新闻 nbdnews 原创文章｜",
    "未经许可禁止转载、摘编、复制及镜像等使用",
    "如需转载请向本公众号后台申请并获得授权",
    "海量资讯、精准解读，尽在某某财经APP",
    "长按识别二维码关注我们",
    "扫描二维码",
    "欢迎关注微信公众号：工信观察",
    "更多资讯请关注某某客户端",
    "投稿邮箱：news@example.org",
    "返回经济日报新闻｜返回首页",
    "返回首页",
    "http://example.org/NewsShare.html?infoCode=NW2022",
    "原文链接：https://example.org/a?b=1",
    "上一篇：某市召开推进会",
    "阅读原文",
    "点击查看更多",
    "标签：工业互联网 5G",
    "#工业互联网 #重庆",
    "免责声明：本文仅代表作者个人观点，与本网无关。",
    "以上内容不构成投资建议，据此操作风险自担。",
    "© 2022 某某网 版权所有",
    "京ICP备12345678号",
    "（完）",
    "喜欢就点个在看",
    "如有侵权，请联系我们删除。",
]
ANYWHERE = [
    "图片来源：摄图网",
    "题图来源：视觉中国",
    "#图片来源：某某网",
    "视频来源：某某网",
    "封面图片来源：视觉中国",
    "（图源某某网房产）",
    "图片来自网络",
    "图/视觉中国",
    "新华社记者 张三 摄",
    "01",
    "PART 02",
    "***",
    "▼",
    "[图片]",
    "function goSearch(event) {",
    "if (s == '甲') {",
    "}else{",
    "window.open(url, '_blank');",
    "// 市场 id=14",
]
# Real kinds of lines that stand in articles, at their edges as well.
SENTENCES = [
    "应用场景持续拓展",
    "8地列入“先行先试”名单",
    "央视网消息（新闻联播）：",
    "会议还研究了其他事项。",
    "王毅参加会见。",
    "记者：您怎么看工业互联网的前景？",
    "21世纪经济报道记者刘某 实习生李某 武汉报道",
    "扫描二维码，消费者就能看到这件产品的全部生产信息。",
    "未经授权，任何企业不得使用工业数据。",
    "数据来源是多家企业的公开年报。",
    "返回首页的按钮设计",  # a heading in the middle of an article on design
    "成都：以数字底座带动园区升级",
    "一、总体要求",
    "（一）加快网络基础设施建设",
    "第一章 总则",
    "2021年11月21日，大会在武汉开幕。",
    "工业和信息化部",
    "风险提示：政策推进不及预期",
    "打印行业迎来工业互联网改造",
    "编辑部的新尝试",
    "图为工人在车间作业。",
    "1000",
    "10",
    "重庆\t39\t41",
    "摄影展开幕",
    "来源于实践的创新",
    "下载量突破100万次",
    "关注工业互联网安全",
    "以上内容由当地经信部门发布",
    "本文作者为某高校教授",
    "立即行动起来",
    "新闻发布会实录",
    "视频监控系统升级",
    "if this then that",
    "IFTTT (if this then that)",
    "$5.2 billion",
    "document.cn",
    "截至目前，该公司专利已获授权120项。",
    "双方将在多个领域开展商务合作。",
    "去年当地法院审结涉及商标侵权的案件300件。",
    "点击量破亿 用户关注度高",
    "市民打开政务APP即可办理",
    "扫描仪产业集群落户",
    "下一篇章的开启",
    "时间：2022年5月14日 14:00",
    "地点：国际会议中心",
    "相关内容将择期发布",
    "全国首发",
    "阅读更多好书的城市",
    "文化与产业：共生",
    "微信群里的车间主任",
    "大中小企业融通发展",
    "（2023年9月7日）",
]


@pytest.mark.parametrize("line", HEAD)
def test_takes_lines_before_the_prose(line: str) -> None:
    assert sift([line, PROSE, MORE], RULES).removed == (line,)


@pytest.mark.parametrize("line", TAIL)
def test_takes_lines_after_the_prose(line: str) -> None:
    assert sift([PROSE, MORE, line], RULES).removed == (line,)


@pytest.mark.parametrize("line", ANYWHERE)
def test_takes_captions_and_ornaments_anywhere(line: str) -> None:
    assert sift([PROSE, line, MORE], RULES).removed == (line,)


@pytest.mark.parametrize("line", sorted({*HEAD, *TAIL}))
def test_leaves_edge_lines_between_two_sentences(line: str) -> None:
    assert sift([PROSE, line, MORE], RULES).kept == (PROSE, line, MORE)


@pytest.mark.parametrize("line", SENTENCES)
def test_leaves_what_an_article_says(line: str) -> None:
    assert line in sift([PROSE, line, MORE], RULES).kept
    if not line.startswith("返回"):
        assert sift([line, PROSE, MORE], RULES).removed == ()
        assert sift([PROSE, MORE, line], RULES).removed == ()


@pytest.mark.parametrize(
    ("lines", "outlet", "time_text", "link"),
    [
        (["每日经济新闻 2021-05-10 06:56:09", PROSE], "每日经济新闻", "2021-05-10 06:56:09", None),
        (["2025-12-03 19:42 来源： 新华社", PROSE], "新华社", "2025-12-03 19:42", None),
        (
            ["2025-12-03 19:42", "来源：", "新华社", "字号：默认", "大", "打印", PROSE],
            "新华社",
            "2025-12-03 19:42",
            None,
        ),
        ([PROSE, "（文章来源：经济日报）", "https://e.org/a"], "经济日报", None, "https://e.org/a"),
        ([PROSE, "(本文来源：中国网作者：陈某松)"], "中国网", None, None),
        (
            ["2020-09-11 17:09:46来源:国际在线编辑:付某责编:冯某", PROSE],
            "国际在线",
            "2020-09-11 17:09:46",
            None,
        ),
        (["2022-05-14 07:25 來源：經濟日報", PROSE], "經濟日報", "2022-05-14 07:25", None),
        (["某某动态 | 2023-08-24", PROSE], None, "2023-08-24", None),
        (["来源：四川大学 作者：张三", PROSE], "四川大学", None, None),
        ([PROSE, "来源丨大众日报"], "大众日报", None, None),
        ([PROSE, "来源：网络"], None, None, None),
        ([MORE + "（文章来源：经济日报）"], "经济日报", None, None),
        ([MORE + "（责任编辑：某某）"], None, None, None),
        ([MORE + "(本文来源：中国网作者：陈某松)"], "中国网", None, None),
    ],
)
def test_keeps_what_the_lines_said(
    lines: list[str], outlet: str | None, time_text: str | None, link: str | None
) -> None:
    sifted = sift(lines, RULES)
    assert (sifted.outlet, sifted.time_text, sifted.link) == (outlet, time_text, link)
    assert sifted.kept in {(PROSE,), (MORE,)}
    assert sifted.removed


@pytest.mark.parametrize(
    ("line", "outlet"),
    [
        ("21世纪经济报道记者刘某 实习生李某 武汉报道 11月21日，大会发布《报告》。", "21世纪经济报道"),
        ("中新网4月2日电 据外媒报道，当地发布预警。", "中新网"),
        ("央视网消息（新闻联播）：长三角区域前两个月外贸进出口总值创历史新高。", "央视网"),
        ("新华社北京12月5日电 国务院召开常务会议，研究有关工作。", "新华社"),
        ("重庆日报讯 两江新区集中开工一批重大项目，总投资超过百亿元。", "重庆日报"),
        ("观点网讯：8月10日，某公司表示，将进一步扩大测试。", "观点网"),
        ("台海网8月8日讯（记者吴某）某市工业园区集中开工。", "台海网"),
        ("工业互联网消息称，多地正在加快建设。", None),
        ("据新工业洞察了解，除了贵州之外，多地都在布局。", None),
    ],
)
def test_the_first_words_name_the_outlet_and_stay(line: str, outlet: str | None) -> None:
    sifted = sift([line, MORE], RULES)
    assert sifted.dateline_outlet == outlet
    assert sifted.kept == (line, MORE)


def test_a_list_of_related_headlines_goes_as_a_whole() -> None:
    lines = [PROSE, MORE, "相关阅读", "某地工业互联网再上台阶", "某市出台新规"]
    assert sift(lines, RULES).kept == (PROSE, MORE)
    lines = [PROSE, "相关阅读", "某地工业互联网再上台阶", MORE]
    assert sift(lines, RULES).kept == tuple(lines)


def test_the_date_under_an_official_paper_stays() -> None:
    lines = (PROSE, MORE, "工业和信息化部", "2022年4月13日")
    assert sift(lines, RULES).kept == lines


def test_a_note_that_is_nothing_but_boilerplate_stays_but_a_page_of_it_goes() -> None:
    junk = ["首页", "登录", "|", "字号：大 中 小", "var a = 1;"]
    assert sift(junk, RULES).kept == ()
    assert sift(junk, RULES).removed == tuple(junk)
    assert sift(["点击上方蓝字关注我们"], RULES).kept == ("点击上方蓝字关注我们",)
    assert sift([], RULES).kept == ()


def test_a_source_adds_its_own_lines() -> None:
    own = RULES.with_patterns([r"本栏目由.{1,20}冠名"])
    assert sift([PROSE, "本栏目由某某公司冠名", MORE], own).removed == ("本栏目由某某公司冠名",)
    with pytest.raises(re.error):
        RULES.with_patterns(["("])


def test_every_rule_says_why_it_is_one() -> None:
    assert all(rule.name for rule in (*RULES.lines, *RULES.suffixes, *RULES.datelines))
    assert not any(
        "{" + word in rule.pattern.pattern for rule in RULES.lines for word in ("open", "tool", "name}")
    )


@pytest.mark.parametrize(
    "piece",
    [
        "大",
        "大小",
        "字体打印",
        "首页返回",
        "编辑：张",
        "图图片来源",
        "#a",
        "记者 张三 ",
        "来源：",
        "（",
        "返回|",
        "2021-05-10 ",
    ],
)
def test_no_pattern_needs_long(piece: str) -> None:
    for line in (
        piece * (1_000_000 // len(piece)),
        *((piece * 520)[:size] + end for size in (60, 99, 519) for end in "x。"),
    ):
        assert sift([line], RULES).kept == (line,)  # a pattern that backtracks would hang here
