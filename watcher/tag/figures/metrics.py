"""Finds what a value measures: the words before it (总投资 909.72亿元) or behind it (17个二级节点).

Gives spans of the text, so that the wording can be shown as it stands. Names of places, times and verbs at
the edges are cut off; what the words mean is decided by the vocabulary.
"""

import re
from dataclasses import dataclass

from watcher.tag.figures.said import Said, Span
from watcher.tag.figures.turns import turn_of
from watcher.tag.figures.units import MONEY, TIME
from watcher.tag.figures.values import Value
from watcher.tag.figures.words import guarded, listed, pattern, word

LONGEST = 36  # characters of a metric

_LINK = re.compile(rf"(?:{word('metrics', 'link')}[到至了为]?)++$")  # possessive: 为为为 is read one way only
# A change is part of the metric: GDP[同比增长]12.8%, [较9月末上升]235亿美元, [快于全部投资]8.3个百分点.
_CHANGE = re.compile(
    rf"(?:(?:比|较)[^，。；、]{{1,12}}?)?{word('metrics', 'change_front')}*"
    rf"(?:{word('metrics', 'change')}|{word('metrics', 'compares')}.{{2,16}}?)[了着]?$"
    r"|[比较][^，。；、]{2,12}[高低多少快慢]出?[了约]?$"
)
_COMPARISON = re.compile(r"较(?![高大强好快])|比(?![例重率价赛特])")  # 较2015年的13.9万件下降8%
_MULTIPLE = re.compile(r"(?:分别)?(?:是|为|相当于)[^，。；、]{1,10}$")  # 是2013年的4倍
_LEAD = re.compile(rf"{guarded(listed('metrics', 'lead'), not_before='lead_not_before')}+")
_ENDS_BEHIND = re.compile(
    r"[，。；：！？()《》\-…\n]|[、和及与](?=\D{0,3}\d|[一二三四五六七八九十]+[大个项])"
)
_VERB_BEHIND = re.compile(pattern("metrics", "verb_behind"))
_PREDICATE = re.compile(
    rf"(?<![、和与及许认意方定面应针]){word('metrics', 'predicate')}(?!{word('metrics', 'names_behind')})"
)
_HANDING = re.compile(rf"{word('metrics', 'handing')}了?$")
_RATIO = re.compile(r"(?:率|占比|比重|比例|份额|增速)$")
_VAGUE = re.compile(r"(?:水平|区间|高位|同时|规模|大关|基础上|情况下|背景下)$")  # 指数位于52%左右的较高水平
_AMOUNT = re.compile(rf"{word('units_without', 'money')}$")
_SHARED = re.compile(rf"{pattern('metrics', 'shared')}$")
_OPENED = re.compile(r"\([^()]{0,4}$")
_FROM = re.compile(r"[从由自][^，。；、]{0,14}$")
_INTO = re.compile(r"[^，。；、的\d]{1,4}[为至到成]了?")
_IS = re.compile(r"都?(?:是|为|属于)(?!主)")
_OF = re.compile(r"(?:[^，。；、\d]{1,10}[时前初底末])?[的为达约超近]{0,3}")
_GAP = re.compile(r"[与和同][^，。；]{2,8}的差距")  # here the place is what is measured
_NOTHING = re.compile(r"(?:左右|人民币|大关|关口|[的了和与、之中在是为有到至从由外])*")
_TURNS = re.compile(rf"[减增降升缩]?[为至到]|{word('metrics', 'change')}(?![极点引中])")
_CLOSED = frozenset("、，。；)：")
_EDGE = "的了、，)(等及和与-:："


@dataclass(frozen=True, slots=True)
class Metric:
    """The words beside a value; a subject that is missing is carried from the value before."""

    subject: Span | None
    change: Span | None = None  # 同比增长
    behind: bool = False  # the subject stands behind the value


def find_metric(said: Said, value: Value) -> Metric:
    """The metric of one value of a sentence."""
    behind = _behind(said, value)
    joined = said.text.startswith("的", value.end)  # 3亿元的订单
    if behind and joined and _is_vague(said, value, behind):
        behind = None
    if behind and value.counts:
        return Metric(behind, behind=True)
    before = _before(said, value)
    if _is_amount(said, value, before):
        return before
    if behind and (joined or _is_of_what_follows(said, value, before, behind)):
        return Metric(behind, behind=True)
    if value.unit == "%" and not before.subject and (share := _shared_by(said, value)):
        return Metric(share, behind=True)
    if before.subject or before.change:
        return before
    # 83%受访者, 今年8000亿元建设资金: with nothing before it in its clause, or in the sentence but a time
    opens = value.start <= said.clause(value)[0] + 1 or (value is said.values[0] and value.unit not in TIME)
    return Metric(behind, behind=True) if behind and opens else before


def _is_amount(said: Said, value: Value, before: Metric) -> bool:
    """总投资85亿元的新能源工厂, 消费占比20%的目标: what is measured stands before."""
    subject, amount = before.subject, _RATIO if value.unit == "%" else _AMOUNT
    return (
        subject is not None and value.unit in (*MONEY, "", "%") and bool(amount.search(said.text, *subject))
    )


def _is_vague(said: Said, value: Value, behind: Span) -> bool:
    """达到2亿元的规模 says nothing behind; 带来2亿元的减税规模 says it there."""
    if _VAGUE.fullmatch(said.text, *behind) or not _VAGUE.search(said.text, *behind):
        return _VAGUE.fullmatch(said.text, *behind) is not None
    return _HANDING.search(said.text, said.clause(value)[0], value.start) is None


def _shared_by(said: Said, value: Value) -> Span | None:
    """其中98%是民营企业: whose share it is."""
    shared = _IS.match(said.text, value.end)
    end = said.next_value(value, said.clause(value)[1])
    return _trimmed(said.text, shared.end(), min(end, shared.end() + LONGEST)) if shared else None


def _is_of_what_follows(said: Said, value: Value, before: Metric, behind: Span) -> bool:
    """新增12000吨钢丝, 建成30万千瓦风电项目, 550万果农; but 产量达3万吨创新高 is of what stands before."""
    if before.change or value.unit in ("%", "倍", *TIME) or _PREDICATE.match(said.text, value.end):
        return False
    start = said.last_value(value, said.clause(value)[0])
    handed = _HANDING.search(said.text, start, value.start) is not None
    if value.unit in MONEY:
        # 以3亿元收购一家公司, 首期10亿元产业基金
        return handed or said.text[value.start - 1] == "以" or _AMOUNT.search(said.text, *behind) is not None
    if said.text[value.start - 1] == "的":
        return True  # 存放在库里的一万吨小麦
    linked = _LINK.search(said.text, start, value.start)
    # 守住了18亿亩耕地, but 产量达到了3万吨
    return handed or linked is None or linked[0] == "了" or before.subject is None


def shared_out(said: Said, value: Value) -> list[Span] | None:
    """The words of one of several values given in turn; a shared head goes with each (see turns.py)."""
    turn = turn_of(said, value)
    if turn is None or not turn.parts:
        return None
    part, last = turn.parts[turn.index], turn.parts[-1]
    own = _noun(said, *part)
    if own is None:  # 江苏、浙江软件收入分别增长5%和6%: the parts are places
        whole = _noun(said, *last)
        return [whole] if whole else None
    head = _SHARED.search(said.text, *last) if part != last else None
    return [own, (head.start(), last[1])] if head else [own]


def subject_of(said: Said, start: int, end: int) -> Span | None:
    """The noun phrase of a stretch, without the verb that leads to the value behind it."""
    link = _LINK.search(said.text, start, end)
    return _noun(said, start, link.start() if link else end)


def topic_of(said: Said, start: int, end: int) -> Span | None:
    """What a clause without a value tells of, for the value of the next: 物流量[保持较快增长]，增幅为8%."""
    verb = _PREDICATE.search(said.text, start + 2, end)
    return subject_of(said, start, verb.start() if verb else end)


def _behind(said: Said, value: Value) -> Span | None:
    text, start = said.text, value.end
    if row := _next_in_row(said, value):
        return _behind(said, row)
    if text[start : start + 1] in _CLOSED or _TURNS.match(text, start) or _changed_to(said, value):
        return None  # 重点实验室13个、工程研究中心45个; 漏检由9件减为2件
    stop = said.next_value(value, said.clause(value)[1])
    if found := _ENDS_BEHIND.search(text, start, stop):
        stop = found.start()
    acts = value.unit == "%" or (_PREDICATE.match(text, start) and text.find("的", start, stop) < 0)
    if not acts and (predicate := _PREDICATE.search(text, start + 2, stop)):
        stop = predicate.start()  # but in 90%的政务服务网上可办 all of it is measured
    if verb := _VERB_BEHIND.search(text, start, stop):
        stop = verb.start()
        if stop - start < 2:
            return None  # 其余70人正在接受救治
    if text[value.start - 1] == "在" and text[stop - 1] in "上下里内":
        stop -= 1  # 在3平方公里的土地上
    stop = min(stop, start + LONGEST)
    return _trimmed(text, start, stop - 2 if text.endswith("之一", start, stop) else stop, least=1)


def _next_in_row(said: Said, value: Value) -> Value | None:
    """形成21批、173项创新案例, 4台30万千瓦机组: both count what stands behind the last."""
    row = next((other for other in said.values if other.start >= value.end), None)
    between = said.text[value.end : row.start] if row else None
    if (
        row
        and value.counts
        and row.unit != value.unit
        and (between == "" or (between == "、" and row.counts))
    ):
        return row
    return None


def _changed_to(said: Said, value: Value) -> Value | None:
    """从35项精简为4项: the value that this one turned into, whatever the verb."""
    other = next((other for other in said.values if other.start >= value.end), None)
    turned = other and _INTO.fullmatch(said.text, value.end, other.start)
    return other if turned and _FROM.search(said.text, said.clause(value)[0], value.start) else None


def _is_outcome(said: Said, value: Value) -> bool:
    before = [other for other in said.values if other.end <= value.start]
    return bool(before) and _changed_to(said, before[-1]) is value


def _before(said: Said, value: Value) -> Metric:
    """The words between the last value or clause and this one, without the time among them."""
    text = said.text
    start, end = said.last_value(value, said.clause(value)[0]), value.start
    if opened := _OPENED.search(text, start, end):
        end = opened.start()  # 首批试点城市(全国6个)
    if value.unit == "倍" and (multiple := _MULTIPLE.search(text, start, end)):
        end = multiple.start()
    front: Span | None = None
    for when in said.whens:
        if start <= when.start and when.end <= end and not when.base:
            # 从2012年的20.9万亿元: the metric stands before the time; else behind it: 2020年总指数为146.6
            since = _FROM.search(text, start, when.start) if _OF.fullmatch(text, when.end, end) else None
            if since and since.start() > start:
                end = since.start()
                break
            front, start = (start, when.start), when.end
    link = _LINK.search(text, start, end)
    change = _CHANGE.search(text, start, end) or _CHANGE.search(text, start, link.start() if link else end)
    own = _noun(said, start, change.start()) if change else subject_of(said, start, end)
    if own and (_COMPARISON.match(text, *own) or _is_outcome(said, value)):
        own = None
    # 经济总量在“十四五”时期接连跨越…: nothing is left behind the time, so the noun stands before it
    subject = own or (subject_of(said, *front) if front else None)
    return Metric(subject, change.span() if change else None)


def _noun(said: Said, start: int, end: int) -> Span | None:
    """What is left when words of time, place and grammar are taken from the front."""
    while not _GAP.match(said.text, start, end):
        lead = _LEAD.match(said.text, start, end)
        place = next((hit for hit in said.places if hit.start == start and hit.end <= end), None)
        if not place and not lead:
            return _trimmed(said.text, max(start, end - LONGEST), end)
        start = place.end if place else lead.end() if lead else start
    return start, end


def _trimmed(text: str, start: int, end: int, least: int = 2) -> Span | None:
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in f"{_EDGE}有是中":
        end -= 1
    return None if end - start < least or _NOTHING.fullmatch(text, start, end) else (start, end)
