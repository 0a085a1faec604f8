"""The figures an article states: value, unit, metric, region, period, kind, and the sentence that says it.

text ─► sentences ─► values (numerals, units, traps) ─┐
             └────► dates ─► resolve ─────────────────┤
                                                      ▼
                        Said: a sentence, its values and times
                          ├─► metrics ─► vocabulary ──┐
                          ├─► owners ◄─ subjects ─────┤   and villages, people, firms, nation, abroad, matter
                          ├─► periods ────────────────┼─► assemble ─► merge ─► Figure
                          ├─► kinds ──────────────────┤
                          └─► quotes ─────────────────┘

Numbers are found by their shape, and only then asked what they mean. What cannot be said for sure is marked
with where it was taken from, so that a reader can judge it. The words stand in data/figures.toml.
"""

from datetime import date

from watcher.model.item import Figure, Tags
from watcher.model.rules import RuleBook
from watcher.tag.figures.abroad import foreign
from watcher.tag.figures.assemble import Context, read_figures
from watcher.tag.figures.matter import main_region
from watcher.tag.figures.merge import merged, settled
from watcher.tag.figures.vocabulary import vocabulary
from watcher.tag.roles import spoken_of
from watcher.tag.rules import Rules
from watcher.tag.survey import Survey

__all__ = ["figures_wanted", "find_figures", "find_mentions"]


def figures_wanted(tags: Tags, book: RuleBook) -> bool:
    """Whether figures are read from an item with these tags: it is of the field, or the config says all."""
    gates = {topic.id for topic in book.topics if topic.gate}
    return book.figures == "all" or any(topic.topic_id in gates for topic in tags.topics)


def find_figures(seen: Survey, tags: Tags, rules: Rules, published: date) -> tuple[Figure, ...]:
    """The figures of an article, one a fact with all sentences that state it, in order."""
    return merged(find_mentions(seen, tags, rules, published))


def find_mentions(seen: Survey, tags: Tags, rules: Rules, published: date) -> list[Figure]:
    """The same before equal facts become one."""
    places = spoken_of(seen.folded.text, seen.layout, seen.places, seen.organisations)
    context = Context(
        original=seen.original,
        folded=seen.folded,
        layout=seen.layout,
        places=places,
        abroad=list(foreign(seen.folded.text, seen.found.names, seen.places)),
        organisations=seen.organisations,
        atlas=rules.atlas,
        vocabulary=vocabulary(rules.book.metrics),
        main=main_region(seen.folded.text, tags, places, rules.atlas),
        published=published,
    )
    return settled(list(read_figures(context)))
