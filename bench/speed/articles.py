"""Writes the benchmark's articles: Chinese text of some 1,500 letters, the same on every machine.

All is decided by (seed, feed, number), so that any article can be made alone. One in twenty is about the
field. What it is not: prose. Words and patterns repeat (words.toml), sentences, names and numbers do not.
"""

import random
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

ARTICLES = 30  # in a feed
FIELD_EVERY = 20  # one article in so many is about the industrial internet
LETTERS = 1_450  # of an article's text, on average
FIELD_PARAGRAPHS = 4  # one in so many of an article about the field has a sentence of it
STOCK_SHARE = 0.08  # of the sentences stand in other articles too, names and numbers apart
START = datetime(2026, 11, 20, 4, tzinfo=UTC)

_WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
_SLOTS: dict[str, list[str]] = {name: words.split() for name, words in _WORDS["slots"].items()}
_NAMES: dict[str, str] = _WORDS["names"]
_NUMBERS: dict[str, Callable[[random.Random], str]] = {
    "big": lambda chance: f"{chance.uniform(10, 9999):.{chance.randint(0, 2)}f}",
    "count": lambda chance: str(chance.randint(100, 9999)),
    "pct": lambda chance: f"{chance.uniform(0.1, 60):.1f}",
    "year": lambda chance: str(chance.randint(2026, 2030)),
    "month": lambda chance: str(chance.randint(1, 11)),
    "day": lambda chance: str(chance.randint(1, 28)),
    "n": lambda chance: str(chance.randint(2, 95)),
}
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Article:
    """One article as its publisher wrote it."""

    guid: str
    title: str
    paragraphs: tuple[str, ...]
    published: datetime


def article(seed: int, feed: int, number: int) -> Article:
    """The article of that number: 0 to 29 stand in a feed's first edition, the oldest first, 30 is news."""
    writer = _Writer(random.Random(f"{seed}/{feed}/{number}"))
    # One in twenty of a feed's articles, and of the articles that are news: every tenth feed has some.
    field = (feed + feed // 10 + number) % FIELD_EVERY == 0
    published = START - timedelta(minutes=47 * (ARTICLES - number) + feed % 40)
    return Article(f"f{feed}-a{number}", writer.title(field=field), writer.text(field=field), published)


class _Writer:
    """Writes one article: its cast of cities, people and firms, and its sentences."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._cast = {
            "city": chance.sample(_SLOTS["city"], 2),
            "province": [chance.choice(_SLOTS["province"])],
            "who": [self._person() for _ in range(3)],
            "firm": [self._firm() for _ in range(2)],
        }

    def title(self, *, field: bool) -> str:
        """A headline of a dozen to thirty letters."""
        return self._fill(self._chance.choice(_WORDS["field_titles" if field else "titles"]))

    def text(self, *, field: bool) -> tuple[str, ...]:
        """Paragraphs of two to six sentences."""
        chance = self._chance
        target = LETTERS * chance.uniform(0.6, 1.4)
        paragraphs: list[str] = []
        while sum(map(len, paragraphs)) < target:
            opening = chance.choice(_WORDS["leads"]) if not paragraphs else ""
            if field and len(paragraphs) % FIELD_PARAGRAPHS == 0:
                opening += self._fill(chance.choice(_WORDS["field"]))
            paragraphs.append(opening + "".join(self._sentence() for _ in range(chance.randint(2, 6))))
        return tuple(paragraphs)

    def _sentence(self) -> str:
        if self._chance.random() < STOCK_SHARE:
            return self._fill(self._chance.choice(_WORDS["stock"]))
        clauses = self._chance.choices(_WORDS["clauses"], k=self._chance.randint(2, 5))
        return "，".join(map(self._fill, clauses)) + "。"

    def _fill(self, pattern: str) -> str:
        return _SLOT.sub(lambda slot: self._word(slot[1]), pattern)

    def _word(self, slot: str) -> str:
        table = self._cast.get(slot) or _SLOTS.get(slot)
        return self._chance.choice(table) if table else _NUMBERS[slot](self._chance)

    def _person(self) -> str:
        return self._chance.choice(_NAMES["family"]) + "".join(self._chance.choices(_NAMES["given"], k=2))

    def _firm(self) -> str:
        return "".join(self._chance.choices(_NAMES["firm"], k=3)) + self._chance.choice(_SLOTS["kind"])
