"""Reads a text sentence by sentence and puts each value together with its metric, owner, time and kind."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from watcher.model.item import Figure, FigureKind
from watcher.tag.figures.dates import find_whens
from watcher.tag.figures.kinds import is_growth, is_target
from watcher.tag.figures.matter import of_whole
from watcher.tag.figures.metrics import Metric, find_metric, shared_out, topic_of
from watcher.tag.figures.owners import Owner, Owners
from watcher.tag.figures.periods import Period, Times, base_period
from watcher.tag.figures.quotes import quoted, worded
from watcher.tag.figures.said import Runner, Said, Span
from watcher.tag.figures.sentences import sentences
from watcher.tag.figures.turns import turn_of
from watcher.tag.figures.units import NAMED
from watcher.tag.figures.values import Value, find_values
from watcher.tag.figures.vocabulary import Vocabulary
from watcher.tag.figures.words import word
from watcher.tag.gazetteer import Atlas
from watcher.tag.layout import Layout
from watcher.tag.organisations import Organisation
from watcher.tag.places import Hit
from watcher.text.fold import Folded

MOST = 40  # figures of one sentence: what has more is a table that lost its lines

_ROUNDUP = re.compile(word("periods", "roundup"))  # several stories in one: 国内联播快讯
_PLANS = re.compile(word("kinds", "plans"))
_BELOW = re.compile(r"\(|\d")
_VERB = re.compile(word("metrics", "bare_verbs"))
_MONEY = re.compile(word("units_without", "money"))
_SHARE = re.compile(r"占(?!地(?!区))|(?:年均|同比|平均)?(?:增速|增幅|涨幅|降幅|占比|比重|份额)(?:[比较].*)?$")
_TRILLION = 1e12  # nothing but money is counted in 万亿 without a unit
_AND = ("、", "和", "与", "及")

# How far each way of finding a region or period is trusted; a figure's confidence is their product.
_REGION_TRUST = {"sentence": 0.95, "line": 0.85, "heading": 0.8, "title": 0.75, "text": 0.6, None: 0.5}
_PERIOD_TRUST = {"sentence": 0.95, "line": 0.8, "heading": 0.75, "lead": 0.7, "text": 0.7, "published": 0.65}
_UNKNOWN_METRIC = 0.9


@dataclass(frozen=True, slots=True)
class Context:
    """What a text is read with."""

    original: str
    folded: Folded
    layout: Layout
    places: Sequence[Hit]
    abroad: Sequence[Span]  # where foreign places are named
    organisations: Sequence[Organisation]
    atlas: Atlas
    vocabulary: Vocabulary
    main: str | None  # the region the whole text is about
    published: date


@dataclass(frozen=True, slots=True)
class _Wording:
    """The words of one value and what they make of it; the next value of the sentence may go on with them."""

    value: Value
    metric: Metric
    spans: Sequence[Span]
    subject: Sequence[Span]
    unit: str
    growth: bool


def read_figures(context: Context) -> Iterator[Figure]:
    """Every mention of a figure, in order."""
    text = context.folded.text
    roundup = _ROUNDUP.search(text[: text.find("\n")]) is not None
    owners = Owners(
        text,
        context.places,
        context.abroad,
        context.organisations,
        context.atlas,
        of_whole(text, context.main, roundup=roundup),
        roundup=roundup,
    )
    times = Times(text, context.published, block=context.layout.block, roundup=roundup)
    places = Runner(context.places)
    planned = False
    for sentence in sentences(text, context.layout, _dropped_blanks(context)):
        whens = find_whens(text, sentence.start, sentence.end, context.published)
        here = places.within(sentence)
        values = find_values(text, sentence.start, sentence.end)[:MOST]
        taken = [(when.start, when.end) for when in whens] + [(place.start, place.end) for place in here]
        values = [value for value in values if not _sums_up(text, value, here)]
        if sentence.where == "heading":
            planned = _announces_plans(text, sentence.start, sentence.end, before=planned)
        said = Said(text, sentence, [v for v in values if not _is_part(v, taken)], whens, here, planned)
        owners.enter(sentence)
        times.enter(sentence)
        figures = list(_of_sentence(context, said, owners, times))
        owners.leave(said, [owner for _, owner, _ in figures])
        kinds = {figure.kind for figure, _, _ in figures}
        plain = [period for figure, _, period in figures if figure.kind == "actual"]
        times.leave(said, plain, aims=kinds == {"target"})
        yield from (figure for figure, _, _ in figures)


def _announces_plans(text: str, start: int, end: int, *, before: bool) -> bool:
    """二、重点工作 does, and so do the headings (一) and 1. below it."""
    return _PLANS.search(text, start, end) is not None or (
        before and _BELOW.match(text, start, end) is not None
    )


def _dropped_blanks(context: Context) -> tuple[int, ...]:
    """Where folding took a blank out of a headline: it parted clauses there."""
    starts = [s for s in context.folded.starts[1:] if context.layout.where(s) in ("title", "heading")]
    before = [context.folded.origin(start, start + 1)[0] - 1 for start in starts]
    return tuple(s for s, at in zip(starts, before, strict=True) if context.original[at].isspace())


def _is_part(value: Value, taken: Sequence[Span]) -> bool:
    """Whether a value is part of a date or of a name: 近十年, 三亚市."""
    return any(start < value.number[1] and value.number[0] < end for start, end in taken)


def _sums_up(text: str, value: Value, places: Sequence[Hit]) -> bool:
    """南京、无锡、苏州三市: the number of those just named."""
    named = (place for place in places if place.end == value.start)
    return value.unit in NAMED and any(text[place.start - 1] == "、" for place in named)


def _of_sentence(
    context: Context, said: Said, owners: Owners, times: Times
) -> Iterator[tuple[Figure, Owner, Period]]:
    told: list[_Wording] = []
    for value in said.values:
        wording = _wording(said, value, told)
        told.append(wording)
        words = "".join(said.text[slice(*span)] for span in wording.spans)
        known = context.vocabulary.find(words, wording.unit, change=True) is not None
        owner = owners.owner(said, value, known=known)
        period = times.period(said, value, growth=wording.growth)
        yield _figure(context, said, wording, words, owner, period), owner, period


def _wording(said: Said, value: Value, told: Sequence[_Wording]) -> _Wording:
    """The value's words; where it has none of its own it goes on with those of a value `told` before."""
    last = told[-1] if told else None
    metric = find_metric(said, value)
    in_row = last is not None and _goes_on(said, last.value, value) and not metric.behind
    if last and in_row:
        metric = replace(metric, change=last.metric.change)  # 分别增长33.7%、37.5%
    carried = _in_turn(said, value, told) or (last.subject if last else ())
    subject = _subject(said, value, metric, carried)
    spans = [span for span in (*subject, metric.change) if span] or _clause_behind(said, value)
    spans = shared_out(said, value) or spans
    clause = said.text[said.clause(value)[0] : value.start]
    words = "".join(said.text[slice(*span)] for span in spans)
    unit = value.unit or _unit(said, value, words or clause, last)
    after = said.text[value.end : said.next_value(value, said.clause(value)[1])]
    grows = is_growth(value, "" if metric.behind else clause, after)
    growth = bool(last and in_row and last.growth) or grows
    return _Wording(value, metric, spans, subject or carried, unit, growth)


def _subject(said: Said, value: Value, metric: Metric, carried: Sequence[Span]) -> Sequence[Span]:
    """What is measured. A share is one of what was told of before: 增加值8214亿元，占GDP比重为12.9%."""
    own = metric.subject
    if own is None:
        before = None if carried else _clause_before(said, value)
        return (before,) if before else carried
    if carried and _VERB.fullmatch(said.text, *own):
        return (own, carried[0])  # 建成基站8万个，其中今年新建2万个
    if metric.behind or not _SHARE.match(said.text, *own):
        return (own,)
    before = _clause_before(said, value) if said.text[own[0]] == "占" else None
    whole = carried[0] if carried else before  # 主导产业增加值，占地区生产总值比重达67.2%
    return (whole, own) if whole and not _SHARE.match(said.text, *whole) else (own,)


def _in_turn(said: Said, value: Value, told: Sequence[_Wording]) -> Sequence[Span]:
    """货物533万吨、货值847亿元，分别增长22.9%、6.2%: the rates are of the two values before, in turn."""
    turn = turn_of(said, value)
    if turn is None or turn.parts:
        return ()
    row = [wording.subject for wording in told if wording.value.end <= turn.start][-turn.count :]
    return row[turn.index] if len({*map(tuple, row)}) == turn.count else ()


def _goes_on(said: Said, one: Value, other: Value) -> bool:
    alike = one.unit == other.unit or {one.unit, other.unit} <= {"%", "倍"}
    return alike and said.text[one.end : other.start] in _AND


def _unit(said: Said, value: Value, words: str, last: _Wording | None) -> str:
    """The unit the text leaves out: GDP总和达到11.75万亿; 就业1206万人，超额完成1100万的目标."""
    if value.value >= _TRILLION or (value.value >= 1e7 and _MONEY.search(words)):
        return "元"
    if behind := _next_in_row(said, value):
        return behind.unit or _unit(said, behind, "", None)
    goes_on = value.value >= 1e4 and said.text.startswith("的", value.end)
    return last.unit if last and goes_on and last.unit != "%" else ""


def _next_in_row(said: Said, value: Value) -> Value | None:
    """300亿、400亿美元: the last has the unit of all."""
    after = next((other for other in said.values if other.start >= value.end), None)
    return after if after and said.text[value.end : after.start] in _AND else None


def _clause_before(said: Said, value: Value) -> Span | None:
    """粮食生产实现“十九连丰”，连续8年稳定在1.3万亿斤以上: the words came before."""
    start, _ = said.clause(value)
    if start - 1 <= said.sentence.start:
        return None
    start, end = said.sentence.clause(said.text, start - 2)
    start = max(
        [start, *(when.end for when in said.whens if start <= when.start <= start + 1 and when.end < end)]
    )
    return topic_of(said, start, end)


def _clause_behind(said: Said, value: Value) -> list[Span]:
    """近4万人在湖畔植树: what is done tells what is counted; 从2万亿到3万亿，重庆的工业…."""
    _, end = said.clause(value)
    rest = (value.end, min(said.next_value(value, end), value.end + 16))
    if value.counts and rest[1] - rest[0] > 3:
        return [rest]
    if end + 2 >= said.sentence.end:
        return []
    start, until = said.sentence.clause(said.text, end + 1)
    return [(start, min(until, start + 16))] if until - start >= 2 else []


def _figure(
    context: Context, said: Said, wording: _Wording, words: str, owner: Owner, period: Period
) -> Figure:
    value, kind = wording.value, _kind(said, wording, words, period)
    rule = context.vocabulary.find(words, wording.unit, change=kind != "actual")
    parts = [(value.number, "value"), *((span, "metric") for span in wording.spans)]
    parts_said = [*parts, (owner.span, "region"), (period.span, "period")]
    quote, marks = quoted(said, value, parts_said, context.original, context.folded)
    trust = _REGION_TRUST["sentence" if owner.organisation else owner.origin] * _PERIOD_TRUST[period.origin]
    return Figure(
        value=value.value,
        value_max=value.value_max,
        unit=wording.unit,
        approx=value.approx,
        metric=rule.id if rule else None,
        metric_raw=worded(wording.spans, context.original, context.folded),
        kind=kind,
        region_code=owner.region,
        region_from=owner.origin,
        organisation=owner.organisation,
        period_start=period.first,
        period_end=period.last,
        period_from=period.origin,
        base_period=base_period(said, value),
        confidence=round(trust * (1.0 if rule else _UNKNOWN_METRIC), 2),
        quotes=(quote,),
        marks=marks,
    )


def _kind(said: Said, wording: _Wording, words: str, period: Period) -> FigureKind:
    value = wording.value
    sentence = said.text[said.sentence.start : value.start]
    before = said.text[said.segment(value)[0] : value.start]
    clause = said.text[said.clause(value)[0] : value.start]
    ahead = period.ahead or (said.planned and period.span is None)
    if is_target(sentence, before, clause, words, ahead=ahead):
        return "target"
    return "growth" if wording.growth else "actual"
