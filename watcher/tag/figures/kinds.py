"""Says whether a figure is what is (actual), what is aimed at (target), or how something changed (growth).

A target's cue stands before its value, and 将 reaches no further than its clause. What is aimed at is a
target even where it is a growth: 工业增加值年均增长6%.
"""

import re

from watcher.tag.figures.values import Value
from watcher.tag.figures.words import pattern, word

_AIM = re.compile(pattern("kinds", "aim"))
_WILL = re.compile(pattern("kinds", "will"))
_ACHIEVED = re.compile(pattern("kinds", "achieved"))
_AIMS_LISTED = re.compile(pattern("kinds", "aims_listed"))
_SIZE = re.compile(word("kinds", "size"))
_COMPARED_WITH = re.compile(rf"{word('kinds', 'compares')}[^，。；]{{1,10}}的$")  # 预计为4.2%，高于去年的3.5%
_SETTLED = re.compile(word("kinds", "settled"))
_CHANGE = word("kinds", "change")
_CHANGES = re.compile(_CHANGE)
_GROWS = re.compile(
    rf"{_CHANGE}(?:幅度|率|速度)?(?:了|超过?|达到?|高达|为|约|近|至少|是|突破|逾|最高|可达)*$"
)
_TIMES = re.compile(r"(?:是|为|相当于)[^，。；]{0,10}的$|(?:[增翻快高]|提|扩大|上升)[^，。；]{0,5}$")
_TIME_BASE = r"[^，。；、]{0,6}(?:[年月季期天周末度初前]|以往|过去)"
# 提高到60% is a level, and so is what only compares: 增幅高于全国9个百分点.
_LEVEL = re.compile(
    rf"{_CHANGE}[一两]?[倍番]?[到至]了?$|{word('kinds', 'compares')}[^，。；]{{0,16}}$"
    # 增速比全国高2个百分点 compares places, 比上年高 compares times
    rf"|(?:比(?![重例率值价])|较(?![高大强好快]))(?!{_TIME_BASE})[^，。；、]{{2,12}}(?<![提降加放新])[高低快慢]出?[了约近]?$"
)
_RATE = re.compile(rf"{word('kinds', 'rate')}[^，。；\d]{{0,8}}$")
# But a rate that rose to 8% is a rate: 进出口增速提升至8%.
_RATE_LEVEL = re.compile(
    rf"(?:增速|增幅|升幅|涨幅|降幅|跌幅|增长率|增长(?=放缓|回落|加快|提速))[^，。；、\d]{{0,6}}{_CHANGE}?[到至](?:了|约|近|超过?)?$"
)
# Against something, and with a word of change: whatever the unit, a change (较9月末上升235亿美元).
_AGAINST = re.compile(
    rf"(?:较|比|同比|环比)[^，。；、]{{0,14}}?(?:{_CHANGE}|[年月季期末度][^，。；、]{{0,4}}?[高低快慢])[加出了约]*$"
)
_ADDED = re.compile(
    r"(?:增加|减少|增长|下降|上升|净增|回落|增产|减产)了?(?:约|近|超过?)?$"
)  # 产量566亿斤，增加4亿斤
# A change told by itself, whatever is counted: 压减16项, 缩短3天; 新增16项 and 增加到16项 are not.
_CUT = re.compile(
    r"(?:压减|压缩|缩短|缩减|减少|减产|上涨|下跌|多增|少增)(?:金额|幅度)?了?(?:约|近|超过?|达到?)?$"
)
_GROWTH_BEHIND = re.compile(
    r"的?(?:年均|同比|环比)?(?:中?高速?|快速|较快|稳定|正|负)?(?:增长(?![极点率])|增幅|涨幅|降幅|跌幅)"
)  # 实现8%的增长, 保持20%以上高增长
_POINTS = frozenset({"个百分点", "个基点"})
_RATES = frozenset({"%", "‰", "个百分点", "个基点", ""})


def is_growth(value: Value, before: str, behind: str) -> bool:
    """Whether the words of the clause before a value, or at once behind it, make it a change."""
    rate = value.unit in _RATES
    if rate and (_GROWTH_BEHIND.match(behind) or _RATE_LEVEL.search(before)):
        return True
    if _LEVEL.search(before):
        return False
    # 降低存款准备金率0.5个百分点: points are of a change wherever its word stands
    points = value.unit in _POINTS and _CHANGES.search(before)
    told = points or _AGAINST.search(before) or _CUT.search(before)
    if told or (not value.counts and _ADDED.search(before)):
        return True
    if value.unit == "倍":
        return _TIMES.search(before) is not None
    if rate:
        return bool(_RATE.search(before) or _GROWS.search(before))
    return value.unit == "元" and _RATE.search(before) is not None


def is_target(sentence: str, before: str, clause: str, words: str, *, ahead: bool) -> bool:
    """Whether a value is aimed at.

    `sentence`, `before` and `clause` are its sentence, segment and clause up to it, `words` its metric.
    `ahead`: its time lies in the future, which makes no target of what is settled, 下达2026年资金3亿元.
    """
    if _COMPARED_WITH.search(clause):
        return False
    goal = words.endswith("目标") and not words.endswith("等目标")  # 对152个区域的能源设施等目标实施打击
    if goal or (ahead and not _SETTLED.search(before)) or _AIMS_LISTED.search(sentence):
        return True
    reach = clause if _SIZE.match(words) else before
    if aims := list(_AIM.finditer(reach)):
        return _ACHIEVED.search(reach, aims[-1].end()) is None
    return _WILL.search(clause) is not None
