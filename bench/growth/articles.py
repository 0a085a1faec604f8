"""Invented Chinese articles without end: alike in length, vocabulary and copies to what feeds bring.

Most are about anything: frames of a sentence, filled from a vocabulary whose words are as frequent as those
of a language. One in twenty is about the industrial internet, with places and figures; one in fifty is a copy
of a recent one under another headline, its end cut off. Pure: the same seed gives the same articles.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from zlib import crc32

OF_THE_FIELD = 0.05
COPIES = 0.02
SHORTEST, LONGEST = 300, 1500  # characters
VOCABULARY = 60_000

_PLACES = (
    "重庆", "成都", "武汉", "长沙", "南京", "苏州", "杭州", "宁波", "广州", "深圳",
    "青岛", "济南", "合肥", "郑州", "西安", "沈阳", "上海", "北京", "天津", "福州",
)  # fmt: skip
_FRAMES = (
    "{}的{}在{}中{}，{}也因此{}。",
    "据{}介绍，{}和{}已经{}，下一步将{}{}。",
    "“{}{}，”{}说，“我们{}了{}。”",
    "{}之后，{}对{}的{}仍有{}，但{}不同。",
    "{n}名{}参加了{}，其中{}来自{}。",
    "在{place}，{}与{}共同{}，为{}带来{}。",
    "{}从{n}{}增加到{n}{}，{}表示{}。",
    "人们{}{}时，{}往往{}，这让{}十分{}。",
    "{}不仅{}，而且{}了{}的{}。",
    "对于{}，{}认为{}{}，{}则{}。",
    "{month}月{day}日，{}的{}正式{}，{}首次{}。",
    "如果{}不能{}，{}就会{}{}。",
)
_FIELD_FRAMES = (
    "{year}年，{place}工业互联网标识解析二级节点累计注册量达{n}万。",
    "截至{year}年底，{place}上云企业超过{n}家，{}明显{}。",
    "到{year}年底，{place}已建成5G基站{n}个，覆盖{}和{}。",
    "{}工业互联网平台连接工业设备{n}万台，服务{}企业{n}家。",
    "{year}年{place}培育国家级智能工厂{n}家，{}带动{}数字化转型。",
    "当地出台《{place}工业互联网发展行动计划》，提出到{year}年{}{}。",
    "{place}{}产业园引进工业互联网项目{n}个，总投资{n}亿元。",
    "{}车间用5G专网连接{n}台机床，{}提高{m}%。",
    "{}说，标识解析让{}的每个{}都有了“身份证”。",
    "工业软件和边缘计算进入{}，{}与{}实现{}。",
)
_HEADLINES = ("{}{}：{}的{}", "{place}{}{}，{}再{}", "{}为何{}{}？", "{n}个{}背后的{}")
_FIELD_HEADLINES = (
    "{place}工业互联网{}再提速，{}{}",
    "{place}标识解析二级节点{}上线",
    "{place}{}企业上云{n}家",
)


@dataclass(frozen=True, slots=True)
class Article:
    """One invented article; `of_field` when it is about the industrial internet."""

    number: int
    title: str
    text: str  # paragraphs, one a line
    of_field: bool


def articles(seed: int = 6, first: int = 1) -> Iterator[Article]:
    """Articles without end, numbered from `first`."""
    chance = random.Random(seed)
    words = _Words(chance)
    recent: list[Article] = []
    number = first - 1
    while True:
        number += 1
        if recent and chance.random() < COPIES:
            told = chance.choice(recent)
            kept = told.text[: max(SHORTEST, len(told.text) * 3 // 4)] + f"\n（第{number}篇，转自样例网）"
            yield Article(number, f"转载：{told.title}", kept, told.of_field)
            continue
        article = _article(number, chance, words)
        recent = [*recent[-199:], article]
        yield article


class _Words:
    """A vocabulary made of the 3,755 most common characters, and how often each word is used."""

    def __init__(self, chance: random.Random) -> None:
        rows = range(0xB0, 0xD8)  # of GB 2312, level 1
        common = b"".join(bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
        letters = list(common.decode("gb2312", "ignore"))
        chance.shuffle(letters)
        often = list(accumulate(1 / (rank + 30) for rank in range(len(letters))))
        self._chance = chance
        self._words = [
            "".join(chance.choices(letters, cum_weights=often, k=chance.choice((1, 2, 2, 2, 2, 3, 4))))
            for _ in range(VOCABULARY)
        ]
        self._often = list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))

    def take(self, count: int) -> list[str]:
        return self._chance.choices(self._words, cum_weights=self._often, k=count)


def _article(number: int, chance: random.Random, words: _Words) -> Article:
    of_field = chance.random() < OF_THE_FIELD
    length = min(LONGEST, max(SHORTEST, chance.lognormvariate(6.4, 0.5)))
    place = chance.choice(_PLACES)
    frames = _FRAMES * 4 + _FIELD_FRAMES if of_field else _FRAMES
    if not of_field and chance.random() < 0.4:  # no place at all
        frames = tuple(frame for frame in frames if "{place}" not in frame)
    title = _filled(chance.choice(_FIELD_HEADLINES if of_field else _HEADLINES), place, chance, words)
    sentences: list[str] = []
    written = 0
    while written < length:
        sentence = _filled(chance.choice(frames), place, chance, words)
        sentences.append(sentence + "\n" * (chance.random() < 0.3))
        written += len(sentence)
    return Article(number, title, "".join(sentences).strip(), of_field)


def _filled(frame: str, place: str, chance: random.Random, words: _Words) -> str:
    year = chance.randrange(2021, 2027)
    told = crc32(f"{place}{frame}{year}".encode()) if frame in _FIELD_FRAMES else chance.randrange(1 << 20)
    return frame.format(
        *words.take(frame.count("{}")),
        place=place,
        n=2 + told % 900,  # all articles say the same of a place and year
        m=chance.randrange(2, 60),
        year=year,
        month=chance.randrange(1, 13),
        day=chance.randrange(1, 29),
    )
