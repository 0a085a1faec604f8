"""Says which organisation of a sentence acts before a value, so that the figure is its own.

海尔 and 力帆车辆有限公司 are somebody, 一家生物医药公司 is not; 中国信通院数据显示 only tells of others.
"""

import re

from watcher.tag.figures.said import Said
from watcher.tag.figures.subjects import Place, is_example
from watcher.tag.figures.values import Value
from watcher.tag.figures.words import pattern
from watcher.tag.organisations import Organisation

_ACTING = frozenset({"company", "platform"})
_ANYBODY = re.compile(pattern("owners", "anybody"))
_ONE_OF = re.compile(r"[一这那某几多两三四五六七八九十]家$")
_UNNAMED = re.compile(pattern("owners", "firm"))
_SPEAKS = re.compile(pattern("owners", "speaks"))
_TELLS = re.compile(r"(?:获悉|了解到).*(?:全国|我国)")  # 从国铁集团获悉，全国铁路发送旅客…
_HOME_OF = re.compile(r"的?(?:一家|这家)?(?:[^，。；、的]{0,6}(?:企业|公司|厂商|龙头))?(?:的|——)?")


def is_firm(text: str, org: Organisation) -> bool:
    """Whether it is one company; an unknown platform may be any."""
    if not org.known and _ONE_OF.search(text, max(0, org.start - 2), org.start):
        return False
    return (org.known and org.kind in _ACTING) or (org.kind == "company" and not _ANYBODY.search(org.name))


def acts(said: Said, value: Value, org: Organisation) -> bool:
    """Whether it does what the value tells, in its segment: neither one of a list nor who tells of others."""
    text = said.text
    if org.start < said.segment(value)[0] or org.end > value.start or is_example(text, org.end, value):
        return False
    tells = _SPEAKS.match(text, org.end) or _TELLS.match(text, org.end, value.start)
    return not tells and text[org.start - 1] != "由"


def is_home(text: str, place: Place, org: Organisation) -> bool:
    """Whether the place before an organisation is where it sits: 在湖南，中联重科…; 位于深圳的腾讯公司."""
    stands_before = place.end <= org.start
    near = text[place.start - 1] == "在" or _HOME_OF.fullmatch(text, place.end, org.start)
    return stands_before and bool(near)


def unnamed(said: Said, value: Value) -> re.Match[str] | None:
    """The last 这家企业 or 该公司 before the value in its segment."""
    found = _UNNAMED.finditer(said.text, said.segment(value)[0], value.start)
    return max(found, key=lambda firm: firm.start(), default=None)
