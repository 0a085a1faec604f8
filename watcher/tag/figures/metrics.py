"""Finds what a value measures: the words before it (总投资 909.72亿元) or behind it (17个二级节点).

Gives spans of the text, so that the wording can be shown as it stands. Names of places, times and verbs at the
edges are cut off; what the words mean is decided by the vocabulary (vocabulary.py).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from watcher.tag.figures.dates import When
from watcher.tag.figures.sentences import Sentence
from watcher.tag.figures.values import Value
from watcher.tag.places import Hit

LONGEST = 36  # characters of a metric

# What stands between a metric and its value: 总投资[达到了]909亿元.
_LINK = re.compile(
    r"(?:(?:已经?|将|均|也|则|就|都|又|再|仅|还|更|可|总共|共有?|共计|合计|累计|总计|首次|平均|分别|实际|有|拥有|达到?|高达|为|是|至|到|从|由|连续|历时|了|约|近|超过?|突破|"
    r"完成|实现|保持在|稳定在|维持在|位于|提高|升|增|降|扩大|缩|上升|下降|增长|增加|提升|减少|回落|增至|升至|降至|缩至|的|在|上年的|占|超出|成为|逾|达成|接近|大约|要|力争|预计|目标|计划)"
    r"(?:到|至|了|为)?)+$"
)
# Changes are part of the metric: GDP同比增长12.8%.
_CHANGE = re.compile(
    r"(?:年均|月均|实际|名义|同比|环比|累计|比上年|较上年|平均|两年平均)*(?:增长率?|增速|增幅|提高|提升|下降|上升|减少|缩短|降低|增加|回落|上涨|下跌|同比|环比|快于.{2,16}?|高于.{2,16}?|低于.{2,16}?|增量)(?:了|着)?$"
)
_LEAD_WORDS = re.compile(
    r"^(?:其中|而|并|且|同时|此外|另外|特别是|预计|截至|目前|力争|到|在|让|使|从|据|其|仅|连续|以及|和|与|及|但|也|还|已|将|要|尽管|的|了|对|由于?|达到?|为|、|,|等|以|中|共|累计|均|均为|全年|我们|他们|"
    r"\(|\)|由此|如今|当前|数据显示|统计数据显示|分别|平均|近日|:)+"
)
# Where a phrase behind a counted value ends.
_BEHIND_END = re.compile(r"[，。；：！？()《》\-\n]|[、和及与](?=\D{0,3}\d)")
_TO_VERB = re.compile(r"(?<=..)(?:位于|位居|位列|居|在(?!建|线|岗|校|册|手)|从|被|由|呈现|助力|为(?!主))")
_OPENED = re.compile(r"\([^()]{0,4}$")
_FROM = re.compile(r"(?:从|由|自)[^，。；、]{0,14}$")
_OF = re.compile(r"[的为达约超近]{0,3}")
_FUNCTION = re.compile(r"^(?:的|了|和|与|、|之|中|在|是|为|有)*$")


@dataclass(frozen=True, slots=True)
class Metric:
    """The words a value belongs to: `subject` may be carried from an earlier value, `own` stands beside it."""

    own: tuple[int, int] | None
    behind: bool = False  # `own` stands behind the value: 17个二级节点
    subject: tuple[int, int] | None = None
    change: tuple[int, int] | None = None  # 同比增长


def find_metric(
    text: str, value: Value, sentence: Sentence, values: Sequence[Value], whens: Sequence[When], hits: Sequence[Hit]
) -> Metric:
    """The metric of one value of a sentence; `own` is None where the sentence gives no word for it."""
    clause = sentence.clause(text, value.start)
    behind = _behind(text, value, clause, values)
    if behind and (value.counts or text[value.end : value.end + 1] == "的"):
        return Metric(behind, behind=True)
    before = _before(text, value, clause, values, whens, hits)
    if before.own or before.change:
        return before
    return Metric(behind, behind=True) if behind else before


def _behind(
    text: str, value: Value, clause: tuple[int, int], values: Sequence[Value]
) -> tuple[int, int] | None:
    start = value.end
    stop = min([clause[1], *(other.start for other in values if other.start >= value.end)])
    end = found.start() if (found := _BEHIND_END.search(text, start, stop)) else stop
    if verb := _TO_VERB.search(text, start, end):
        end = verb.start()
    return _trimmed(text, start, min(end, start + LONGEST), least=1)


def _before(
    text: str, value: Value, clause: tuple[int, int], values: Sequence[Value], whens: Sequence[When], hits: Sequence[Hit]
) -> Metric:
    start = max([clause[0], *(other.end for other in values if other.end <= value.start)])
    end = value.start
    if opened := _OPENED.search(text, start, end):
        end = opened.start()  # 首批试点城市(全国6个)
    for when in whens:
        if start <= when.start and when.end <= end and not when.base:
            # 从2012年的20.9万亿元: the metric stands before the time; otherwise behind it: 2020年总指数为
            close = _FROM.search(text, start, when.start) if _OF.fullmatch(text, when.end, end) else None
            if close and close.start() > start:
                end = close.start()
                break
            start = when.end
    change = _CHANGE.search(text, start, end) or _CHANGE.search(text, start, _unlinked(text, start, end))
    if change and change.end() > change.start():
        subject = _subject(text, start, change.start(), hits)
        return Metric(None, subject=subject, change=change.span())
    return Metric(_subject(text, start, _unlinked(text, start, end), hits))


def _unlinked(text: str, start: int, end: int) -> int:
    link = _LINK.search(text, start, end)
    return link.start() if link else end


def _subject(text: str, start: int, end: int, hits: Sequence[Hit]) -> tuple[int, int] | None:
    """The noun phrase left when words of time, place and grammar are taken from its front."""
    while True:
        lead = _LEAD_WORDS.match(text, start, end)
        if lead:
            start = lead.end()
        place = next((hit for hit in hits if hit.start == start and hit.end <= end), None)
        if place is None and not lead:
            break
        start = place.end if place else start
    return _trimmed(text, max(start, end - LONGEST), end)


def _trimmed(text: str, start: int, end: int, least: int = 2) -> tuple[int, int] | None:
    while start < end and text[start] in "的了、，)(等及和与之-:：":
        start += 1
    while end > start and text[end - 1] in "的了、，(等及和与-:：有是":
        end -= 1
    if end - start < least or _FUNCTION.match(text[start:end]):
        return None
    return start, end
