"""Figures as they are shown in a digest: beside their item, and as news of their own.

Chooses and words; what is compared with what is the store's business.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from watcher.digest.group import short_name
from watcher.model import Figure, FigureNote, Labels, StoredItem
from watcher.text.amounts import amount, spoken

_MOST = 4  # figures beside an item
_SURE = 0.5  # of metric, region and period together
_HEADINGS = {"moved": "数字变化", "differs": "口径不一"}
_KINDS = {"actual": "", "target": "目标", "growth": "增长"}


def key_figures(item: StoredItem, at_home: Iterable[str], labels: Labels) -> tuple[tuple[str, str], ...]:
    """The surest figures of an item as (what, how much); a place is named where it is none of `at_home`."""
    home = set(at_home)
    found: dict[str, str] = {}
    for figure in item.figures:
        if figure.metric is None or figure.confidence < _SURE:
            continue
        code = figure.region_code
        where = short_name(code, labels) if code and code not in home else figure.organisation or ""
        what = " ".join(part for part in (where, _what(figure, labels)) if part)
        found.setdefault(what, _amount(figure))
    return tuple(found.items())[:_MOST]


def figure_news(notes: Iterable[FigureNote], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """Figures that moved or disagree, as (heading, line)."""
    for note in notes:
        kind = _KINDS[note.new.kind]
        what = f"{note.region}{note.label}{kind}"
        if note.what == "moved":
            then = spoken(note.old.period_start, note.old.period_end).removeprefix("<=")
            yield _HEADINGS[note.what], f"{what} {_amount(note.new)}，{then} 为 {_amount(note.old)}"
        else:
            said = [
                f"{_amount(figure)}（{' '.join(part for part in (outlet, _day(at, zone)) if part)}）"
                for figure, outlet, at in zip((note.new, note.old), note.outlets, note.published, strict=True)
            ]
            yield _HEADINGS[note.what], f"{what}：{' '.join(said)}"


def _what(figure: Figure, labels: Labels) -> str:
    label = labels.metrics.get(figure.metric or "", figure.metric_raw)
    kind = _KINDS[figure.kind]
    if figure.kind == "target":
        return f"{label}（目标）"
    return label if kind in label else f"{label}{kind}"


def _amount(figure: Figure) -> str:
    return amount(
        {
            "value": figure.value,
            "value_max": figure.value_max,
            "unit": figure.unit,
            "approx": figure.approx,
        }
    )


def _day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d}"
