"""`watcher why`."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from watcher.cli import common, output
from watcher.cli.figures import marked, summary
from watcher.cli.tag import policy_line
from watcher.config.resolve import rules_of
from watcher.errors import UsageError
from watcher.store.items import details
from watcher.store.open import open_for_reading
from watcher.tag import Rules, passing_topics, survey

_NEAREST = 5  # items shown that are like this one
_KINDS = {
    "copy": "the same",
    "excerpt": "the same, one shorter",
    "part": "one is a part of the other",
    "reworked": "much in common",
    "quotes": "something in common",
    "apart": "kept apart",
}
_WHERE = {"source": "given to the source in sources.toml"}


@click.command()
@click.argument("item", type=int)
@click.option("--text", is_flag=True, help="The cleaned text as well.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array with the item in it.")
@common.options
def command(item: int, text: bool, as_json: bool, config_dir: Path | None) -> None:
    """Explain one item: where it was seen, how its date was found, each tag with the words that earned it.

    ITEM is the number that `search` and the digests show.
    A line `not` tells of a topic that is named too little.

    \b
    Examples:
      watcher why 12
      watcher why 12 --text
    """
    config = common.config_of(config_dir)
    found = details(open_for_reading(config.database), item)
    if found is None:
        raise UsageError(f"There is no item {item}; 'watcher search WORD' shows items with their numbers.")
    found["passing"] = _passing(found, rules_of(config))
    if as_json:
        output.print_json([found])
        return
    click.secho(f"#{found['id']}  {found['title']}", bold=True)
    for label, line in _lines(found, config.timezone):
        click.echo(f"{label:<9}{line}")
    if text:
        click.echo(f"\n{found['text']}")


def _lines(found: Mapping[str, Any], zone: Any) -> Iterable[tuple[str, str]]:
    yield "url", str(found["url"] or "none given")
    yield "date", _date(found, zone)
    if found["outlet"] or found["author"]:
        yield "outlet", " · ".join(part for part in (found["outlet"], found["author"]) if part)
    for page in found["pages"]:
        yield "text", _page(found, page)
    for seen in found["sightings"]:
        yield "seen", f"{seen['source_id']}  {seen['guid']}  {output.local(seen['seen_at'], zone)}"
        if seen["title"] != found["title"]:
            yield "", f"  as “{seen['title']}”"
    for old in found["revisions"]:
        yield "revised", f"{output.local(old['replaced_at'], zone)}, before as “{old['title']}”"
        for change in old["changes"]:
            yield "", f"  {change}"
    yield from _tags(found)
    yield from _story(found)
    for digest in found["digests"]:
        yield "digest", f"{digest['name']}  {output.local(digest['made_at'], zone)}"
    if not found["digests"]:
        history = "; came with its source's first poll, as history" if found["backlog"] else ""
        yield "digest", f"in none yet{history}"


def _story(found: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    near = found["near"]
    if found["story_id"]:
        yield "story", f"{found['story_id']}; 'watcher story {found['story_id']}' shows its items"
    else:
        yield "story", "alone" if near else "alone, and nothing stored is like it"
    for other in near[:_NEAREST]:
        shares = f"containment {other['containment']:.2f}, Jaccard {other['jaccard']:.2f}"
        why = f"; {other['why']}" if other["why"] else ""
        yield "", f"  #{other['id']}  {_KINDS[other['kind']]}  {shares}{why}"
        yield "", f"    {other['title']}"


def _tags(found: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for topic in found["topics"]:
        yield "topic", f"{topic['label']}  {topic['role']}  score {topic['score']:g}: {_words(topic)}"
    for topic in found["passing"]:
        yield "not", f"{topic['label']}  {topic['why']}: {_words(topic)}"
    for region in found["regions"]:
        yield "region", f"{region['name']}  {region['role']}  score {region['score']:g}: {_words(region)}"
    for organisation in found["organisations"]:
        kind = f"  {organisation['kind']}" if organisation["kind"] else ""
        yield "named", f"{organisation['name']}{kind}: {_words(organisation)}"
    for policy in found["policies"]:
        yield "policy", policy_line(policy)
    for figure in found["figures"]:
        yield "figure", summary(figure)
        yield "", f"  {marked(figure['quote'], figure['marks'])}"
        for quote in figure["also"]:
            yield "", f"  {quote.strip()}"
    if not found["topics"] and not found["regions"]:
        yield "tags", "none: no rule found a word in it"


def _passing(found: Mapping[str, Any], rules: Rules) -> list[dict[str, Any]]:
    """Topics that the rules in force find named too little; what the item was given stays as it is."""
    given = {topic["topic_id"] for topic in found["topics"]}
    return [
        {"topic_id": topic.topic_id, "label": topic.label, "points": topic.points, "why": topic.why}
        | {"evidence": [{"term": e.term, "where": e.where, "count": e.count} for e in topic.evidence]}
        for topic in passing_topics(survey(found["title"], found["text"], rules), rules)
        if topic.topic_id not in given
    ]


def _date(found: Mapping[str, Any], zone: Any) -> str:
    shown = f"{output.local(found['published_at'], zone)}   from {found['published_from']}"
    if found["published_from"] == "first seen":
        return shown + "; the article names no date that can be read"
    return shown + f" (“{found['published_raw']}”)" if found["published_raw"] else shown


def _page(found: Mapping[str, Any], page: Mapping[str, Any]) -> str:
    if found["text_from"] == "page":
        return f"{len(found['text']):,} characters, from the article's page"
    again = "; to be tried again" if page["next_try_at"] else ""
    why = f"{page['error']}{again}" if page["error"] else "its page gave less"
    return f"{len(found['text']):,} characters, the feed's own: {why}"


def _words(tag: Mapping[str, Any]) -> str:
    return " · ".join(
        f"{e['term']} ×{e['count']} ({_WHERE.get(e['where'], e['where'])})" for e in tag["evidence"]
    )
