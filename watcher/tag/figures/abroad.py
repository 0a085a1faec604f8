"""Finds where a text names places abroad: neither the 海地 of 上海地区 nor the 加纳 of 增加纳税人.

Also where it speaks of the world: 全球投资将回升. A figure of theirs is no region's of ours.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from watcher.tag.figures.said import Said, Span
from watcher.tag.figures.values import Value
from watcher.tag.figures.words import pairs, pattern, word
from watcher.tag.lexicon import Name
from watcher.tag.places import Hit

_AFTER = {name: re.compile(f"(?:{letters})$") for name, letters in pairs("abroad_not_after").items()}
_BEFORE = {name: re.compile(letters) for name, letters in pairs("abroad_not_before").items()}
_WORLD = re.compile(pattern("owners", "world"))
_WORLD_LEADS = re.compile(rf"(?<=[，。：；年月季度日\n]){pattern('owners', 'world')}")  # not 受全球影响
_AIMED = re.compile(
    rf"占[^，。；]{{0,12}}$|{word('owners', 'reaches_world')}[到至了往]?$"
)  # 占跨国公司全球研发的14%
_LONGEST = 4  # letters that a guard looks at


def foreign(text: str, names: Iterable[tuple[int, int, Name]], hits: Sequence[Hit]) -> Iterator[Span]:
    """The spans of foreign names that no name of ours and no other word runs into, in order."""
    ours = [(hit.start, hit.end, False) for hit in hits]
    foreign = [(start, end, name.trust == "foreign") for start, end, name in names if name.trust in _SWALLOW]
    done = 0
    for start, end, is_foreign in sorted(ours + foreign, key=lambda span: (span[0], -span[1])):
        if start >= done and not (is_foreign and _is_another_word(text, start, end)):
            done = end
            if is_foreign:
                yield start, end


def world_before(said: Said, value: Value, *, named: bool) -> Span | None:
    """The world as what the value is of; it reaches on from clause to clause where no place is `named`."""
    start, text = said.clause(value)[0], said.text
    for world in _WORLD.finditer(text, start, value.start):
        if not _AIMED.search(text, start, world.start()):
            return world.span()
    # 2021年全球投资将回升，增速约10%
    leads = None if named else _WORLD_LEADS.search(text, said.segment(value)[0], start)
    return leads.span() if leads else None


_SWALLOW = ("foreign", "blocked")


def _is_another_word(text: str, start: int, end: int) -> bool:
    name = text[start:end]
    after, before = _AFTER.get(name), _BEFORE.get(name)
    runs_in = after is not None and after.search(text, max(0, start - _LONGEST), start) is not None
    return runs_in or (before is not None and before.match(text, end) is not None)
