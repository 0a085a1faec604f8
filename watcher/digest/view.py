"""A digest as the words on the page: what the formats for people (html, txt, md) have in common.

Turns times into the digest's zone, counts into Chinese, feed text into clean single lines. Knows no
markup: each format escapes and lays out in its own way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from watcher.digest.clean import link, one_line
from watcher.model import Digest, DigestEntry, Group, HeatRow, StoredItem

_WEEKDAYS = "一二三四五六日"
_TITLE, _LEAD, _NAME = 160, 240, 32  # characters
_CHIPS = 4
_DETAILS = 3
_MOST_BARS = 8
_RISEN, _NEWS = 3, 6  # lines of the headline block below the bars
_BLOCKS = "▁▂▃▄▅▆▇█"
_FULL_BAR = 5  # items: on a quiet day single items do not look like a wave


@dataclass(frozen=True, slots=True)
class Card:
    """One item as it is shown."""

    number: int
    item_id: int
    title: str
    url: str | None
    source: str | None
    time: str
    others: int
    lead: str | None
    topics: tuple[str, ...]
    regions: tuple[str, ...]  # without the one that the section is named after
    figures: tuple[tuple[str, str], ...]  # (what, how much)
    evidence: str | None  # the page that says why the item is here
    updated: bool

    @property
    def about(self) -> str:
        """Where and when, in one line: "更新 · 四川经济网 02-22 18:03 · 另见 3 家"."""
        where = " ".join(part for part in (self.source, self.time) if part)
        others = f"另见 {self.others} 家" if self.others else ""
        return " · ".join(part for part in ("更新" if self.updated else "", where, others) if part)

    @property
    def figure_line(self) -> str:
        """The figures in one line: "5G 基站 >18 万个 · 企业上云 >39 万家"."""
        return " · ".join(f"{what} {amount}" for what, amount in self.figures)


@dataclass(frozen=True, slots=True)
class Section:
    """One group under its heading; None for a digest without groups."""

    heading: str | None
    cards: tuple[Card, ...]
    more: str | None  # how many did not fit


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the headline block. `share` is the bar's length in percent."""

    label: str
    count: int
    share: int
    detail: str
    usual: str | None  # "平时 2"
    spike: bool
    line: str  # the last periods as a line of blocks, this one at the end: "▁▁▂▁▁▃▁█"

    @property
    def against(self) -> str:
        """The usual level, and the mark of what is above it: "平时 2 ▲"."""
        return f"{self.usual or ''}{' ▲' if self.spike else ''}".strip()


@dataclass(frozen=True, slots=True)
class Page:
    """Everything a reader sees, in order."""

    title: str
    date: str  # "2022-02-23 周三 08:00"
    counts: str  # "19 个事件 · 27 篇 · 8 个来源"
    bars: tuple[Bar, ...]
    news: tuple[tuple[str, str], ...]  # (heading, line): what rose besides, figures that moved or disagree
    sections: tuple[Section, ...]
    empty: str | None  # what to say instead of sections
    cut: str | None  # what did not fit
    cut_link: str | None  # where to see it
    why: tuple[str, ...]  # the footer's lines

    @property
    def header(self) -> str:
        """The header in one line."""
        return " · ".join(part for part in (self.title, self.date, self.counts) if part)


def page(digest: Digest) -> Page:
    """The page of a digest."""
    return Page(
        title=one_line(digest.title, _TITLE),
        date=date_line(digest),
        counts=counts(digest),
        bars=_bars(_foremost(digest.heat)),
        news=tuple(_news(digest)),
        sections=tuple(_section(group, digest) for group in digest.groups),
        empty=None if digest.items else f"{_window(digest)}没有符合条件的新文章。",
        cut=_cut(digest),
        cut_link=_page(digest, "/watcher/search"),
        why=_why(digest),
    )


def date_line(digest: Digest) -> str:
    """The hour the digest is for, in its zone: "2022-02-23 周三 08:00"."""
    at = digest.until.astimezone(digest.timezone)
    return f"{at:%Y-%m-%d} 周{_WEEKDAYS[at.weekday()]} {at:%H:%M}"


def counts(digest: Digest) -> str:
    """How much there is: "19 个事件 · 27 篇 · 8 个来源"; without copies just "19 篇 · 8 个来源"."""
    if not digest.items:
        return "没有新文章"
    copied = digest.articles > digest.items
    told = f"{digest.items} 个事件 · {digest.articles} 篇" if copied else f"{digest.items} 篇"
    return f"{told} · {digest.outlets} 个来源"


def source_of(entry: StoredItem, digest: Digest) -> str | None:
    """The outlet, or the source's title where the item names none."""
    return one_line(entry.outlet or _first_source(entry, digest), _NAME) or None


def _first_source(entry: StoredItem, digest: Digest) -> str:
    titles = dict(digest.sources)
    return next((titles[source] for source in entry.source_ids if source in titles), "")


def _section(group: Group, digest: Digest) -> Section:
    heading = one_line(group.label, _NAME) if group.label else None
    more = f"还有 {group.cut} 条" if group.cut and heading else None
    return Section(heading, tuple(_card(entry, group, digest) for entry in group.entries), more)


def _card(entry: DigestEntry, group: Group, digest: Digest) -> Card:
    item = entry.item
    return Card(
        number=entry.number,
        item_id=item.id,
        title=one_line(item.title, _TITLE) or "（无题）",
        url=link(item.url),
        source=source_of(item, digest),
        time=_time(item, digest),
        others=max(item.other_outlets, 0),
        lead=one_line(entry.lead or "", _LEAD) or None,
        topics=_chips(entry.topics, group),
        regions=_chips(entry.regions, group),
        figures=tuple((one_line(what, _NAME), one_line(amount, _NAME)) for what, amount in entry.figures),
        evidence=_page(digest, f"/-/item/{item.id}"),
        updated=item.updated,
    )


def _chips(names: tuple[str, ...], group: Group) -> tuple[str, ...]:
    """The first few labels; 重庆 is not said again under the heading 重庆市."""
    fresh = (one_line(name, _NAME) for name in names if not group.label.startswith(name))
    return tuple(name for name in fresh if name)[:_CHIPS]


def _time(item: StoredItem, digest: Digest) -> str:
    """When it was published, in the digest's zone, with the year if that is another than the digest's."""
    if item.published_at is None or item.published_from == "first seen":
        return f"收到于 {_clock(item.first_seen_at, digest)}"
    shown = _clock(item.published_at, digest)
    return shown.removesuffix(" 00:00")  # a page that gives only the day is read as midnight


def _clock(at: datetime, digest: Digest) -> str:
    local, now = at.astimezone(digest.timezone), digest.until.astimezone(digest.timezone)
    return f"{local:%m-%d %H:%M}" if local.year == now.year else f"{local:%Y-%m-%d %H:%M}"


def _bars(rows: tuple[HeatRow, ...]) -> tuple[Bar, ...]:
    most = max([row.count for row in rows] + [_FULL_BAR])
    return tuple(
        Bar(
            label=one_line(row.label, _NAME),
            count=row.count,
            share=max(round(100 * row.count / most), 2),
            detail=" · ".join(f"{one_line(name, _NAME)} {number}" for name, number in _shown(row)),
            usual=_usual(row),
            spike=row.spike,
            line=_sparkline((*row.past, row.count)) if row.past else "",
        )
        for row in rows
    )


def _foremost(rows: tuple[HeatRow, ...]) -> tuple[HeatRow, ...]:
    """The rows worth a bar; a tail of single stories is none, unless one of them stands out."""
    return tuple(row for at, row in enumerate(rows) if at < _MOST_BARS or row.spike)


def _shown(row: HeatRow) -> tuple[tuple[str, int], ...]:
    # Beside the usual level and its line there is room for less.
    return row.detail[: _DETAILS if row.usual is None else _DETAILS - 1]


def _usual(row: HeatRow) -> str | None:
    return None if row.usual is None else f"平时 {row.usual:g}"


def _sparkline(counts: tuple[int, ...]) -> str:
    most = max(*counts, _FULL_BAR)
    return "".join(_BLOCKS[round(count / most * (len(_BLOCKS) - 1))] for count in counts)


def _news(digest: Digest) -> Iterator[tuple[str, str]]:
    foremost = _foremost(digest.heat)
    if tail := [row for row in digest.heat if row not in foremost]:
        named = "、".join(one_line(row.label, _NAME) for row in tail)
        yield "其余", one_line(f"{sum(row.count for row in tail)} 条：{named}", _TITLE)
    for row in digest.also[:_RISEN]:
        yield "明显增多", f"{one_line(row.label, _NAME)} {row.count}（{_usual(row)}）▲"
    for heading, line in digest.news[:_NEWS]:
        yield heading, one_line(line, _TITLE)


def _page(digest: Digest, path: str) -> str | None:
    return link(digest.browse.rstrip("/") + path) if digest.browse else None


def _window(digest: Digest) -> str:
    until = _clock(digest.until, digest)
    return f"{_clock(digest.since, digest)} 至 {until} " if digest.since else f"截至 {until} "


def _cut(digest: Digest) -> str | None:
    if not digest.cut:
        return None
    name = one_line(digest.name, _NAME)
    next_time = "下期补上" if digest.carry_over else "下期不再补发"
    return (
        f"还有 {digest.cut} 条符合条件，未列入本期（上限 {digest.items} 条），{next_time}；"
        f"要点已计入。查看：watcher digest rest {name}"
    )


def _why(digest: Digest) -> tuple[str, ...]:
    name = one_line(digest.name, _NAME)
    return (
        f"{_window(digest)}收录。你收到本摘要，是因为 digests.toml 中的「{name}」列有你的地址或文件夹。",
        "深入查看：watcher search 关键词 · watcher why 编号（标题旁 # 后的数字）· watcher inspect",
        *(one_line(line, _TITLE) for line in digest.operator),
    )
