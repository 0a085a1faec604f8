"""All that is looked for, in one automaton: place names, phrases that swallow them, terms, organisations.

One pass over a text finds every occurrence, overlaps included; each finder then takes its own. Terms that
begin or end in a Latin letter or digit match on word borders only: 5g is in 5G基站, not in 15G.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ahocorasick_rs import AhoCorasick, Implementation

from watcher.text.fold import fold

Trust = Literal["safe", "loose", "close", "full", "direction", "foreign", "blocked"]


@dataclass(frozen=True, slots=True)
class Name:
    """What a place name may mean. `codes` are alternatives, unless `joint`: then each is meant.

    safe: believed alone · loose: needs company · close: needs its city or province right before it
    full: an official name; several places may bear it · direction: 西部, unless it says a part of something
    foreign: a place abroad · blocked: no place at all; these two only swallow their letters
    """

    codes: tuple[str, ...]
    trust: Trust
    joint: bool = False
    inner: tuple[str, ...] = ()  # places that the name of a zone names as well: 重庆高新区

    @property
    def meant(self) -> tuple[str, ...]:
        """The places meant when the name is believed."""
        return self.codes if self.joint else (*self.codes[:1], *self.inner)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a topic."""

    topic: int  # position in the book
    strength: Literal["strong", "broad", "weak", "not"]


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """A name of the organisation lexicon, or (`suffix`) a word in which names of organisations end."""

    name: str
    kind: str
    home: str | None = None
    context: bool = False
    suffix: bool = False


Meaning = Name | Term | OrganisationName


@dataclass(frozen=True, slots=True)
class Found:
    """Everything found in one text, by kind, in order of its end."""

    names: list[tuple[int, int, Name]]
    terms: list[tuple[int, int, Term]]
    organisations: list[tuple[int, int, OrganisationName]]


class Lexicon:
    """The automaton and what its patterns mean. Read-only once built; find is safe from any thread."""

    def __init__(self, entries: Iterable[tuple[str, Meaning]]) -> None:
        given = list(entries)
        # folded as one text, a line each: ten thousand single calls would double the start-up time
        lines = fold("\n".join(text.replace("\n", " ") for text, _ in given)).text.split("\n")
        meanings: dict[str, list[Meaning]] = {}
        for (_, meaning), line in zip(given, lines, strict=False):  # no entries still make one empty line
            if folded := line.strip():
                meanings.setdefault(folded, []).append(meaning)
        self.patterns = tuple(meanings)
        self._names = [next((m for m in of if isinstance(m, Name)), None) for of in meanings.values()]
        self._terms = [tuple(m for m in of if isinstance(m, Term)) for of in meanings.values()]
        self._organisations = [
            tuple(m for m in of if isinstance(m, OrganisationName)) for of in meanings.values()
        ]
        self._borders = [(_is_word(p[0]), _is_word(p[-1])) for p in self.patterns]
        self._bordered = [first or last for first, last in self._borders]
        self._automaton = AhoCorasick(
            self.patterns, implementation=Implementation.ContiguousNFA, store_patterns=False
        )

    def find(self, text: str) -> Found:
        """Every occurrence in a folded text."""
        bordered, names, terms, organisations = self._bordered, self._names, self._terms, self._organisations
        matches = [
            (pattern, start, end)
            for pattern, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True)
            if not bordered[pattern] or self._on_borders(text, pattern, start, end)
        ]
        return Found(
            [(start, end, name) for p, start, end in matches if (name := names[p])],
            [(start, end, term) for p, start, end in matches for term in terms[p]],
            [(start, end, entry) for p, start, end in matches for entry in organisations[p]],
        )

    def _on_borders(self, text: str, pattern: int, start: int, end: int) -> bool:
        first, last = self._borders[pattern]
        if first and start and _is_word(text[start - 1]):
            return False
        return not (last and end < len(text) and _is_word(text[end]))


def _is_word(character: str) -> bool:
    return character.isascii() and character.isalnum()
