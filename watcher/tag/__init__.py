"""Says of a text what it is about, where it happens and who acts, with the words that show it.

rulebook ─► RuleBook ─► compile_rules ─► Rules          gazetteer: Atlas
                                           │
title, text ─► fold ─► layout ─► lexicon ──┼─► places ─► roles ─► RegionTag
                                           ├─► organisations ───► OrganisationTag
                                           ├─► documents ───────► DocumentTag
                                           └─► topics ──────────► TopicTag
"""

from watcher.model.item import Tags
from watcher.tag.checks import check
from watcher.tag.documents import find_documents
from watcher.tag.gazetteer import Atlas
from watcher.tag.layout import lay_out
from watcher.tag.organisations import find_organisations, organisation_tags
from watcher.tag.places import choose
from watcher.tag.roles import region_tags
from watcher.tag.rules import Rules, compile_rules
from watcher.tag.topics import topic_tags
from watcher.text.fold import fold

__all__ = ["Atlas", "Rules", "check", "compile_rules", "tag"]


def tag(title: str, text: str, rules: Rules) -> Tags:
    """All that the rules say of an article; `text` is its paragraphs, one a line."""
    original = f"{title}\n{text}"
    folded = fold(original)
    layout = lay_out(folded.text)
    found = rules.lexicon.find(folded.text)
    places = choose(folded.text, found.names, rules.atlas)
    organisations = find_organisations(folded.text, found.organisations, places, rules.atlas)
    return Tags(
        rules.hash,
        topic_tags(folded, original, layout, found.terms, rules.patterns, rules.book.topics),
        region_tags(folded, original, layout, places, organisations, rules.atlas),
        organisation_tags(folded, original, layout, organisations),
        find_documents(folded, original, organisations),
    )
