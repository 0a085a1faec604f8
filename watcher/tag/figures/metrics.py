"""Finds what a value measures: the words before it (总投资 909.72亿元) or behind it (17个二级节点).

Gives spans of the text, so that the wording can be shown as it stands. Names of places, times and verbs at
the edges are cut off; what the words mean is decided by the vocabulary.
"""

import re
from dataclasses import dataclass

from watcher.tag.figures.said import Said, Span
from watcher.tag.figures.values import Value
from watcher.tag.figures.words import pattern, word

LONGEST = 36  # characters of a metric

_LINK = re.compile(rf"(?:{word('metrics', 'link')}[到至了为]?)++$")  # possessive: 为为为 is read one way only
# A change is part of the metric: GDP[同比增长]12.8%, [较9月末上升]235亿美元, [快于全部投资]8.3个百分点.
_CHANGE = re.compile(
    rf"(?:(?:比|较)[^，。；、]{{1,12}}?)?{word('metrics', 'change_front')}*"
    rf"(?:{word('metrics', 'change')}|{word('metrics', 'compares')}.{{2,16}}?)[了着]?$"
)
_LEAD = re.compile(rf"{word('metrics', 'lead')}+")
_ENDS_BEHIND = re.compile(
    r"[，。；：！？()《》\-…\n]|[、和及与](?=\D{0,3}\d|[一二三四五六七八九十]+[大个项])"
)
_VERB_BEHIND = re.compile(pattern("metrics", "verb_behind"))
_SHARED = re.compile(rf"{pattern('metrics', 'shared')}$")
_PART = re.compile(r"[^、和与及]+")
_OPENED = re.compile(r"\([^()]{0,4}$")
_FROM = re.compile(r"[从由自][^，。；、]{0,14}$")
_OF = re.compile(r"[的为达约超近]{0,3}")
_GAP = re.compile(r"[与和同][^，。；]{2,8}的差距")  # here the place is what is measured
_NOTHING = re.compile(r"(?:左右|[的了和与、之中在是为有到至从由外])*")
_TURNS = re.compile(r"[减增降升缩]?[为至到]")
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
    if behind and (value.counts or said.text.startswith("的", value.end)):
        return Metric(behind, behind=True)
    before = _before(said, value)
    if before.subject or before.change:
        return before
    # 83%受访者: with nothing before it in its clause, a share speaks of what follows
    opens = value.start <= said.clause(value)[0] + 1
    return Metric(behind, behind=True) if behind and opens else before


def shared_out(said: Said, value: Value) -> list[Span] | None:
    """The words of one of several values given in turn: 铁路、公路投资分别为3亿元和5亿元.

    Values behind 分别 are counted off against the parts before it; a shared head goes with each.
    """
    start, end = said.segment(value)
    turn = said.text.rfind("分别", start, value.start)
    if turn < 0:
        return None
    front = said.sentence.clause(said.text, turn)[0]
    parts = [part.span() for part in _PART.finditer(said.text, front, turn)]
    given = [other for other in said.values if turn < other.start < end]
    if len(parts) < 2 or len(given) % len(parts) or len({other.unit for other in given}) > 1:
        return None
    number = given.index(value) % len(parts)
    own = _noun(said, *parts[number]) or parts[number]
    head = _SHARED.search(said.text, *parts[-1]) if number < len(parts) - 1 else None
    return [own, (head.start(), parts[-1][1])] if head else [own]


def subject_of(said: Said, start: int, end: int) -> Span | None:
    """The noun phrase of a stretch without a value: what the next clause's value measures."""
    link = _LINK.search(said.text, start, end)
    return _noun(said, start, link.start() if link else end)


def _behind(said: Said, value: Value) -> Span | None:
    text, start = said.text, value.end
    if text[start : start + 1] in _CLOSED or _TURNS.match(text, start):
        return None  # 重点实验室13个、工程研究中心45个; 漏检由9件减为2件
    stop = said.next_value(value, said.clause(value)[1])
    if found := _ENDS_BEHIND.search(text, start, stop):
        stop = found.start()
    if verb := _VERB_BEHIND.search(text, start, stop):
        stop = verb.start()
        if stop - start < 2:
            return None  # 其余70人正在接受救治
    stop = min(stop, start + LONGEST)
    return _trimmed(text, start, stop - 2 if text.endswith("之一", start, stop) else stop, least=1)


def _before(said: Said, value: Value) -> Metric:
    """The words between the last value or clause and this one, without the time among them."""
    text = said.text
    start, end = said.last_value(value, said.clause(value)[0]), value.start
    if opened := _OPENED.search(text, start, end):
        end = opened.start()  # 首批试点城市(全国6个)
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
    # 经济总量在“十四五”时期接连跨越…: nothing is left behind the time, so the noun stands before it
    subject = own or (subject_of(said, *front) if front else None)
    return Metric(subject, change.span() if change else None)


def _noun(said: Said, start: int, end: int) -> Span | None:
    """What is left when words of time, place and grammar are taken from the front."""
    while not _GAP.match(said.text, start, end):
        lead = _LEAD.match(said.text, start, end)
        here = lead.end() if lead else start
        here = next((hit.end for hit in said.places if hit.start == here and hit.end <= end), here)
        if here == start:
            return _trimmed(said.text, max(start, end - LONGEST), end)
        start = here
    return start, end


def _trimmed(text: str, start: int, end: int, least: int = 2) -> Span | None:
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in f"{_EDGE}有是中":
        end -= 1
    return None if end - start < least or _NOTHING.fullmatch(text, start, end) else (start, end)
