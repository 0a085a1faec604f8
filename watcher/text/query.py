"""The language of search: what a user types, as groups of terms to look for and terms to leave out.

Words are split by blanks and all must be there; `"…"` keeps words together; `OR` between two words
takes either (it binds closer than the blank, as in the search engines people know); `-word` must not
be there. Decides what is asked, not how it is found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watcher.errors import UsageError
from watcher.text.bigram import query_phrase

MAX_TERMS = 64  # a pasted article is no query
MAX_LENGTH = 1000  # characters

_WORD = re.compile(r'([-－]?)(?:["“”＂]([^"“”＂]*)["“”＂]?|([^\s"“”＂]+))')
_JOINS = frozenset({"OR", "AND"})
_EXAMPLE = "try  重庆 标识解析 -招聘"


@dataclass(frozen=True, slots=True)
class Query:
    """One term of each group of `wanted` must be there, and no term of `unwanted`."""

    wanted: tuple[tuple[str, ...], ...]
    unwanted: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """Every term to look for."""
        return tuple(term for group in self.wanted for term in group)


def parse_query(text: str) -> Query:
    """What a query asks for. Raises UsageError, with a sentence, for one that asks for nothing findable."""
    if len(text) > MAX_LENGTH:
        raise UsageError(f"The query is longer than {MAX_LENGTH} characters; quote one sentence of it.")
    wanted: list[list[str]] = []
    unwanted: list[str] = []
    either = False  # the last word was OR
    for minus, term, joins in _words(text):
        if joins:
            either = _joins(term, wanted)
            continue
        if minus and either:
            raise UsageError(f'"OR -{term}" cannot be answered: OR joins words to look for; {_EXAMPLE}')
        if minus:
            unwanted.append(term)
        elif either:
            wanted[-1].append(term)
        else:
            wanted.append([term])
        either = False
    if either:
        raise UsageError("There is no word after OR: try  重庆 OR 成都")
    if not wanted:
        raise UsageError(f"The query has no word to look for: {_EXAMPLE}")
    if sum(map(len, wanted)) + len(unwanted) > MAX_TERMS:
        raise UsageError(f"The query has more than {MAX_TERMS} words; put a sentence between quotes.")
    return Query(tuple(map(tuple, wanted)), tuple(unwanted))


def match_expression(query: Query) -> str:
    """The query in the language of FTS5, over an index of `bigram.index_words`."""
    groups = [" OR ".join(filter(None, map(query_phrase, group))) for group in query.wanted]
    expression = " AND ".join(f"({group})" for group in groups)
    if not query.unwanted:
        return expression
    return f"({expression}) NOT ({' OR '.join(filter(None, map(query_phrase, query.unwanted)))})"


def _words(text: str) -> Iterator[tuple[bool, str, bool]]:
    """(must not be there, term, is OR or AND); punctuation alone is no term: the index has none."""
    for minus, quoted, plain in _WORD.findall(text):
        if query_phrase(quoted or plain):
            yield bool(minus), quoted or plain, not minus and plain in _JOINS


def _joins(word: str, wanted: list[list[str]]) -> bool:
    if not wanted:
        raise UsageError(f"There is no word before {word}: try  重庆 {word} 成都")
    return word == "OR"
