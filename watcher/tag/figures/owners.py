"""Says whose a figure is: a region's or an organisation's, and how that is known.

The nearest place before the value that can own it counts, within its segment, then its sentence; 11家落户重庆
looks behind. A sentence that names nobody goes on with what its line, heading, title or text is about.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from watcher.model.item import RegionFrom
from watcher.tag.figures.abroad import world_before
from watcher.tag.figures.firms import acts, is_firm, is_home, unnamed
from watcher.tag.figures.nation import body_of_nation, is_macro, is_statistics, tells_statistics
from watcher.tag.figures.people import people
from watcher.tag.figures.said import Runner, Said, Span
from watcher.tag.figures.sentences import Sentence
from watcher.tag.figures.subjects import ABROAD, Place, actors, places_of, subjects
from watcher.tag.figures.turns import turn_of
from watcher.tag.figures.units import OF_THINGS
from watcher.tag.figures.values import Value
from watcher.tag.figures.villages import with_villages
from watcher.tag.figures.words import word
from watcher.tag.gazetteer import COUNTRY, Atlas
from watcher.tag.organisations import Organisation
from watcher.tag.places import Hit

_LOCATED = re.compile(rf"[^，。；]{{0,18}}?{word('owners', 'located')}[于了]?")
_OURS = re.compile(r"全[市省区县州]|[本我该][市省区县州]")
_BOTH = re.compile(r"[两三四]地|两省市?")
_WORLDWIDE = re.compile(r"(?:从|放眼)?全球(?:方面|范围|来?看|，)")
_PROVINCES = re.compile(r"省(?:份|区|\(|、)")  # 31个省份 are the nation's
_GOES_ON = re.compile(word("owners", "goes_on"))
_HOME = re.compile(r"班列|铁路|专列|奥运|冬奥|残奥|世博|峰会")  # 中欧班列 runs here, 巴黎奥运会 has our team
_SUMS = re.compile(r"人均|累计|总|新增|面积|里程")
_HERE = re.compile(r"这里|当地|该地")
_VAST = 10_000  # so many metres or square metres are no one thing's


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose figure it is. A company's may carry the place where it was told of (在湖南，中联重科…)."""

    region: str | None
    origin: RegionFrom | None
    organisation: str | None = None
    span: Span | None = None


class Owners:
    """What the sentences read so far were about; feed it sentence by sentence, in order."""

    def __init__(
        self,
        text: str,
        hits: Iterable[Hit],
        abroad: Iterable[Span],
        organisations: Iterable[Organisation],
        atlas: Atlas,
        main: str | None,
        *,
        roundup: bool = False,
    ) -> None:
        self._atlas = atlas
        self._main = main
        self._statistics = tells_statistics(text)
        self._roundup = roundup  # several stories: a heading begins the next
        # not the nation in 其中国家级平台4个
        hits = [hit for hit in hits if text[hit.start - 1 : hit.start + 1] != "其中"]
        places = with_villages(text, list(places_of(hits, atlas)), hits, atlas)
        places += [Place(start, end, ABROAD) for start, end in abroad if not _HOME.match(text, end)]
        places.sort(key=lambda place: place.start)
        self._places = Runner(places)
        self._people = Runner(sorted(people(text, places), key=lambda place: place.start))
        self._firms = Runner([org for org in organisations if is_firm(text, org)])
        self._here: list[Place] = []
        self._people_here: list[Place] = []
        self._firms_here: list[Organisation] = []
        self._line = -1
        self._of_line: str | None = None
        self._scene: str | None = None  # where the line before ended, if that is not the nation
        self._of_heading: str | None = None
        self._of_title: str | None = None
        self._local: str | None = None  # the last place that is not the nation
        self._firm: str | None = None  # the last company named
        self._firm_of_title: str | None = None  # in a story of one company and of no place
        self._firm_told_of: str | None = None  # the company whose figure ended the sentence before

    def enter(self, sentence: Sentence) -> None:
        """Begins a sentence."""
        if sentence.line != self._line:
            self._scene = self._of_line if self._of_line not in (COUNTRY, ABROAD) else None
            self._line, self._of_line = sentence.line, None
        if self._roundup and sentence.where == "heading":
            self._of_heading = self._local = self._firm = None
        self._here = self._places.within(sentence)
        self._people_here = self._people.within(sentence)
        self._firms_here = self._firms.within(sentence)

    def leave(self, said: Said, owners: Sequence[Owner]) -> None:
        """Ends a sentence and keeps what later ones rest on: its last owner, or else its last place."""
        stay = [place for place in self._here if not _is_passed(said.text, place)]
        told = [place.code for place in subjects(said.text, stay, (), None)]
        owned = [o.region or ABROAD for o in owners if o.origin == "sentence" and o.organisation is None]
        if self._main not in (COUNTRY, None) and not any(place.code == COUNTRY for place in self._here):
            owned = [code for code in owned if code != COUNTRY]  # 应急管理部 sent help to 河南
        local = [code for code in told if code not in (COUNTRY, ABROAD)]
        self._local = local[-1] if local else self._local
        self._firm = self._firms_here[-1].name if self._firms_here else self._firm
        if said.sentence.where == "title" and self._main is None:
            self._firm_of_title = self._firm
        self._firm_told_of = owners[-1].organisation if owners and not owners[-1].region else None
        if last := (owned or told or [person.code for person in self._people_here])[-1:]:
            self._of_line = last[0]
            if said.sentence.where == "heading":
                self._of_heading = last[0]
            if said.sentence.where == "title" and local:
                self._of_title = local[-1]

    def owner(self, said: Said, value: Value, *, known: bool) -> Owner:
        """The owner of one value; `known`: its metric is one that regions are compared by."""
        segment = said.segment(value)
        if found := self._behind(said, value):
            return Owner(found.code or None, "sentence", None, (found.start, found.end))
        if told := self._in_turn(said, value):
            return told
        near = self._nearest(said, value, segment[0], value.start)
        near = near or self._nearest(said, value, said.sentence.start, segment[0])
        if world := world_before(said, value, named=near is not None):
            return Owner(None, "sentence", None, world)
        if firm := self._firm_before(said, value, near):
            return firm
        if near is not None and not self._is_nations_venue(said.text, near):
            return Owner(near.code or None, "sentence", None, (near.start, near.end))
        return self._carried(said, value, known=known)

    def _behind(self, said: Said, value: Value) -> Place | None:
        """11家落户重庆: the first place behind the value, if what lies between says "there"."""
        end = said.next_value(value, said.clause(value)[1])
        behind = (place for place in self._here if value.end <= place.start < end)
        place = next((place for place in behind if place.code != COUNTRY), None)
        return place if place and _LOCATED.fullmatch(said.text, value.end, place.start) else None

    def _in_turn(self, said: Said, value: Value) -> Owner | None:
        """江苏、浙江分别增长5%和6%: each has its own; so have companies."""
        turn = turn_of(said, value)
        if turn is None:
            return None
        before = [place for place in self._here if place.end <= turn.start]
        row = before[-turn.count :]
        if not turn.parts and len(row) == turn.count and _are_joined(said.text, row):
            start, end = row[turn.index].start, row[turn.index].end
        else:
            start, end = turn.parts[turn.index] if turn.parts else (0, 0)
        for place in before:
            if start <= place.start < end and place.code not in (ABROAD, COUNTRY):
                return Owner(place.code, "sentence", None, (place.start, place.end))
        org = next((org for org in self._firms_here if start <= org.start < end), None)
        return Owner(None, None, org.name, (org.start, org.end)) if org else None

    def _nearest(self, said: Said, value: Value, start: int, end: int) -> Place | None:
        """The last subject of a stretch; 全市 and 两地 stand for one named before."""
        here = [place for place in self._here if start <= place.start and place.end <= end]
        taken = [other for other in said.values if other.end <= value.start]
        found = subjects(said.text, here, taken, value)
        subject = actors(said.text, found)[-1] if found else None
        after = subject.start if subject else start
        if ours := _last(_OURS, said.text, after, end):
            named = (
                *(p.code for p in reversed(found)),
                self._of_line,
                self._local,
                self._of_title,
                self._main,
            )
            whole = (self._whole(code, ours[0][-1]) for code in named if code)
            if code := next(filter(None, whole), None):
                return Place(*ours.span(), code)
        if both := _last(_BOTH, said.text, after, end):
            joint = [p for p in self._here if p.end <= both.end() and self._is_cluster(p.code)]
            return Place(*both.span(), joint[-1].code) if joint else subject
        return subject

    def _whole(self, code: str, kind: str) -> str | None:
        """What 全市 means where the talk was of this place: itself or the city it lies in."""
        for above in (code, *self._atlas.parents(code)):
            region = self._atlas.regions[above]
            if region.name.endswith(kind) and (kind != "市" or region.level in ("city", "province")):
                return above
        return None

    def _is_cluster(self, code: str) -> bool:
        return code != ABROAD and self._atlas.regions[code].level == "cluster"

    def _is_nations_venue(self, text: str, place: Place) -> bool:
        """财政部在香港发行国债: the nation does it there."""
        if text[place.start - 1] != "在":
            return False
        body = body_of_nation(text, max(0, place.start - 12), place.start - 1)
        return body is not None and body.end() == place.start - 1

    def _firm_before(self, said: Said, value: Value, near: Place | None) -> Owner | None:
        """The company that acts between the nearest place and the value, by name or as 这家企业."""
        text = said.text
        acting = (org for org in reversed(self._firms_here) if acts(said, value, org))
        if org := next(acting, None):
            if near and near.start >= org.end:
                return None
            region = near.code or None if near and is_home(text, near, org) else None
            return Owner(region, "sentence" if region else None, org.name, (org.start, org.end))
        firm = unnamed(said, value)
        if firm is None or (near and near.start >= firm.start()):
            return None
        if near and text[near.end : firm.start()] in ("", "的"):
            return None  # 河南许昌这家企业: one that is not named is told of as the place's
        home = self._of_line or None if self._main == COUNTRY else self._local
        if self._firm is None and home not in (COUNTRY, None):
            return Owner(home, "line", None, firm.span())
        return Owner(None, None, self._firm, firm.span())

    def _carried(self, said: Said, value: Value, *, known: bool) -> Owner:
        text, start = said.text, said.sentence.start
        if nation := body_of_nation(text, start, value.start):
            return Owner(COUNTRY, "sentence", None, nation.span())
        if _WORLDWIDE.match(text, start):
            return Owner(None, None)
        if self._firm_told_of and _GOES_ON.match(text, start):
            return Owner(None, None, self._firm_told_of)
        if self._main in (COUNTRY, None) and _PROVINCES.match(text, value.end):
            return Owner(COUNTRY, "text")
        thing = _is_of_thing(said, value)
        # In the nation's story an example from a place ends where the story goes on.
        macro = known or is_macro(said, value)
        over = macro and self._main == COUNTRY != self._of_line and not self._roundup
        person = [person.code for person in self._people_here if person.end <= value.start][-1:]
        carried: tuple[tuple[str | None, RegionFrom], ...] = (
            (person[0] if person else None, "line"),
            (self._local if _HERE.search(text, start, value.start) else None, "line"),
            (None if over else self._of_line, "line"),
            (self._of_heading, "heading"),
            (self._of_title, "title"),
            (None if macro else self._scene_goes_on(said), "line"),
            (self._main, "text"),
            (COUNTRY if self._is_industry() and is_statistics(said, value) else None, "text"),
        )
        for code, origin in carried:
            if code is not None and not (thing and code == COUNTRY):
                return Owner(code or None, origin)
        return Owner(None, None, self._firm_of_title)

    def _scene_goes_on(self, said: Said) -> str | None:
        """王利收入1万元, below a line of 重庆: no word of place, time or source begins anything else."""
        begins = said.whens or self._here or said.text.startswith("据", said.sentence.start)
        return None if begins or self._roundup else self._scene

    def _is_industry(self) -> bool:
        """Whether statistics are told, and neither a place nor a company has been named so far."""
        return self._statistics and self._main is self._local is self._firm is None


def _is_of_thing(said: Said, value: Value) -> bool:
    """Whether it measures some one thing (a mine's depth), which says nothing of the region of the story."""
    if value.unit not in OF_THINGS or (value.value >= _VAST and value.unit in ("米", "公里", "平方米")):
        return False
    return _SUMS.search(said.text, said.clause(value)[0], value.start) is None


def _is_passed(text: str, place: Place) -> bool:
    """来自江苏, 京杭运河江苏段: where guests come from or a line leads by, the story does not go on."""
    return text[place.start - 2 : place.start] == "来自" or text.startswith("段", place.end)


def _are_joined(text: str, places: Sequence[Place]) -> bool:
    """Whether the places stand in one row: 华东、华南、华北地区."""
    return all(text[one.end : other.start] in ("、", "和", "与", "及") for one, other in pairwise(places))


def _last(shape: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    return max(shape.finditer(text, start, end), key=lambda found: found.start(), default=None)
