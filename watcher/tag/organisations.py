"""Finds organisations: names of the lexicon, and word shapes that end in 公司, 研究院, 大学, 日报 and so on.

Their spans also tell the place finder what is no place: in 抚顺新钢铁公司 nothing happens in 抚顺. Only names
with a body of their own count: 工业互联网平台 alone, or 一家公司, is nobody.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watcher.model.item import OrganisationTag
from watcher.model.rules import RuleBook
from watcher.tag.evidence import evidence
from watcher.tag.gazetteer import COUNTRY, Atlas
from watcher.tag.layout import Layout
from watcher.tag.lexicon import OrganisationName
from watcher.tag.places import Hit
from watcher.text.fold import Folded

# What a name may end in. Shapes as vague as 智能 or 科技 are left out: 26 false for 2 right on real articles.
SUFFIXES = {
    "company": "集团 公司 股份 控股 银行 证券 交易所 油田 钢铁 重工 电气 分公司 有限公司 商行 信用社 供销社 船厂 机床厂 钢铁厂 电厂",
    "institute": "研究院 研究所 研究总院 研究中心 科学院 设计院 工程院 分院 技术中心 评测中心 发展中心",
    "university": "大学 学院 职校 中学 小学 技校 党校",
    "alliance": "联盟 协会 学会 商会 基金会 促进会 联合会",
    "platform": "工业互联网平台 互联网云平台 工业云 工业云平台",
    "centre": "制造业创新中心 制造创新中心 技术创新中心",
    "outlet": "日报 晚报 晨报 早报 时报 商报 都市报 快报 青年报 卫视 电视台 广播电视台 电台 新闻网 经济网 新闻客户端 融媒体中心 云媒体 通讯社",
    "laboratory": "实验室",
    "team": "代表团 代表队 男篮 女篮 男排 女排 男足 女足 足球队 篮球队 乒乓球队",
    "hospital": "医院 附属医院 卫生院",
}  # fmt: skip
NOT_AFTER = {"日报": "道", "晚报": "道", "时报": "道", "大学": "生城科路", "学院": "派路", "集团": "军化成作", "银行": "卡业家", "电气": "化",
             "钢铁": "工业行企产长大侠洪之意是", "重工": "业", "股份": "制合有", "联盟": "链", "中学": "生", "小学": "生",
             "证券": "市", "控股": "股", "学会": "了", "医院": "船"}  # fmt: skip
NO_PLACE = frozenset({"company", "institute", "university", "outlet", "hospital", "team"})

UNLISTED = frozenset({"outlet", "hospital", "team"})  # found only so that their places are not taken for news

_REACH = 18  # characters a name may run back from its suffix
_STOP = re.compile(
    r"[^\u3400-\u9fffa-z0-9·()\-]|[的了在和及等是有为对向到把被让以并从由据给跟或且但其该此这那各每于着]"
    r"|与(?!信息)|同(?![济仁方])|将(?!军)|记者|来自|位于|走进|来到|企业|旗下|子公司|加快|推进|支持|打造|组建|成立|设立|联合|携手|引进|依托|通过|包括"
    r"|例如|比如|以及|目前|今年|去年|推动|参观|考察|调研|国内|我国|全国|当地|首家|首个|一批|一家|两家|多家|几家|创始人|当属|隶属|上线|接入|入选"
    r"|作为|公布|发布|召开|举办|主办|承办|建设|服务|表示|介绍|透露|显示|数据|宣布|签约|落户|投资|收购|启动|建成|搭建|孵化|承建|面向|带动|负责人|邀请|合作|应用|根据"
    r"|会见|出席|参加|希望|指导|整治|加强|进一步|提高|落实|送往|前往|获得|完善|继续|分别|近日|日前|随后|结束|复信|率团|中止|实现|接受|感谢|强化|登陆|要求"
    r"|袭击|报道|媒体|撤回|开展|提升|引导|认识|出台|先后|首次|同时|其中|期间|称|就|已|正(?!大)|共(?!同|享)|原(?!子)|约|总部|多次|拥有|包含|涵盖|围绕|聚焦|深化|推出|批准"
    r"|\d+(?:余|多)?(?:家|个|所|户|届|支|日|月|年)|第[一二三四五六七八九十]+[家个]|[一二三四五六七八九十]大"
)
_GENERIC = re.compile(
    r"(?:中国|国家|国家级|省级|市级|省|市|区|县|本|该|总|分|母|子|大|小|中小|大型|龙头|骨干|知名|国有|民营|央企|外资|上市|跨国|控股|有限|责任|股份|互联网|网络|"
    r"科技|高科技|物流|保险|电商|外贸|贸易|建筑|医药|农业|能源|汽车|工业|制造|软件|信息|数据|平台|第三方|新|老|产业|行业|企业|多|级|型|业|内|外|部分|相关|其他|主要|重点|"
    r"著名|世界|全球|国际|海外|欧美|专业|技术|研发|独立|联合|产业链|特色|双跨|跨行业|跨领域|综合|地方|商业|全省|全市|综合性|专业性|职业|高等|属|们|云|"
    r"公共|创新|首批|代表性|融资|担保|基金|投资|管理|运营|发展|集团|公司|轨道交通|广播|电视|高新技术|高科|新能源|大数据|人工智能|智能|数字|数字化|建立|\d)*"
)
_BUSINESS = re.compile(r"集团|公司|工厂|平台|云|股份|等|、|科技|网络|软件")


@dataclass(frozen=True, slots=True)
class Organisation:
    """One mention. `known` comes from the lexicon; `name` is then its usual form."""

    start: int
    end: int
    name: str
    kind: str
    home: str | None = None
    known: bool = False


def organisation_names(book: RuleBook, atlas: Atlas) -> Iterator[tuple[str, OrganisationName]]:
    """The entries of the lexicon: known names first, then suffixes."""
    for rule in book.organisations:
        home = atlas.find(rule.home) if rule.home else None
        for form in (rule.name, *rule.aliases):
            bare = form == rule.name or len(form) < 3
            yield form, OrganisationName(rule.name, rule.kind, home.code if home else None, rule.needs_context and bare)
    for kind, words in SUFFIXES.items():
        yield from ((word, OrganisationName(word, kind, suffix=True)) for word in words.split())


def find_organisations(
    text: str, found: Sequence[tuple[int, int, OrganisationName]], places: Sequence[Hit], atlas: Atlas
) -> list[Organisation]:
    """The organisations a folded text names, in order, none overlapping another; longer names win."""
    spans = [org for start, end, entry in found if (org := _read(text, start, end, entry, places, atlas))]
    spans.sort(key=lambda org: (org.start, -org.end, not org.known))
    kept: list[Organisation] = []
    for org in spans:
        if not kept or org.start >= kept[-1].end:
            kept.append(org)
        elif org.end > kept[-1].end and org.known and not kept[-1].known:
            kept[-1] = org
    return kept


def organisation_tags(
    folded: Folded, original: str, layout: Layout, organisations: Sequence[Organisation]
) -> tuple[OrganisationTag, ...]:
    """One tag for each organisation, in the order of its first mention."""
    by_name: dict[str, list[Organisation]] = {}
    for org in organisations:
        if org.kind not in UNLISTED:
            by_name.setdefault(org.name, []).append(org)
    return tuple(
        OrganisationTag(
            name if of_name[0].known else original[slice(*folded.origin(of_name[0].start, of_name[0].end))],
            of_name[0].kind,
            of_name[0].home,
            evidence([(org.start, org.end, layout.where(org.start)) for org in of_name], folded, original),
        )
        for name, of_name in by_name.items()
    )


def _read(
    text: str, start: int, end: int, entry: OrganisationName, places: Sequence[Hit], atlas: Atlas
) -> Organisation | None:
    if not entry.suffix:
        if (entry.context and not _in_business(text, start, end)) or _cuts_a_place(start, end, places):
            return None
        return Organisation(start, end, entry.name, entry.kind, entry.home, known=True)
    if end < len(text) and text[end] in NOT_AFTER.get(entry.name, ""):
        return None
    begin, home = _beginning(text, start, places, atlas)
    body = _after_place(begin, places)  # 浙江大学 needs no more than its place, but 国内大学 is nobody
    if start - begin < 2 or home == COUNTRY or (body < start and _GENERIC.fullmatch(text, body, start)):
        return None
    if body == begin and _GENERIC.fullmatch(text, body, start):
        return None
    return Organisation(begin, end, text[begin:end], entry.kind, home)


def _cuts_a_place(start: int, end: int, places: Sequence[Hit]) -> bool:
    """北京东城区 holds no 京东."""
    return any(hit.start < start < hit.end or hit.start < end < hit.end for hit in places)


def _in_business(text: str, start: int, end: int) -> bool:
    """浪潮 is a company beside 、 or before 集团, a wave otherwise."""
    return text[start - 1 : start] == "、" or _BUSINESS.match(text, end) is not None


def _beginning(text: str, suffix: int, places: Sequence[Hit], atlas: Atlas) -> tuple[int, str | None]:
    """Where a name that ends in a suffix begins, and the place it begins with."""
    low = max(0, suffix - _REACH)
    begin = low
    for stop in _STOP.finditer(text, low, suffix):
        begin = stop.end()
    inside = [hit for hit in places if begin <= hit.start and hit.end <= suffix]
    # 江苏苏州某某公司 is the company 苏州某某公司 in 江苏: the outer places are an address, no part of the name
    while len(inside) > 1 and _is_address(inside[0], inside[1], atlas):
        begin = inside[0].end
        inside = inside[1:]
    if inside and begin < inside[0].start and begin == low and low:
        begin = inside[0].start
    return begin, inside[0].codes[0] if inside and inside[0].start == begin else None


def _is_address(outer: Hit, inner: Hit, atlas: Atlas) -> bool:
    return outer.end == inner.start and outer.codes[0] in atlas.parents(inner.codes[0])


def _after_place(begin: int, places: Sequence[Hit]) -> int:
    return next((hit.end for hit in places if hit.start == begin), begin)
