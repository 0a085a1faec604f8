"""Finds the values of a text: numeral, unit, range, and how exactly it is meant. Knows no metric and no place.

Runs over folded text from left to right in one pass; every repeat in the pattern is bounded, so that a megabyte
of digits costs no more than a megabyte of prose. A number in a date, a name, a score or a telephone number is no value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watcher.tag.figures.units import COUNTERS, MONEY, TIME, UNIT, usual
from watcher.text.numerals import ARABIC, CHINESE, SCALE, numeral

# How exactly a value is meant, by the words before it and behind it; the value itself is never changed.
_BEFORE = {
    ">": "超过了 超过 超出 超 逾 突破了 突破 多于 大于 破 跃过 迈过 越过 跨过 过",
    "≥": "不低于 不少于 不小于 至少",
    "<": "不足 不到 低于 少于 小于 不超过 未满",
    "≈<": "接近 将近 近",
    "≈": "大约 约为 约合 大概 约",
}
_AFTER = {"≥": "以上", "≈": "左右 上下", "<": "以下 以内", ">": "开外"}
_HEDGE = {word: sign for sign, words in _BEFORE.items() for word in words.split()}
_TAIL = {word: sign for sign, words in _AFTER.items() for word in words.split()}


def _any(words: dict[str, str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_NUMBER = rf"(?:{ARABIC}|{CHINESE})"
_VALUE = re.compile(
    rf"(?P<hedge>{_any(_HEDGE)})?"
    rf"(?:(?P<percent>百分之(?:{_NUMBER}))"
    rf"|(?P<below>{CHINESE}|\d{{1,2}})分之(?P<above>{CHINESE}|\d{{1,2}})"
    rf"|(?P<low>(?<![\d.])-?{_NUMBER})(?P<more>[余多])?(?P<scale>{SCALE})?(?P<more2>[余多])?(?P<first>{UNIT})?"
    rf"(?:(?P<to>-|~|至|到)(?P<high>{_NUMBER})(?P<more3>[余多])?(?P<scale2>{SCALE})?(?P<second>{UNIT})?)?)"
    rf"(?P<tail>{_any(_TAIL)}|[余多](?![种样元方年项]))?"
)
# A scale that stands for itself: 超过万亿元, 近万家, 上千台; 万家灯火 and 千亿级 have no word before them.
_BARE = re.compile(
    rf"(?:(?P<over>超过?|突破|达到?|跨[越过]|迈[过上入]|站上|过|首破|逾)|(?P<under>接近|逼近|近)|(?P<about>约|上))了?"
    rf"(?P<scale>[百千]?万?亿|[百千]万|[百千万])余?(?P<unit>{UNIT})"
)
_CHINESE_START = re.compile(r"-?[一二两三四五六七八九十]")
# Small counts in characters are mostly ways of speaking: 三个方面, 两项任务, 一家企业.
_PLAIN_COUNTERS = frozenset(
    "种 类 次 条 批 位 名 人 部 场 国 省 县 村 州 份 件 款 道 门 组 单 起 列 班 只 张 本 根 片 处 支".split()
)
_DURATION = re.compile(
    r"(?:连续|历时|只有|持续|缩短|压缩|延长|耗时|用时|仅需|只需|仅用|只用|长达|时长|寿命|减少|节约|节省|周期)[^，。；：]{0,14}$"
)
_EVERY = re.compile(r"每[隔逢]?$")
_SO_MANY_OF = re.compile(r"[^，。；]{0,12}就有")  # 每3度电就有1度是绿电
_SHORT = frozenset("小时 个小时 分钟 秒 秒钟 毫秒 微秒".split())
_NOT_AFTER = re.compile(
    r"(?:第|前|头|[a-z0-9]\.|[#@:/_×x*+=]|no\.?|编号|代码|电话|热线|邮编|排名|位列|位居|[a-z]-)$"
)
_NOT_BEHIND = re.compile(r"[+×:/@_]|-\d|\.\d|比\d|级|五年|周年")
_NAME_BEHIND = re.compile(r"[a-z0-9]|强|版|型|号|大|系")  # of a number without a unit: 500强, 14号
# What is counted for the sake of speaking: 四个方面, 3个指标.
_ABSTRACT = re.compile(
    r"方面|层面|维度|阶段|环节|步骤|领域|问题|关键|重点|特点|优势|坚持|自信|意识|维护|确立|全面|结合|统筹|文明|时代|转变|面向|率先|原则|抓手|篇章|梯队|指标|时段|季度|字|角度|先|新|"
    r"必|更|着力|聚焦|强化|一|专题|议题|单元|自然|工作|不|层次|类别|大类|等级|要素|部分|主题|目标|机制|体系|标准|能力|变化|趋势|支撑|保障|代表|务必|作用|特征|专项|以"
)
_PEOPLE = re.compile(r"[^，。；、\d]{0,4}?(?P<unit>用户|网民|人民|儿女|同胞|人口|消费者|农民|居民)")
_INDEX = re.compile(
    r"(?:指数|得分|评分|系数|pmi|采购经理人?指数)[^，。；]{0,12}?(?:为|达到?|是|升至|降至|至|到|报|录得|回升至|上升至)?$"
)
_LINKED = re.compile(r"(?:为|达到?|是|至|到|报|录得|提高|上升|提升|增长|下降|回落|增加|下跌|上涨)了?$")


@dataclass(frozen=True, slots=True)
class Value:
    """A value at its place in the folded text; money in 元, 万 and 亿 multiplied out, 六成 as 60 %."""

    start: int  # of the hedge, if there is one
    end: int  # behind 以上, 左右
    value: float
    value_max: float | None
    unit: str
    approx: str | None
    number: tuple[int, int]  # the numeral with its unit

    @property
    def counts(self) -> bool:
        """Whether the thing counted stands behind it: 17个二级节点, in contrast to GDP 3万亿元."""
        return self.unit in _COUNTING


_COUNTING = frozenset(map(usual, COUNTERS))


def find_values(text: str, start: int = 0, end: int | None = None) -> list[Value]:
    """The values in a stretch of folded text (a sentence), in order."""
    return list(_values(text, start, len(text) if end is None else end))


def _values(text: str, start: int, end: int) -> Iterator[Value]:
    at, last = start, None
    while at < end:
        found = _next(text, at, end)
        if found is None:
            return
        for value in _read(found, text, start, last):
            last = value
            yield value
        at = max(found.end(), at + 1)


def _next(text: str, at: int, end: int) -> re.Match[str] | None:
    full = _VALUE.search(text, at, end)
    bare = _BARE.search(text, at, full.start() if full else end)
    return bare or full


def _read(found: re.Match[str], text: str, start: int, last: Value | None) -> Iterator[Value]:
    if found.re is _BARE:
        yield from _bare(found)
        return
    if found["percent"] or found["below"]:
        yield from _fraction(found, text)
        return
    if found["high"] and not _is_range(found, text):
        # From 2 to 3: two values, each read for itself.
        middle = found.start("to")
        for begin, until in ((found.start(), middle), (found.end("to"), found.end())):
            part = _VALUE.match(text, begin, until)
            if part:
                yield from _single(part, text, start, last)
        return
    yield from _single(found, text, start, last)


def _bare(found: re.Match[str]) -> Iterator[Value]:
    value, unit = numeral(found["scale"]), usual(found["unit"])
    if value is not None and unit not in TIME and unit != "%":
        sign = ">" if found["over"] else "≈<" if found["under"] else "≈"
        yield Value(found.start(), found.end(), value, None, unit, sign, (found.start("scale"), found.end()))


def _fraction(found: re.Match[str], text: str) -> Iterator[Value]:
    if found["percent"]:
        value, span = numeral(found["percent"].removeprefix("百分之")), found.span("percent")
    else:
        above, below = numeral(found["above"]), numeral(found["below"])
        value = round(100 * above / below, 2) if above and below and above < below else None
        span = found.start("below"), found.end("above")
    if value is not None and not _NOT_AFTER.search(text, max(0, found.start() - 4), found.start()):
        yield Value(found.start(), found.end(), value, None, "%", _approx(found), span)


def _is_range(found: re.Match[str], text: str) -> bool:
    """3-5个 and 15%至20%; but 从2万亿到3万亿 is a change, and 2020-2025年 a time."""
    if found["to"] in "至到" and (
        re.search(r"[从由]$", text[max(0, found.start() - 1) : found.start()]) or found["first"]
    ):
        return found["first"] == found["second"] == "%"
    return True


def _single(found: re.Match[str], text: str, start: int, last: Value | None) -> Iterator[Value]:
    low = found["low"]
    value = numeral(low.removeprefix("-"))
    unit = found["second"] or found["first"]
    scale = found["scale"] or ""
    if value is None or _is_trap(found, text, low, unit, scale):
        return
    top = None
    if found["high"]:
        scale2 = found["scale2"] or ""
        top = numeral(found["high"] + scale2)
        scale = scale or scale2
        if top is None or top <= (numeral(low.removeprefix("-") + scale) or 0):
            return
    value = numeral(low.removeprefix("-") + scale)
    if value is None:
        return
    if low.startswith("-"):
        if unit != "%":
            return
        value = -value
    if unit == "成":
        value *= 10
    if unit is None and not _stands_alone(found, text, start, last, scale):
        return
    if unit in TIME and not _is_duration(found, text, start, value, unit):
        return
    if unit is None and scale and (people := _PEOPLE.match(text, found.end())):
        unit = people["unit"] if people["unit"] == "用户" else "人"
    yield Value(
        found.start(),
        found.end(),
        value,
        top,
        usual(unit or ""),
        _approx(found),
        (found.start("low"), found.end()),
    )


def _is_duration(found: re.Match[str], text: str, start: int, value: float, unit: str) -> bool:
    """连续8年 and 10毫秒 are measured; 2021年, 过去4年 and 24小时 say when."""
    if unit in _SHORT:
        return value != 24 and text[found.start() - 1 : found.start()] not in ("时", "点")
    return value < 200 and _DURATION.search(text, start, found.start()) is not None


def _is_trap(found: re.Match[str], text: str, low: str, unit: str | None, scale: str) -> bool:
    start, end = found.start(), found.end()
    before = text[max(start - 8, 0) : start]
    if _NOT_AFTER.search(before) and not (before.endswith("前") and unit == "家"):
        return True
    if _EVERY.search(before) and not _SO_MANY_OF.match(text, end):
        return True
    if unit is None and scale == "" and found["high"]:
        return True
    glued = before[-1:].isascii() and before[-1:].isalnum()
    if glued and not (scale or unit in MONEY or unit == "%") or _NOT_BEHIND.match(text, end):
        return True
    if unit is None and _NAME_BEHIND.match(text, end):
        return True
    if unit in ("个", "项", "类") and not found["hedge"] and _is_way_of_speaking(found, text, low, scale):
        return True
    if low[0] == "0" and len(low) > 1 and "." not in low:
        return True
    if _CHINESE_START.match(low):
        return _is_idiom(found, low, unit, scale)
    return False


def _is_way_of_speaking(found: re.Match[str], text: str, low: str, scale: str) -> bool:
    small = not scale and not found["more"] and (numeral(low.removeprefix("-")) or 0) < 10
    return (
        small
        and text[found.start() - 1 : found.start()] != "等"
        and _ABSTRACT.match(text, found.end()) is not None
    )


def _is_idiom(found: re.Match[str], low: str, unit: str | None, scale: str) -> bool:
    """四个方面 and 一家 are no figures; 四块牌照, 十余个地区, 两万亿, 六成 are."""
    if unit is None:
        return not scale
    if unit == "地" or found.string[found.start() - 1 : found.start()] in ("几", "数"):
        return True  # 川渝黔三地, 几十年
    hedged = found["more"] or found["more2"] or found["hedge"] or found["tail"]
    if scale or (hedged and low not in "一二两") or unit in ("成", "倍", "%"):
        return False
    number = numeral(low) or 0
    if unit in TIME:
        return False
    return number < 3 or (unit in _PLAIN_COUNTERS and number <= 10)


def _stands_alone(found: re.Match[str], text: str, start: int, last: Value | None, scale: str) -> bool:
    """A number without a unit: 标识注册总量4.63亿, 总指数为146.6; anything else may be a name or a code."""
    if scale:
        return True
    if _INDEX.search(text, max(start, found.start() - 30), found.start()):
        return True
    return last is not None and last.unit == "" and _LINKED.search(text, start, found.start()) is not None


def _approx(found: re.Match[str]) -> str | None:
    if found["hedge"]:
        return _HEDGE[found["hedge"]]
    if found["tail"] in _TAIL:
        return _TAIL[found["tail"]]
    more = found["tail"] or found["more"] or found["more2"]
    return ">" if more else None
