"""Reads a laid-out text sentence by sentence and puts each value together with its metric, owner, time and kind."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from watcher.model.item import Figure
from watcher.tag.figures.dates import When, find_whens
from watcher.tag.figures.kinds import is_growth, is_target
from watcher.tag.figures.metrics import Metric, find_metric
from watcher.tag.figures.owners import Owner, Owners
from watcher.tag.figures.periods import Period, Times, base_period
from watcher.tag.figures.sentences import Sentence, sentences
from watcher.tag.figures.values import Value, find_values
from watcher.tag.figures.vocabulary import Vocabulary
from watcher.tag.gazetteer import Atlas
from watcher.tag.layout import Layout
from watcher.tag.organisations import Organisation
from watcher.tag.places import Hit
from watcher.text.fold import Folded

# A scale without a unit is money where the words before it measure money: GDP总和达到11.75万亿.
_MONEY = re.compile(
    r"gdp|生产总值|总额|投资|产值|增加值|收入|利润|税收|营收|销售|网购|零售|资金|融资|差距|财政|进出口|贸易|市值|贷款|存款|消费|支出|"
    r"成本|订单|交易|经济|产业规模|工业总量|规模|增量|债|基金|预算|金额"
)
_TRILLION = 10**12
_QUOTE = 240  # characters of a quote

_REGION_TRUST = {"sentence": 0.95, "line": 0.85, "heading": 0.8, "title": 0.75, "text": 0.6, None: 0.5}
_PERIOD_TRUST = {"sentence": 0.95, "line": 0.8, "heading": 0.75, "lead": 0.7, "published": 0.65}


@dataclass(frozen=True, slots=True)
class Context:
    """What a text is read with."""

    original: str
    folded: Folded
    layout: Layout
    places: Sequence[Hit]
    organisations: Sequence[Organisation]
    atlas: Atlas
    vocabulary: Vocabulary
    main: str | None  # the region the whole text is about
    published: date


def read_figures(context: Context) -> Iterator[Figure]:
    """Every mention of a figure, in order."""
    text = context.folded.text
    owners = Owners(
        text, context.places, context.organisations, context.atlas, context.main, block=context.layout.block
    )
    times = Times(text, context.published)
    for sentence in sentences(text, context.layout, _dropped_blanks(context)):
        whens = find_whens(text, sentence.start, sentence.end, context.published)
        values = _usable(find_values(text, sentence.start, sentence.end), whens, context.places)
        owners.enter(sentence)
        times.enter(sentence)
        said = list(_of_sentence(context, sentence, values, whens, owners, times)) if values else []
        owners.leave(sentence, [owner for _, owner, _ in said])
        times.leave(sentence, whens, [period for figure, _, period in said if figure.kind == "actual"])
        yield from (figure for figure, _, _ in said)


def _dropped_blanks(context: Context) -> tuple[int, ...]:
    """Where folding took a blank out of the title: it parted clauses there."""
    title = context.original.find("\n")
    end = context.folded.text.find("\n")
    starts = (start for start in context.folded.starts[1:] if start < end)
    return tuple(
        start for start in starts if context.original[context.folded.origin(start, start + 1)[0] - 1 : title][:1].isspace()
    )


def _usable(values: Sequence[Value], whens: Sequence[When], places: Sequence[Hit]) -> list[Value]:
    """Leaves out what is part of a date or of a name: 近十年, 三亚市."""
    taken = [(when.start, when.end) for when in whens] + [
        (place.start, place.end)
        for place in places
        if values and values[0].start - 8 < place.end and place.start < values[-1].end
    ]
    return [
        value
        for value in values
        if not any(start < value.number[1] and value.number[0] < end for start, end in taken)
    ]


def _of_sentence(
    context: Context,
    sentence: Sentence,
    values: Sequence[Value],
    whens: Sequence[When],
    owners: Owners,
    times: Times,
) -> Iterator[tuple[Figure, Owner, Period]]:
    text = context.folded.text
    carried: tuple[int, int] | None = None
    last_unit: str | None = None
    for value in values:
        metric = find_metric(text, value, sentence, values, whens, context.places)
        subject = metric.own or metric.subject
        spans = [subject or carried, metric.change]
        carried = subject or carried
        words = "".join(text[slice(*span)] for span in spans if span)
        if not words:
            spans = [_clause_before(text, sentence, value) or _clause_behind(text, sentence, value)]
            words = "".join(text[slice(*span)] for span in spans if span)
        unit = value.unit or _unit(value, text, sentence, words, last_unit)
        last_unit = unit
        owner = owners.owner(value, sentence, values)
        period = times.period(value, sentence, whens)
        clause = sentence.clause(text, value.start)
        segment = sentence.segment(text, value.start)
        growth = not metric.behind and is_growth(value, text[clause[0] : value.start])
        target = is_target(text[segment[0] : value.start], text[clause[0] : value.start], words, ahead=period.ahead)
        kind = "target" if target else "growth" if growth else "actual"
        yield _figure(context, sentence, value, unit, kind, spans, words, owner, period, base_period(whens, value, clause, text)), owner, period


def _unit(value: Value, text: str, sentence: Sentence, words: str, last: str | None) -> str:
    clause = sentence.clause(text, value.start)
    if value.value >= _TRILLION or (value.value >= 10**7 and _MONEY.search(words or text[clause[0] : value.start])):
        return "元"
    if value.value >= 10**4 and text[value.end : value.end + 1] == "的" and last and last != "%":
        return last  # 新增就业1206万人，超额完成了1100万的预期目标
    return ""


def _clause_before(text: str, sentence: Sentence, value: Value) -> tuple[int, int] | None:
    clause = sentence.clause(text, value.start)
    if clause[0] - 1 <= sentence.start:
        return None
    start, end = sentence.clause(text, clause[0] - 2)
    return (max(start, end - 16), end) if end - start >= 2 else None


def _clause_behind(text: str, sentence: Sentence, value: Value) -> tuple[int, int] | None:
    """从2万亿到3万亿，重庆的工业…: the words come afterwards."""
    clause = sentence.clause(text, value.start)
    if clause[1] + 2 >= sentence.end:
        return None
    start, end = sentence.clause(text, clause[1] + 1)
    return (start, min(end, start + 16)) if end - start >= 2 else None


def _figure(
    context: Context,
    sentence: Sentence,
    value: Value,
    unit: str,
    kind: str,
    spans: Sequence[tuple[int, int] | None],
    words: str,
    owner: Owner,
    period: Period,
    base: str | None,
) -> Figure:
    rule = context.vocabulary.find(words, unit, change=kind != "actual")
    here = [span for span in spans if span]
    raw = "".join(context.original[slice(*context.folded.origin(*span))] for span in here)
    trust = _REGION_TRUST[owner.origin if owner.organisation is None else "sentence"] * _PERIOD_TRUST[period.origin]
    quote, marks = _quoted(context, sentence, value, here, owner, period)
    return Figure(
        value=value.value,
        value_max=value.value_max,
        unit=unit,
        approx=value.approx,  # type: ignore[arg-type]
        metric=rule.id if rule else None,
        metric_raw=raw.replace("\n", " "),
        kind=kind,  # type: ignore[arg-type]
        region_code=owner.region,
        region_from=owner.origin,
        organisation=owner.organisation,
        period_start=period.first,
        period_end=period.last,
        period_from=period.origin,
        base_period=base,
        confidence=round(trust * (1.0 if rule else 0.9 if raw else 0.5), 2),
        quotes=(quote,),
        marks=marks,
    )


def _quoted(
    context: Context,
    sentence: Sentence,
    value: Value,
    metric: Sequence[tuple[int, int]],
    owner: Owner,
    period: Period,
) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """The sentence as the original has it, cut around the value if it is long, with the parts marked."""
    start, end = sentence.start, sentence.end
    if end - start > _QUOTE:
        start, end = sentence.segment(context.folded.text, value.start)
    if end - start > _QUOTE:
        start = max(start, value.start - _QUOTE * 2 // 3)
        end = min(end, start + _QUOTE)
    begin, until = context.folded.origin(start, end)
    parts = [(*value.number, "value"), *((*span, "metric") for span in metric)]
    parts += [(*span, name) for span, name in ((owner.span, "region"), (period.span, "period")) if span]
    marks = []
    for low, high, name in parts:
        if start <= low and high <= end:
            left, right = context.folded.origin(low, high)
            marks.append((left - begin, right - begin, name))
    return context.original[begin:until], tuple(sorted(marks))
