"""The figures an article states: value, unit, metric, region, period, kind, and the sentence that says it.

text ─► sentences ─► values (numerals, units, traps) ─┐
             └────► dates ─► resolve ─────────────────┤
                                                      ▼
                        Said: a sentence, its values and times
                          ├─► metrics ─► vocabulary ──┐
                          ├─► owners ◄─ subjects ─────┤
                          ├─► periods ────────────────┼─► assemble ─► merge ─► Figure
                          ├─► kinds ──────────────────┤
                          └─► quotes ─────────────────┘

Numbers are found by their shape, and only then asked what they mean. What cannot be said for sure is marked
with where it was taken from, so that a reader can judge it. The words stand in data/figures.toml.
"""

from datetime import date

from watcher.model.item import Figure, Tags
from watcher.model.rules import RuleBook
from watcher.tag.figures.assemble import Context, read_figures
from watcher.tag.figures.merge import merged, settled
from watcher.tag.figures.vocabulary import vocabulary
from watcher.tag.gazetteer import COUNTRY
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
    context = Context(
        original=seen.original,
        folded=seen.folded,
        layout=seen.layout,
        places=spoken_of(seen.folded.text, seen.layout, seen.places, seen.organisations),
        abroad=[(start, end) for start, end, name in seen.found.names if name.trust == "foreign"],
        organisations=seen.organisations,
        atlas=rules.atlas,
        vocabulary=vocabulary(rules.book.metrics),
        main=_main_region(tags),
        published=published,
    )
    return settled(list(read_figures(context)))


def _main_region(tags: Tags) -> str | None:
    primary = [tag.region_code for tag in tags.regions if tag.role == "primary"]
    named = [tag.region_code for tag in tags.regions if tag.role == "mentioned"]
    if primary:
        return primary[0]
    return COUNTRY if COUNTRY in named else None
