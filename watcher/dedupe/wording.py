"""What an article says, as comparable words: single letters, and each number as its value.

A five-word window is a shingle; an article is known by its shingles, and found by a sample of them.
Numbers are one word each and stand as values (`十八` and `18` are one), since they are what tells two
issues of a monthly release apart. Describes one text; comparing two is `alike`'s business.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, pairwise
from zlib import crc32

from watcher.dedupe.fingerprint import DATELINE
from watcher.text.fold import fold

WINDOW = 5  # words a shingle
# (up to which shingle, one in so many is a mark): flash news are no longer than the first stretch, and
# lead-only copies no longer than the second.
DENSITY = ((64, 4), (256, 8), (1 << 30, 32))
MARK_BITS = 30
LEAST = 24  # words: a shorter text is a template ("点击查看原文") or a headline, never a story
SHORT = 48  # words: below it the headline says as much as the text

# Roundups tell many things at once and would tie together what has nothing else in common.
_ROUNDUP = re.compile(
    r"(?:快讯|简讯|要闻|速览|速递|盘点|汇总|集锦|一览|[早晚午日周]报|早餐|早知道)(?=[^\u4e00-\u9fff]*\Z)"
    r"|\A\W*(?:\w{0,6}[早晚午]报|一周|本周|每周|每日)(?=\W|要闻|快讯|速览|盘点|汇总|热点|大事)"
    r"|联播快讯|新闻摘要|主要内容|morning brief|daily digest|weekly",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\A\s*(?:\[[^\]]{1,6}\]|【[^】]{1,6}】)")  # [视频], 【快讯】
_NUMBER = re.compile(r"\d+(?:\.\d+)?|[〇零一二三四五六七八九十百千]+")
_NO_LETTER = re.compile(r"\W+")
_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0}
_TENS = {"十": 10, "百": 100, "千": 1000}


# A mark begins with one of these, a quarter of all letters as they come in news, told by their lower byte:
# three shingles in four need not be summed up at all.
_FIRST_LETTERS = bytes(byte % 4 == 3 for byte in range(256))

# A number stands among the letters as one sign of the private use area, chosen by its value. One other value
# in six thousand has the same: enough to find and count what is common; who compares looks at the words.
_SIGNS = 0xE000, 0xF900 - 0xE000


@dataclass(frozen=True, slots=True)
class Wording:
    """One text made comparable: a letter for each of its words, and its numbers, in order."""

    title: str
    letters: str
    numbers: tuple[str, ...]
    is_roundup: bool

    @property
    def size(self) -> tuple[int, str]:
        """For sorting: the shorter text first, and always the same one of two that are equally long."""
        return len(self.letters), self.letters

    @property
    def tells_enough(self) -> bool:
        """Whether there is enough text to be called the same as another."""
        return len(self.letters) >= LEAST

    @property
    def words(self) -> tuple[str, ...]:
        """The words in order, numbers in full."""
        numbers = iter(self.numbers)
        return tuple(next(numbers) if _is_sign(letter) else letter for letter in self.letters)

    @property
    def shingles(self) -> tuple[str, ...]:
        """Every five words that stand side by side, in order."""
        return tuple(self.letters[at : at + WINDOW] for at in range(len(self.letters) - WINDOW + 1))


def wording(title: str, text: str) -> Wording:
    """Take an article apart; a short one is taken with its headline, as its content hash is."""
    letters, numbers = _taken_apart(DATELINE.sub("", text, count=1))
    headline = _LABEL.sub("", title).strip()
    if len(letters) < SHORT and headline not in text:
        before, its_numbers = _taken_apart(headline)
        letters, numbers = before + letters, its_numbers + numbers
    return Wording(title, letters, tuple(numbers), bool(_ROUNDUP.search(title)))


def marks(text: Wording) -> frozenset[int]:
    """The sampled shingles of a text, 30 bits each: what the index is asked with.

    Chosen by their own value, so that two texts choose the same ones from what they share.
    """
    data = text.letters.encode("utf-16-le", "surrogatepass")  # two bytes a letter: a shingle is a slice
    may_begin = data[::2].translate(_FIRST_LETTERS)
    last = len(may_begin) - WINDOW + 1
    found = set()
    for (start, _), (end, one_in) in pairwise(((0, 0), *DENSITY)):
        for at in compress(range(start, min(end, last)), may_begin[start:end]):
            value = crc32(data[2 * at : 2 * (at + WINDOW)])
            if value % (one_in // 4) == 0:
                found.add(value >> 32 - MARK_BITS)
    return frozenset(found)


@lru_cache(maxsize=4096)
def usual_marks(length: int) -> float:
    """How many marks a text of so many characters has, more or less."""
    return sum(
        max(min(length, end) - start, 0) / one_in
        for (start, _), (end, one_in) in pairwise(((0, 0), *DENSITY))
    )


def is_number(word: str) -> bool:
    """Whether a word is a number."""
    return word[0].isdigit()


def _taken_apart(text: str) -> tuple[str, list[str]]:
    folded = fold(text).text
    letters: list[str] = []
    numbers: list[str] = []
    done = 0
    for number in _NUMBER.finditer(folded):
        value = _value(number[0])
        letters += _NO_LETTER.sub("", folded[done : number.start()]), _sign(value)
        numbers.append(value)
        done = number.end()
    letters.append(_NO_LETTER.sub("", folded[done:]))
    return "".join(letters), numbers


def _sign(value: str) -> str:
    first, room = _SIGNS
    return chr(first + crc32(value.encode()) % room)


def _is_sign(letter: str) -> bool:
    first, room = _SIGNS
    return 0 <= ord(letter) - first < room  # those of the text itself are no letters and were left out


def _value(numeral: str) -> str:
    """`二〇二三` is 2023, `十八` is 18, `一百五十` is 150; without tens it is read sign by sign."""
    if numeral[0] not in _TENS and numeral[0] not in _DIGITS:
        return numeral
    if not _TENS.keys() & set(numeral):
        return "".join(str(_DIGITS[sign]) for sign in numeral)
    total = digit = 0
    for sign in numeral:
        if sign in _TENS:
            total += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return str(total + digit)
