"""Says of a text what it is about, where it happens and who acts, with the words that show it.

rulebook ─► RuleBook ─► compile_rules ─► Rules          gazetteer: Atlas
                                           │
title, text ─► fold ─► layout ─► lexicon ──┼─► places ─► roles ─► RegionTag
                                           ├─► organisations ───► OrganisationTag
                                           ├─► documents ───────► DocumentTag
                                           └─► topics ──────────► TopicTag
                                                                  spans_of: the same by position
                                                                  passing_topics: named, and not enough
"""

from watcher.model.item import Tags
from watcher.tag.checks import check
from watcher.tag.documents import find_documents
from watcher.tag.gazetteer import Atlas
from watcher.tag.organisations import organisation_tags
from watcher.tag.passing import passing_topics
from watcher.tag.roles import region_tags
from watcher.tag.rules import Rules, compile_rules, hash_of
from watcher.tag.spans import spans_of
from watcher.tag.survey import Survey, survey
from watcher.tag.topics import topic_tags

__all__ = [
    "Atlas",
    "Rules",
    "Survey",
    "check",
    "compile_rules",
    "hash_of",
    "passing_topics",
    "spans_of",
    "survey",
    "tag",
    "tags_of",
]


def tag(title: str, text: str, rules: Rules) -> Tags:
    """All that the rules say of an article; `text` is its paragraphs, one a line."""
    return tags_of(survey(title, text, rules), rules)


def tags_of(seen: Survey, rules: Rules) -> Tags:
    """The same for a text that was looked through already."""
    folded, original, layout = seen.folded, seen.original, seen.layout
    return Tags(
        rules.hash,
        topic_tags(folded, original, layout, seen.found.terms, rules.patterns, rules.book.topics),
        region_tags(folded, original, layout, seen.places, seen.organisations, rules.atlas),
        organisation_tags(folded, original, layout, seen.organisations),
        find_documents(folded, original, seen.organisations),
    )
