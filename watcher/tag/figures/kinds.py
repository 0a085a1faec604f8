"""Says whether a figure is what is (actual), what is aimed at (target), or how something changed (growth).

A target's cue stands before its value; 将 and 要 reach no further than their clause. What lies in the past cannot
be a target, and what is aimed at is a target even where it is a growth: 工业增加值年均增长6%.
"""

import re

from watcher.tag.figures.values import Value

# Cues of a plan. 拟 alone is no cue: 虚拟, 模拟.
_AIM = re.compile(
    r"力争|争取|目标(?!的?实现)|预计|预期|计划(?![》])(?:到|在|将|于|投|建|新|用|总)|规划(?:到|建|总|投)|拟(?:定|投|建|新)|确保(?:在|到)|有望|预测|"
    r"(?<!不)(?<!需)(?<!主)要(?=达到?|突破|超|实现|建|培育|新增|打造|完成|力|在)"
)
_WILL = re.compile(r"(?<![即必])将(?![军来近士领])")
_ACHIEVED = re.compile(r"(?:超额|提前|圆满|已经?|均已)(?:完成|实现|达)")

_CHANGE = (
    "增长|增速|增幅|降幅|涨幅|跌幅|提高|提升|下降|上升|减少|缩短|降低|增加|压缩|回落|回升|上涨|下跌|下滑|加快|扩大|收窄|增量|增至|同比|环比|"
    "翻|攀升|节约|节省|放缓|多|少|涨|跌|降|增|提速"
)
_GROWS = re.compile(rf"(?:{_CHANGE})(?:幅度|率|速度)?(?:了|超过?|达到?|高达|为|约|近|至少|是|突破|逾|最高|可达)*$")
_TIMES = re.compile(r"(?:是|为|相当于)[^，。；]{0,10}的$|(?:增长|提高|提升|增加|扩大|翻|快|高|上升)了?[^，。；]{0,4}$")
# Behind 增加 a number with a unit says to what it grew or how much; 提高到60% is a level.
_LEVEL = re.compile(rf"(?:{_CHANGE})(?:到|至)了?$")
_SPEED = re.compile(r"(?:增速|增幅|涨幅|降幅|跌幅|增长率|增量|同比|环比)[^，。；\d]{0,8}$")


def is_growth(value: Value, before: str) -> bool:
    """Whether the words of the clause before a value (without its hedge) make it a change."""
    if _LEVEL.search(before):
        return False
    if value.unit == "倍":
        return _TIMES.search(before) is not None or "增" in before[-6:]
    if _SPEED.search(before) and value.unit in ("%", "个百分点", "个基点", "元", ""):
        return True
    if value.unit in ("%", "‰", "个百分点", "个基点", ""):
        return _GROWS.search(before) is not None
    return False


def is_target(before: str, clause: str, words: str, *, ahead: bool) -> bool:
    """Whether a value is aimed at. `before`: its segment up to the value; `clause`: its clause so far; `words`: its metric."""
    if ahead or words.endswith("目标"):
        return True
    aim = None
    for aim in _AIM.finditer(before):
        pass
    if aim is not None and not _ACHIEVED.search(before, aim.end()) and "目前" not in before[aim.end() :]:
        return True
    return _WILL.search(clause) is not None
