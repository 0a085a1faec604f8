"""Compiles a RuleBook into what the tagger runs on: atlas, lexicon, patterns, and one hash over all of it."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property

from watcher.model.rules import RuleBook
from watcher.tag.gazetteer import Atlas, build_atlas, table_text
from watcher.tag.lexicon import Lexicon, Meaning
from watcher.tag.names import letters, place_names, trust_lists
from watcher.tag.organisations import organisation_names
from watcher.tag.shapes import tables
from watcher.tag.topics import topic_patterns, topic_terms

RECIPE = 5  # raise it when code changes what the same rules say, so that stored items are tagged again


@dataclass(frozen=True)
class Rules:
    """Rules in force. Pickled as its book and compiled again on the other side.

    What matches text is built when the first text comes: who only names topics and places needs none of it.
    """

    book: RuleBook
    hash: str
    atlas: Atlas

    @cached_property
    def lexicon(self) -> Lexicon:
        """The automaton over all names and terms; takes some tens of milliseconds."""
        entries: list[tuple[str, Meaning]] = [
            *place_names(self.book, self.atlas),
            *topic_terms(self.book),
            *organisation_names(self.book, self.atlas),
        ]
        return Lexicon(entries)

    @cached_property
    def patterns(self) -> tuple[tuple[int, re.Pattern[str]], ...]:
        """The topics' regular expressions; raises re.error where the checks were not heeded."""
        return topic_patterns(self.book)

    @property
    def topics(self) -> Mapping[str, str]:
        """Labels of the topics by id."""
        return {topic.id: topic.label for topic in self.book.topics}

    def __reduce__(self) -> tuple[Callable[[RuleBook], "Rules"], tuple[RuleBook]]:
        return compile_rules, (self.book,)


def compile_rules(book: RuleBook) -> Rules:
    """The rules of a book that the checks found good."""
    return Rules(book, hash_of(book), build_atlas(book))


def hash_of(book: RuleBook) -> str:
    """`recipe:digest`, the same in every process; where a rule was written does not count."""
    lists = sorted((key, sorted(words)) for key, words in trust_lists().items())
    parts = (_plain(book), lists, letters(), tables(), table_text())
    return f"{RECIPE}:{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}"


def _plain(value: object) -> object:
    """A rule as nested tuples, without its origin."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if is_dataclass(value):
        return tuple(_plain(getattr(value, field.name)) for field in fields(value) if field.name != "origin")
    return value
