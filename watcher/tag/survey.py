"""What is found in a text before anything is decided: folded letters, layout, words, places, organisations.

One pass that tags and figures share.
"""

from dataclasses import dataclass

from watcher.tag.layout import Layout, lay_out
from watcher.tag.lexicon import Found
from watcher.tag.organisations import Organisation, find_organisations
from watcher.tag.places import Hit, choose
from watcher.tag.quotations import quotations
from watcher.tag.rules import Rules
from watcher.text.fold import Folded, fold


@dataclass(frozen=True, slots=True)
class Survey:
    """All spans are of `folded.text`; `original` is what it was made from."""

    original: str
    folded: Folded
    layout: Layout
    found: Found
    places: list[Hit]
    organisations: list[Organisation]


def survey(title: str, text: str, rules: Rules) -> Survey:
    """Looks an article through; `text` is its paragraphs, one a line."""
    original = f"{title}\n{text}"
    folded = fold(original)
    found = rules.lexicon.find(folded.text)
    quotes = quotations(folded, original)
    places = choose(folded.text, [name for name in found.names if not quotes.part(*name[:2])], rules.atlas)
    organisations = find_organisations(folded.text, found, places, rules.atlas, quotes)
    return Survey(original, folded, lay_out(folded.text), found, places, organisations)
