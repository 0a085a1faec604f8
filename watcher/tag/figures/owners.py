"""Says whose a figure is: a region, or an organisation. Places come from the place finder; none is found here.

The nearest place before the value counts, within its segment, then its sentence; 11家落户重庆 looks behind. What
only compares (与广东的差距), shares (占全国), lists (北京、上海等6个省市) or decorates (全国首批) owns nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from watcher.tag.figures.sentences import Sentence
from watcher.tag.figures.values import Value
from watcher.tag.gazetteer import COUNTRY, Atlas
from watcher.tag.organisations import Organisation
from watcher.tag.places import Hit

RegionFrom = Literal["sentence", "line", "heading", "title", "lead", "text"]

_COMPARED = re.compile(r"(?:与|较|比|同|占|高于|低于|快于|慢于|超过|超出|高出|居|位列|位居|领先|占到|面向|辐射|服务|销往|走向|输出到?|连接)$")
_COMPARES = re.compile(r"(?:的差距|相比|平均|同期|前列|第|之首|首位|首个|首批|唯一|首家|知名|领先|重要|范围|平均水平|其他|的?比重|总量的|的\d)")
_LOCATED = re.compile(r"[^，。；]{0,18}?(?:落户|位于|来自|分布在|坐落于?|集中在|布局在|诞生在|在)(?:于|了)?$")
# Behind these a place is what something is done to, if the sentence has another subject: 重庆…推动成渝地区双城经济圈建设.
_OBJECT = re.compile(r"(?:推动|推进|助力|支持|服务|融入|打造|带动|促进|建设|加快|联动|辐射|服务于|支撑|引领)$")
_WORLD = re.compile(r"(?:全球|世界)(?!首|最|领先|第|一流|上|前|各|灯塔|唯|范围|级|经济的?比重|排名|市场|5|五)")
_OURS = re.compile(r"全[市省区县州]|[本我该][市省区县州]")
_GOES_ON = re.compile(r"其中|当地|这里|这座|该")
_BOTH = re.compile(r"[两三四]地|两省市?")
# Bodies whose doings are the nation's: 工信部发布了123个试点示范项目.
_NATION = re.compile(r"工信部|工业和信息化部|国家统计局|国务院|国家发展改革委|商务部|海关总署|我国|国家级|国民经济|全社会|中国信息通信研究院|中国工业互联网研究院|中国信通院")
_FIRM = re.compile(r"(?:这家|这个|该|这座)(?:[^，。；的\d]{0,8}?)?(?:企业|工厂|公司|平台|车间|厂|集团|生产|园区)|平台负责人|(?:公司|工厂|企业)负责人")
_SOURCE = re.compile(r"(?:的?(?:统计|数据|监测|报告|测算|介绍|发布|预测|调查)|表示|认为|透露|等|、|承建|打造|建设|推出|开发|研发|研制|提供|投资|印发|副|主任|总经理|董事长|秘书长|院长|研究员|记者)")
_ACTING = frozenset({"company", "platform"})


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose figure it is: one of region and organisation, or neither."""

    region: str | None
    origin: RegionFrom | None
    organisation: str | None = None
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    code: str


class Owners:
    """What the sentences read so far were about; feed it sentence by sentence, in order."""

    def __init__(
        self,
        text: str,
        hits: Sequence[Hit],
        organisations: Sequence[Organisation],
        atlas: Atlas,
        main: str | None,
        *,
        block: bool,
    ) -> None:
        self.text = text
        self._block = block
        self._places = [place for hit in hits if (place := _place(hit, atlas))]
        self._organisations = [org for org in organisations if org.kind in _ACTING]
        self._main = main
        self._line = -1
        self._of_line: str | None = None
        self._of_heading: str | None = None
        self._of_title: str | None = None
        self._local: str | None = None  # the last place that is not the nation
        self._firm: str | None = None  # the last company named
        self._here: list[_Place] = []
        self._firms: list[Organisation] = []
        self._seen = self._seen_firms = 0

    def enter(self, sentence: Sentence) -> None:
        """Begins a sentence."""
        if sentence.line != self._line:
            self._line, self._of_line = sentence.line, None
        self._here, self._seen = _within(self._places, self._seen, sentence)
        self._firms, self._seen_firms = _within(self._organisations, self._seen_firms, sentence)

    def leave(self, sentence: Sentence, owners: Sequence[Owner]) -> None:
        """Ends a sentence and keeps what later ones may rest on: the owner of its last figure, else its last place."""
        told = [place.code for place in self._subjects(sentence.start, sentence.end, ())]
        owned = [owner.region for owner in owners if owner.region and owner.origin == "sentence"]
        last = (owned or told)[-1:]
        local = [code for code in told if code != COUNTRY][-1:]
        self._local = local[0] if local else self._local
        self._firm = self._firms[-1].name if self._firms else self._firm
        if not last:
            return
        self._of_line = last[0]
        if sentence.where == "title" and len(set(local)) == 1:
            self._of_title = local[0]
        if sentence.where == "heading":
            self._of_heading = last[0]

    def owner(self, value: Value, sentence: Sentence, values: Sequence[Value]) -> Owner:
        """The owner of one value of the sentence."""
        segment = sentence.segment(self.text, value.start)
        clause = sentence.clause(self.text, value.start)
        if found := self._behind(value, clause, values):
            return Owner(found.code, "sentence", None, (found.start, found.end))
        if self.text[value.start - 1] == "等":
            return self._carried(value, sentence)  # what stands before it are examples: 北京、上海等6个省市
        if world := _last(_WORLD, self.text, clause[0], value.start):
            return Owner(None, "sentence", None, world.span())
        near = self._nearest(value, segment, values) or self._nearest(value, (sentence.start, segment[0]), values)
        firm = self._firm_before(value, sentence, near)
        if firm is not None:
            return firm
        if near is not None:
            return Owner(near.code, "sentence", None, (near.start, near.end))
        return self._carried(value, sentence)

    def _behind(self, value: Value, clause: tuple[int, int], values: Sequence[Value]) -> _Place | None:
        end = min([clause[1], *(other.start for other in values if other.start >= value.end)])
        for place in self._here:
            if value.end <= place.start < end:
                return place if _LOCATED.fullmatch(self.text, value.end, place.start) else None
        return None

    def _nearest(self, value: Value, stretch: tuple[int, int], values: Sequence[Value]) -> _Place | None:
        """The last place before the value that is its subject; 我们的全市 stands for the last local one."""
        start, end = stretch[0], min(stretch[1], value.start)
        taken = [other for other in values if other.end <= value.start]
        subjects = self._subjects(start, end, taken, value)
        actors = [place for place in subjects if not _OBJECT.search(self.text, max(start, place.start - 4), place.start)]
        subject = (actors or subjects or [None])[-1]
        after = subject.start if subject else start
        if ours := _last(_OURS, self.text, after, end):
            local = next((p.code for p in reversed(subjects) if p.code != COUNTRY), None) or self._local or self._of_title
            if local or self._main:
                return _Place(ours.start(), ours.end(), local or str(self._main))
        if (both := _last(_BOTH, self.text, after, end)) and (joined := self._joint(both.end())):
            return _Place(both.start(), both.end(), joined)
        return subject

    def _joint(self, end: int) -> str | None:
        """The last cluster named in the sentence up to here: what 两地 means."""
        joint = [p.code for p in self._here if p.end <= end and not p.code.isdigit() and p.code != COUNTRY]
        return joint[-1] if joint else None

    def _subjects(
        self, start: int, end: int, taken: Sequence[Value], value: Value | None = None
    ) -> list[_Place]:
        text = self.text
        here = [place for place in self._here if start <= place.start and place.end <= end]
        kept = []
        for number, place in enumerate(here):
            if _COMPARED.search(text, max(start, place.start - 3), place.start) or _COMPARES.match(text, place.end):
                continue
            if place.code == COUNTRY and any(0 <= other.start - place.end <= 2 for other in taken):
                continue  # 全国41个工业大类中的39个: 全国 has had its figure
            if _is_closed_off(text, place, end):
                continue
            if _in_list(text, here, number, end):
                continue
            kept.append(place)
        return kept

    def _firm_before(self, value: Value, sentence: Sentence, near: _Place | None) -> Owner | None:
        segment = sentence.segment(self.text, value.start)
        for org in reversed(self._firms):
            if org.end <= value.start and org.start >= segment[0] and not _SOURCE.match(self.text, org.end):
                if near is None or near.start < org.start or _touches(near, org):
                    return Owner(None, None, org.name, (org.start, org.end))
                return None
        firm = _last(_FIRM, self.text, segment[0], value.start)
        if firm is not None and (near is None or near.start < firm.start()):
            return Owner(None, None, self._firm, firm.span())
        return None

    def _carried(self, value: Value, sentence: Sentence) -> Owner:
        nation = _NATION.search(self.text, sentence.start, value.start)
        if nation:
            return Owner(COUNTRY, "sentence", None, nation.span())
        line = self._of_line
        if self._block and self._main == COUNTRY and not _GOES_ON.match(self.text, sentence.start):
            line = None  # one line holds the whole story: an example from a place ends with its sentence
        for code, origin in ((line, "line"), (self._of_heading, "heading"), (self._of_title, "title")):
            if code:
                return Owner(code, origin)  # type: ignore[arg-type]
        return Owner(self._main, "text" if self._main else None)


def _last(shape: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    found = None
    for found in shape.finditer(text, start, end):
        pass
    return found


def _place(hit: Hit, atlas: Atlas) -> _Place | None:
    if len(hit.codes) == 1 or not hit.codes[0].isdigit():
        return _Place(hit.start, hit.end, hit.codes[0])
    if code := _cluster(hit.codes, atlas):
        return _Place(hit.start, hit.end, code)
    return None


def _cluster(codes: Sequence[str], atlas: Atlas) -> str | None:
    """川渝 is one owner where a cluster has just these members: 成渝地区."""
    wanted = frozenset(codes)
    for code in atlas.regions:
        if not code.isdigit() and frozenset(atlas.regions[code].members) == wanted:
            return code
    return None


def _within(spans: Sequence, seen: int, sentence: Sentence) -> tuple[list, int]:  # type: ignore[type-arg]
    """The spans of one sentence, and where to go on: both run forward together."""
    while seen < len(spans) and spans[seen].start < sentence.start:
        seen += 1
    here = []
    while seen < len(spans) and spans[seen].start < sentence.end:
        here.append(spans[seen])
        seen += 1
    return here, seen


def _is_closed_off(text: str, place: _Place, end: int) -> bool:
    """A place inside brackets that closed before the value; but 顶级节点(重庆) is the subject."""
    opened = text.rfind("(", max(0, place.start - 12), place.start)
    closed = text.find(")", place.end, end)
    return opened >= 0 and 0 <= closed and (opened, closed) != (place.start - 1, place.end)


def _in_list(text: str, here: Sequence[_Place], number: int, end: int) -> bool:
    """Three or more places in a row are a list that a count sums up."""
    run = 1
    for at in range(number, len(here) - 1):
        if not _joined(text, here[at], here[at + 1]):
            break
        run += 1
    for at in range(number, 0, -1):
        if not _joined(text, here[at - 1], here[at]):
            break
        run += 1
    return run >= 3


def _joined(text: str, one: _Place, other: _Place) -> bool:
    between = text[one.end : other.start]
    return between in ("、", "和", "与", "及", "，", "")and (between != "" or one.code[:2] != other.code[:2])


def _touches(place: _Place, org: Organisation) -> bool:
    return org.start <= place.start and place.end <= org.end
