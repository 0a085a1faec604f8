"""Which topics a text only names in passing: their terms are there, and come to too few points.

For whoever asks why an article lacks a topic. The same decisions as in `topic_tags`; decides nothing itself.
"""

from dataclasses import dataclass

from watcher.model.item import Evidence
from watcher.tag.evidence import evidence
from watcher.tag.rules import Rules
from watcher.tag.survey import Survey
from watcher.tag.topics import ENOUGH, topics_of


@dataclass(frozen=True, slots=True)
class Passing:
    """A topic that was not given, its terms in the words of the text, and what they come to."""

    topic_id: str
    label: str
    points: int
    evidence: tuple[Evidence, ...]

    @property
    def why(self) -> str:
        """In words, for people."""
        return f"{self.points} of {ENOUGH} points; a broad word, or one of a list, needs company"


def passing_topics(seen: Survey, rules: Rules) -> list[Passing]:
    """The topics whose broad or listed terms come to too few points, those with most first."""
    text, terms = seen.folded.text, seen.found.terms
    missed = [
        Passing(
            words.topic.id, words.topic.label, words.points, evidence(words.spots, seen.folded, seen.original)
        )
        for words in topics_of(text, seen.layout, terms, rules.patterns, rules.book.topics)
        if not words.role and words.half
    ]
    return sorted(missed, key=lambda topic: (-topic.points, topic.topic_id))
