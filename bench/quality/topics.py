"""Scores topics on articles of the corpus that stand in no answer file, and what their rules cost.

    python -m bench.quality.topics                    all sets and the time
    python -m bench.quality.topics --unread check2    one set
    python -m bench.quality.topics --unread dev --show   every difference, with the words that made it

A topic counts as right in either role; the second line holds `main` alone to what the text is about.
The 52 reference articles are scored by bench.quality.tags, whose labels name no roles.
"""

import argparse
import statistics
import sys
import time

from bench.quality._broadcasts import CORPUS
from bench.quality._topic_labels import SETS, Labelled, labelled
from bench.quality.tags import Count
from watcher.model.item import TopicTag
from watcher.tag import Rules, compile_rules, survey, tag
from watcher.tag.rulebook import shipped
from watcher.tag.topics import topic_tags

ROUNDS = 30


def score(name: str, rules: Rules, *, verbose: bool) -> None:
    """Prints the figures of one set."""
    every, main = Count(), Count()
    texts = list(labelled(name))
    for text in texts:
        topics = tag(text.title, text.body, rules).topics
        said = {topic.topic_id for topic in topics}
        named_main = {topic.topic_id for topic in topics if topic.role == "main"}
        wrong = every.add(set(text.main | text.mentioned), said, text.optional)
        wrong_main = main.add(set(text.main), named_main, text.optional)
        if verbose:
            show(text, topics, wrong, wrong_main)
    print(f"{name:<8}{len(texts)} texts  main and mentioned  {every}")
    print(f"{'':<18}main only           {main}")


def show(
    text: Labelled,
    topics: tuple[TopicTag, ...],
    wrong: tuple[set[str], set[str]],
    wrong_main: tuple[set[str], set[str]],
) -> None:
    """Prints what was false and what was missed in one text."""
    if not any((*wrong, *wrong_main)):
        return
    print(f"  {text.title[:60]}")
    for what, (false, missed) in (("topics", wrong), ("main", wrong_main)):
        if false or missed:
            print(f"     {what}: false {sorted(false)}; missed {sorted(missed)}")
    for topic in topics:
        if topic.topic_id in wrong[0] | wrong_main[0]:
            words = " · ".join(f"{e.term} ×{e.count} ({e.where})" for e in topic.evidence)
            print(f"     {topic.topic_id} {topic.role}: {words}")


def speed(rules: Rules) -> None:
    """Prints what topics cost an article, of processor time (the least of many rounds, the median text)."""
    seen = [survey(text.title, text.body, rules) for name in SETS for text in labelled(name)]
    costs = []
    for one in seen:
        arguments = (one.folded, one.original, one.layout, one.found.terms, rules.patterns, rules.book.topics)
        times = []
        for _ in range(ROUNDS):
            begun = time.process_time()
            topic_tags(*arguments)
            times.append(time.process_time() - begun)
        costs.append(min(times))
    print(
        f"speed   {statistics.median(costs) * 1e6:.0f} us an article for its topics, beside finding the words"
    )


def main() -> None:
    """Reads the options and prints everything."""
    options = argparse.ArgumentParser(
        formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__
    )
    options.add_argument("--unread", choices=SETS)
    options.add_argument("--show", action="store_true")
    args = options.parse_args()
    if not CORPUS.is_dir():
        sys.exit(f"no corpus at {CORPUS}")
    rules = compile_rules(shipped())
    for name in (args.unread,) if args.unread else SETS:
        score(name, rules, verbose=args.show)
    if not args.unread:
        speed(rules)


if __name__ == "__main__":
    main()
