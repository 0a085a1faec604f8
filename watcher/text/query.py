"""The language of search: what a user types, as groups of terms to look for and terms to leave out.

Words are split by blanks and all must be there; `"…"` keeps words together; `OR` between two words
takes either (it binds closer than the blank, as in the search engines people know); `-word` must not
be there. Decides what is asked, not how it is found.
"""

import re
from dataclasses import dataclass

from watcher.errors import UsageError
from watcher.text.bigram import query_phrase

MAX_TERMS = 64  # a pasted article is no query

_WORD = re.compile(r'([-－]?)(?:["“”＂]([^"“”＂]*)["“”＂]?|([^\s"“”＂]+))')
_EXAMPLE = "try  watcher search '重庆 标识解析 -招聘'"


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
    wanted: list[list[str]] = []
    unwanted: list[str] = []
    either = False  # the last word was OR
    for minus, quoted, plain in _WORD.findall(text):
        if plain in {"OR", "AND"} and not minus:
            either = _joins(plain, wanted)
            continue
        term = quoted or plain
        if query_phrase(term) is None:
            continue  # punctuation alone: there is no such word in the index
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
        raise UsageError(f"There is no word after OR: {_EXAMPLE.replace(' 标识', ' OR 成都 标识')}")
    if not wanted:
        raise UsageError(f"The query has no word to look for: {_EXAMPLE}")
    if sum(map(len, wanted)) + len(unwanted) > MAX_TERMS:
        raise UsageError(f"The query has more than {MAX_TERMS} words; quote a sentence: '\"…\"'")
    return Query(tuple(map(tuple, wanted)), tuple(unwanted))


def match_expression(query: Query) -> str:
    """The query in the language of FTS5, over an index of `bigram.index_words`."""
    groups = [" OR ".join(filter(None, map(query_phrase, group))) for group in query.wanted]
    expression = " AND ".join(f"({group})" for group in groups)
    if not query.unwanted:
        return expression
    return f"({expression}) NOT ({' OR '.join(filter(None, map(query_phrase, query.unwanted)))})"


def _joins(word: str, wanted: list[list[str]]) -> bool:
    if not wanted:
        raise UsageError(f"There is no word before {word}: {_EXAMPLE}")
    return word == "OR"
