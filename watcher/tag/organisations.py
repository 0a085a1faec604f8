"""Finds organisations: names of the lexicon, and word shapes that end in 公司, 研究院, 大学, 日报 and so on.

Their spans also tell the place finder what is no place: in 抚顺新钢铁公司 nothing happens in 抚顺. Only names
with a body of their own count: 工业互联网平台 alone, or 一家公司, is nobody.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from watcher.model.item import OrganisationTag
from watcher.model.rules import RuleBook
from watcher.tag.evidence import evidence
from watcher.tag.gazetteer import COUNTRY, Atlas
from watcher.tag.layout import Layout
from watcher.tag.lexicon import Found, OrganisationName
from watcher.tag.places import Hit
from watcher.tag.quotations import Quotations, between
from watcher.tag.shapes import context, nobody, not_before, stop, suffixes
from watcher.text.fold import Folded

NO_PLACE = frozenset({"company", "institute", "university", "outlet", "hospital", "team"})
UNLISTED = frozenset({"outlet", "hospital", "team"})  # found only so that their places are not taken for news

_NEEDS_BODY = frozenset({"platform", "centre", "laboratory"})  # 湖南省工业互联网平台 is any platform there
_PLAIN = frozenset({"university", "hospital", "outlet", "institute", "alliance", "team"})  # 北京工业大学
_LOCAL = frozenset("省市区县州地")  # 当地发改委 is not the national one
_UNQUOTED = dict.fromkeys(map(ord, "“”‘’「」『』〝〞"))
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
    text: str, found: Found, places: Sequence[Hit], atlas: Atlas, quotes: Quotations
) -> list[Organisation]:
    """The organisations a folded text names, in order, none overlapping another; longer names win."""
    abroad = frozenset(end for _, end, name in found.names if name.trust == "foreign")
    starts = [hit.start for hit in places]
    ground = _Ground(text, places, starts, atlas, quotes, _within_names(found), abroad)
    read = (ground.shaped(*one) if one[2].suffix else ground.known(*one) for one in found.organisations)
    spans = sorted((org for org in read if org), key=lambda org: (org.start, -org.end, not org.known))
    kept: list[Organisation] = []
    for org in spans:
        if not kept or org.start >= kept[-1].end:
            kept.append(org)
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
            name if of_name[0].known else _as_written(of_name[0], folded, original),
            of_name[0].kind,
            of_name[0].home,
            evidence([(org.start, org.end, layout.where(org.start)) for org in of_name], folded, original),
        )
        for name, of_name in by_name.items()
    )


def _as_written(org: Organisation, folded: Folded, original: str) -> str:
    """With its capitals and without its quotes: 华翔集团 of “华翔”集团."""
    return original[slice(*folded.origin(org.start, org.end))].translate(_UNQUOTED)


def _within_names(found: Found) -> AbstractSet[int]:
    sure = (span for span in found.names if span[2].trust in ("safe", "full"))
    return {at for start, end, _ in sure for at in range(start + 1, end)}


@dataclass(frozen=True, slots=True)
class _Ground:
    """A text and the places in it: what a name is read against."""

    text: str
    places: Sequence[Hit]
    starts: Sequence[int]
    atlas: Atlas
    quotes: Quotations
    cuts: AbstractSet[int]  # positions in the middle of a place name
    abroad: AbstractSet[int]  # where names of foreign places end

    def known(self, start: int, end: int, entry: OrganisationName) -> Organisation | None:
        """A name of the lexicon, unless it is an ordinary word here, or cut out of a place: 北京东城区."""
        if entry.context and not (self.text[start - 1 : start] == "、" or context().match(self.text, end)):
            return None
        if entry.kind == "government" and self._is_another_office(start, end):
            return None
        if start in self.cuts or end in self.cuts:
            return None
        begin = self._branch(start) if entry.kind == "company" else start
        return Organisation(begin, end, entry.name, entry.kind, entry.home, known=True)

    def _branch(self, start: int) -> int:
        """Where a company's name begins with the place right before it: 福州京东方; but 江苏 · 苏州汇川."""
        before = self._between(max(0, start - _REACH), start + 1)
        return before[-1].start if before and before[-1].end == start else start

    def _is_another_office(self, start: int, end: int) -> bool:
        """美国商务部 and 当地发改委 are not the national ones; 人社部门 are any."""
        before, after = self.text[start - 1 : start], self.text[end : end + 1]
        return start in self.abroad or before in _LOCAL or (after == "门" and self.text[end - 1] == "部")

    def shaped(self, start: int, end: int, entry: OrganisationName) -> Organisation | None:
        """A name that ends in a suffix, if what stands before it can be somebody's name."""
        if end < len(self.text) and self.text[end] in not_before().get(entry.name, ""):
            return None
        begin, place = self._beginning(start)
        body = place.end if place else begin  # 浙江大学 needs no more than its place
        bare_place = place and (body == start or entry.kind in _PLAIN) and entry.kind not in _NEEDS_BODY
        if start - begin < 2 or (not bare_place and nobody().fullmatch(self.text, body, start)):
            return None
        home = place.codes[0] if place else None
        return Organisation(begin, end, self.text[begin:end], entry.kind, home)

    def _beginning(self, suffix: int) -> tuple[int, Hit | None]:
        """Where a name that ends in a suffix begins, and the place it begins with."""
        low = max(0, suffix - _REACH)
        begin = low
        for barrier in stop().finditer(self.text, low, suffix):
            begin = barrier.end()
        begin = self._behind_quotes(begin, suffix)
        near = self._between(begin, suffix)
        inside = [hit for hit in near if hit.end <= suffix and COUNTRY not in hit.codes]
        # 江苏苏州某某公司 is the company 苏州某某公司 in 江苏: the outer place is an address
        while len(inside) > 1 and self._is_address(inside[0], inside[1]):
            begin = inside[0].end
            del inside[0]
        if inside and begin == low > 0:
            begin = inside[0].start
        return begin, inside[0] if inside and inside[0].start == begin else None

    def _behind_quotes(self, begin: int, suffix: int) -> int:
        """A name may begin with a quotation, or with a place behind one: “科技兴农”江苏农垦集团."""
        opened = between(self.quotes.opens, begin + 1, suffix)
        closed = between(self.quotes.closes, begin + 1, suffix)
        return max((*opened, *(at for at in closed if self._between(at, at + 1))), default=begin)

    def _between(self, low: int, high: int) -> Sequence[Hit]:
        """The places that begin in this stretch."""
        return self.places[bisect_left(self.starts, low) : bisect_left(self.starts, high)]

    def _is_address(self, outer: Hit, inner: Hit) -> bool:
        return outer.end == inner.start and outer.codes[0] in self.atlas.parents(inner.codes[0])
