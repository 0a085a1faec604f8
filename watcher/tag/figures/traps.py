"""Tells numbers that state something from those that name, order or only speak: 500强, 第十四个, 四个方面.

Looks at what stands around one number; finds none itself.
"""

import re
from dataclasses import dataclass

from watcher.tag.figures.units import MONEY, NAMED, SHORT_TIME, TIME
from watcher.tag.figures.words import listed, pattern, word
from watcher.text.numerals import numeral

_NOT_AFTER = re.compile(rf"{pattern('traps', 'not_after')}$")
_NOT_BEHIND = re.compile(pattern("traps", "not_behind"))
_NAME_BEHIND = re.compile(pattern("traps", "name_behind"))
_EVERY = re.compile(r"每[隔逢]?$")
_SO_MANY_OF = re.compile(r"[^，。；]{0,12}就有")  # 每3度电就有1度是绿电
_ABSTRACT = re.compile(word("traps", "abstract"))
_PLAIN_COUNTERS = frozenset(listed("traps", "plain_counters"))
_OPENS = ("", "，", "。", "、", "；", "：", "\n")  # what a phrase begins after
_DURATION = re.compile(rf"{word('traps', 'duration')}[^，。；：]{{0,14}}$")
_SHORTER = re.compile(rf"(?:左右)?{word('traps', 'shorter')}")  # 由45天缩短到7天
_CIRCLE = re.compile(r"内?[^，。；、]{0,6}圈")  # 15分钟生活圈
_WHICH = re.compile(
    r"(?<=以[上下内])的?[^，。；、：\d]{0,8}?(?:项目|企业|工程|单位|居民)|的\d{1,5}[家个项户]"
)
_BARE_YEAR = re.compile(r"(?:19|20)\d\d")
_THOUSANDS = re.compile(r"[一二两三四五六七八九\d]千")
_LINK = rf"{word('traps', 'linked')}了?"
_INDEX_WORD = re.compile(word("traps", "index"))
_INDEX = re.compile(rf"{word('traps', 'index')}[^，。；]{{0,12}}?(?:{_LINK})?$")
_LINKED = re.compile(rf"{_LINK}$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number as it stands in the folded text, not yet believed."""

    text: str
    start: int  # of the words that say how exact it is
    end: int
    digits: str  # 3, 12,903, 四十一
    scale: str  # 万, 亿 or nothing
    unit: str | None
    hedged: bool  # 近, 超过, 余, 以上 … stand with it
    ranged: bool = False  # 3-5

    @property
    def value(self) -> float:
        """Of the numeral alone."""
        return numeral(self.digits.removeprefix("-")) or 0.0

    @property
    def before(self) -> str:
        """The last letters before it."""
        return self.text[max(self.start - 8, 0) : self.start]

    @property
    def chinese(self) -> bool:
        """Whether it is written in characters."""
        return not self.digits.removeprefix("-")[0].isascii()


def is_trap(number: Candidate) -> bool:
    """Whether the number states nothing."""
    if _is_name(number) or _is_every(number) or _is_way_of_speaking(number) or _is_threshold(number):
        return True
    return _is_piece(number) or (number.chinese and _is_idiom(number))


def is_duration(number: Candidate, sentence: int) -> bool:
    """连续8年 and 10毫秒 are measured; 2021年, 过去4年, 90秒后 say when. `sentence`: where that begins."""
    if number.unit in SHORT_TIME:
        if _CIRCLE.match(number.text, number.end):
            return False
        clock = number.before[-1:] in ("时", "点", "分") or number.text[number.end : number.end + 1] in (
            "后",
            "前",
        )
        return number.value != 24 and not clock
    if number.before[-1:] in ("由", "从") and _SHORTER.match(number.text, number.end):
        return True
    return number.value < 200 and _DURATION.search(number.text, sentence, number.start) is not None


def stands_alone(number: Candidate, sentence: int, *, after_index: bool) -> bool:
    """A number without a unit: 标识注册总量4.63亿, 总指数为146.6; anything else may be a name or a code."""
    if number.scale or _INDEX.search(number.text, max(sentence, number.start - 30), number.start):
        return True
    return after_index and _LINKED.search(number.text, sentence, number.start) is not None


def may_stand_alone(text: str, start: int, end: int) -> bool:
    """Whether any number of a sentence can do without unit and scale: one that names an index."""
    return _INDEX_WORD.search(text, start, end) is not None


def is_preceded_by_name(text: str, start: int) -> bool:
    """Whether what stands before a number makes it part of a name or an order: 第三分之一."""
    return _NOT_AFTER.search(text, max(0, start - 8), start) is not None


def _is_name(number: Candidate) -> bool:
    before, unit = number.before, number.unit
    if _NOT_AFTER.search(before) and not (before.endswith("前") and unit == "家"):
        return True
    if _NOT_BEHIND.match(number.text, number.end):
        return True
    if unit is None and ((number.ranged and not number.scale) or _NAME_BEHIND.match(number.text, number.end)):
        return True
    if unit is None and _BARE_YEAR.fullmatch(number.digits + number.scale) and not _LINKED.search(before):
        return True  # 《…指数报告2025》
    glued = before[-1:].isascii() and before[-1:].isalnum()  # h20台 is a name, gdp28928亿元 is not
    if glued and not (number.scale or unit in MONEY or unit == "%"):
        return True
    return number.digits[0] == "0" and len(number.digits) > 1 and "." not in number.digits


def _is_every(number: Candidate) -> bool:
    return bool(_EVERY.search(number.before)) and not _SO_MANY_OF.match(number.text, number.end)


def _is_way_of_speaking(number: Candidate) -> bool:
    """3个指标 and 等九个方面 sum up what was listed; 基础设施等30个指标 are counted."""
    small = number.unit in ("个", "项", "类") and not number.scale and not number.hedged and number.value < 10
    return small and _ABSTRACT.match(number.text, number.end) is not None


def _is_threshold(number: Candidate) -> bool:
    """投资500万元以上项目 and 年收入2000万元以上的企业 say which ones are meant."""
    return number.unit in MONEY and _WHICH.match(number.text, number.end) is not None


def _is_idiom(number: Candidate) -> bool:
    """四个方面 and 一家 are no figures; 四块牌照, 十余个地区, 两万亿, 六成 are."""
    if number.unit is None:
        return not number.scale
    if number.before.endswith("就有"):
        return False
    already = number.unit in NAMED and number.before[-1:] in _OPENS
    return number.unit == "地" or already or _is_small_talk(number)  # 川渝黔三地


def _is_piece(number: Candidate) -> bool:
    """Part of a longer numeral, which alone is not the value: 几十年, 数十万人, 1万2千到1万5千."""
    if number.digits.startswith("十") and number.before[-1:] in ("几", "数"):
        return True
    behind = number.before.endswith("万") and "千" in (number.digits[1:2], number.scale)
    return behind or (number.scale == "万" and _THOUSANDS.match(number.text, number.end) is not None)


def _is_small_talk(number: Candidate) -> bool:
    if number.scale or number.unit in ("成", "倍", "%") or (number.hedged and number.value > 2):
        return False
    if number.unit in TIME:
        return number.unit in SHORT_TIME and number.value < 3  # 阅读一小时
    return number.value < 3 or (number.unit in _PLAIN_COUNTERS and number.value <= 10)
