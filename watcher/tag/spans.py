"""Where exactly in a text the words stand that earned its tags, for showing them marked.

The same decisions as in `tags_of`, told by position and not summed up; decides nothing itself.
"""

from collections.abc import Iterator

from watcher.model.item import Tags
from watcher.tag.organisations import UNLISTED
from watcher.tag.roles import with_role
from watcher.tag.rules import Rules
from watcher.tag.survey import Survey
from watcher.tag.topics import topics_of
from watcher.text.marks import Mark


def spans_of(seen: Survey, tags: Tags, rules: Rules) -> list[Mark]:
    """Marks of the kinds topic, region, organisation and policy, in order; they may overlap.

    Offsets are of `seen.original` (title, line end, text), in characters, the end not included.
    """
    origin = seen.folded.origin
    found = (
        Mark(*origin(start, end), kind, label)
        for start, end, kind, label in (
            *_topics(seen, rules),
            *_regions(seen, tags, rules),
            *_organisations(seen),
        )
    )
    policies = (mark for document in tags.documents for mark in _title(seen.original, document.title))
    return sorted((*found, *policies), key=lambda mark: (mark.start, -mark.end, mark.kind, mark.label))


_Found = Iterator[tuple[int, int, str, str]]  # a span of the folded text, kind and label


def _topics(seen: Survey, rules: Rules) -> _Found:
    text, terms = seen.folded.text, seen.found.terms
    for words in topics_of(text, seen.layout, terms, rules.patterns, rules.book.topics):
        for start, end, _ in words.spots if words.role else ():
            yield start, end, "topic", f"{words.topic.label} · {words.role}"


def _regions(seen: Survey, tags: Tags, rules: Rules) -> _Found:
    primary = {tag.region_code for tag in tags.regions if tag.role == "primary"}
    for hit, _, role in with_role(seen.folded.text, seen.layout, seen.places, seen.organisations):
        names = "、".join(rules.atlas.regions[code].name for code in hit.codes)
        matter = role == "mentioned" and not primary.isdisjoint(hit.codes)
        yield hit.start, hit.end, "region", f"{names} · {'primary' if matter else role}"


def _organisations(seen: Survey) -> _Found:
    for org in seen.organisations:
        if org.kind not in UNLISTED:
            yield org.start, org.end, "organisation", f"{org.name} · {org.kind}"


def _title(original: str, title: str) -> Iterator[Mark]:
    at = original.find(f"《{title}》")
    while at >= 0:
        yield Mark(at, at + len(title) + 2, "policy", title)
        at = original.find(f"《{title}》", at + 1)
