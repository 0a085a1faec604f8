"""Finds organisations: names of the lexicon, and word shapes that end in 公司, 研究院, 大学, 日报 and so on.

Their spans also tell the place finder what is no place: in 抚顺新钢铁公司 nothing happens in 抚顺. Only names
with a body of their own count: 工业互联网平台 alone, or 一家公司, is nobody.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watcher.model.item import OrganisationTag
from watcher.model.rules import RuleBook
from watcher.tag.evidence import evidence
from watcher.tag.gazetteer import COUNTRY, Atlas
from watcher.tag.layout import Layout
from watcher.tag.lexicon import OrganisationName
from watcher.tag.places import Hit
from watcher.tag.shapes import context, nobody, not_before, stop, suffixes
from watcher.text.fold import Folded

NO_PLACE = frozenset({"company", "institute", "university", "outlet", "hospital", "team"})
UNLISTED = frozenset({"outlet", "hospital", "team"})  # found only so that their places are not taken for news

_NEEDS_BODY = frozenset({"platform", "centre", "laboratory"})  # 湖南省工业互联网平台 is any platform there
_REACH = 18  # characters a name may run back from its ending


@dataclass(frozen=True, slots=True)
class Organisation:
    """One mention. `known` comes from the lexicon; `name` is then its usual form."""

    start: int
    end: int
    name: str
    kind: str
    home: str | None = None
    known: bool = False


def organisation_names(book: RuleBook, atlas: Atlas) -> Iterator[tuple[str, OrganisationName]]:
    """The entries of the lexicon: known names first, then suffixes."""
    for rule in book.organisations:
        home = atlas.find(rule.home) if rule.home else None
        for form in (rule.name, *rule.aliases):
            bare = form == rule.name or len(form) < 3
            yield (
                form,
                OrganisationName(
                    rule.name, rule.kind, home.code if home else None, rule.needs_context and bare
                ),
            )
    for kind, words in suffixes().items():
        yield from ((word, OrganisationName(word, kind, suffix=True)) for word in words)


def find_organisations(
    text: str, found: Sequence[tuple[int, int, OrganisationName]], places: Sequence[Hit], atlas: Atlas
) -> list[Organisation]:
    """The organisations a folded text names, in order, none overlapping another; longer names win."""
    spans = [org for start, end, entry in found if (org := _read(text, start, end, entry, places, atlas))]
    spans.sort(key=lambda org: (org.start, -org.end, not org.known))
    kept: list[Organisation] = []
    for org in spans:
        if not kept or org.start >= kept[-1].end:
            kept.append(org)
        elif org.end > kept[-1].end and org.known and not kept[-1].known:
            kept[-1] = org
    return kept


def organisation_tags(
    folded: Folded, original: str, layout: Layout, organisations: Sequence[Organisation]
) -> tuple[OrganisationTag, ...]:
    """One tag for each organisation, in the order of its first mention."""
    by_name: dict[str, list[Organisation]] = {}
    for org in organisations:
        if org.kind not in UNLISTED:
            by_name.setdefault(org.name, []).append(org)
    return tuple(
        OrganisationTag(
            name if of_name[0].known else original[slice(*folded.origin(of_name[0].start, of_name[0].end))],
            of_name[0].kind,
            of_name[0].home,
            evidence([(org.start, org.end, layout.where(org.start)) for org in of_name], folded, original),
        )
        for name, of_name in by_name.items()
    )


def _read(
    text: str, start: int, end: int, entry: OrganisationName, places: Sequence[Hit], atlas: Atlas
) -> Organisation | None:
    if not entry.suffix:
        if (entry.context and not _in_business(text, start, end)) or _cuts_a_place(start, end, places):
            return None
        return Organisation(start, end, entry.name, entry.kind, entry.home, known=True)
    if end < len(text) and text[end] in not_before().get(entry.name, ""):
        return None
    begin, home = _beginning(text, start, places, atlas)
    body = _after_place(begin, places)  # 浙江大学 needs no more than its place, but 国内大学 is nobody
    if start - begin < 2 or home == COUNTRY or (body < start and _GENERIC.fullmatch(text, body, start)):
        return None
    if body == begin and _GENERIC.fullmatch(text, body, start):
        return None
    return Organisation(begin, end, text[begin:end], entry.kind, home)


def _cuts_a_place(start: int, end: int, places: Sequence[Hit]) -> bool:
    """北京东城区 holds no 京东."""
    return any(hit.start < start < hit.end or hit.start < end < hit.end for hit in places)


def _in_business(text: str, start: int, end: int) -> bool:
    """浪潮 is a company beside 、 or before 集团, a wave otherwise."""
    return text[start - 1 : start] == "、" or context().match(text, end) is not None


def _beginning(text: str, suffix: int, places: Sequence[Hit], atlas: Atlas) -> tuple[int, str | None]:
    """Where a name that ends in a suffix begins, and the place it begins with."""
    low = max(0, suffix - _REACH)
    begin = low
    for stop in stop().finditer(text, low, suffix):
        begin = stop.end()
    inside = [hit for hit in places if begin <= hit.start and hit.end <= suffix]
    # 江苏苏州某某公司 is the company 苏州某某公司 in 江苏: the outer places are an address, no part of the name
    while len(inside) > 1 and _is_address(inside[0], inside[1], atlas):
        begin = inside[0].end
        inside = inside[1:]
    if inside and begin < inside[0].start and begin == low and low:
        begin = inside[0].start
    return begin, inside[0].codes[0] if inside and inside[0].start == begin else None


def _is_address(outer: Hit, inner: Hit, atlas: Atlas) -> bool:
    return outer.end == inner.start and outer.codes[0] in atlas.parents(inner.codes[0])


def _after_place(begin: int, places: Sequence[Hit]) -> int:
    return next((hit.end for hit in places if hit.start == begin), begin)
