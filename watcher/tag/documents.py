"""Finds policy documents: 《…计划》 with kind, issuer and number (工信部信管〔2020〕197号).

A title counts if it ends in a word of policy; anaphors such as 《计划》 and other works do not.
"""

import re
from collections.abc import Iterator, Sequence

from watcher.model.item import DocumentTag
from watcher.tag.organisations import Organisation
from watcher.text.fold import Folded

KINDS = (
    "规划纲要|规划|行动计划|行动方案|实施方案|建设方案|工作方案|工作计划|若干政策|若干措施|政策措施|指导意见|实施意见|意见|决定|管理办法|办法|"
    "实施细则|细则|条例|白皮书|评估报告|工作报告|报告|倡议书|指南|目录|通知|公告|纲要|计划|方案"
)
_TITLE = re.compile(rf"《(?P<title>[^《》\n]{{4,80}}?(?P<kind>{KINDS})(?:[（(][^（）()\n]{{2,24}}[）)])?)》")
_NUMBER = re.compile(r"[(（]?(?P<number>[\u3400-\u9fff]{2,8}[〔\[(（]\d{4}[〕\])）]\d{1,4}号)")
_ISSUED = re.compile(r"(?:联合)?(?:印发|发布|出台|制定|下发|公布|推出|编制)[^。\n]{0,12}$")


def find_documents(
    folded: Folded, original: str, organisations: Sequence[Organisation]
) -> tuple[DocumentTag, ...]:
    """The policy documents a text names, each once, in order."""
    return tuple({tag.title: tag for tag in _read(folded, original, organisations)}.values())


def _read(folded: Folded, original: str, organisations: Sequence[Organisation]) -> Iterator[DocumentTag]:
    text = folded.text
    for found in _TITLE.finditer(text):
        title = original[slice(*folded.origin(*found.span("title")))]
        number = _NUMBER.match(text, found.end())
        yield DocumentTag(
            title,
            found["kind"],
            _issuer(text, found.start(), organisations),
            original[slice(*folded.origin(*number.span("number")))] if number else None,
        )


def _issuer(text: str, title: int, organisations: Sequence[Organisation]) -> str | None:
    """The last organisation before the title in its sentence, if a verb of issuing stands between."""
    sentence = max(text.rfind(mark, 0, title) for mark in "。\n")
    issued = _ISSUED.search(text, sentence + 1, title)
    if not issued:
        return None
    before = [org.name for org in organisations if sentence < org.start and org.end <= issued.start()]
    return before[-1] if before else None
