"""Pairs of texts and whether they are one story: the shared ones, and more by video id and date."""

import itertools
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta

from bench.quality._broadcasts import CORPUS, from_json, from_markdown
from watcher.dedupe.alike import JOINS, alike
from watcher.dedupe.wording import marks, wording

GOLD = CORPUS.parent / "gold" / "pairs.jsonl"
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts and whether they are one story."""

    same: bool
    one: tuple[str, str]
    other: tuple[str, str]


def gold_pairs() -> list[Pair]:
    rows = map(json.loads, GOLD.read_text("utf-8").splitlines())
    return [Pair(r["label"] == "same", *((r[side]["title"], r[side]["text"]) for side in "ab")) for r in rows]


def other_pairs() -> list[Pair]:
    """Pairs that are not in the shared file: a video published twice; items a year apart that look alike."""
    seen = {text for pair in gold_pairs() for text in (pair.one[1], pair.other[1])}
    first = {b.video: b for b in from_markdown() if len(b.text) > 60}
    second = {b.video: b for b in from_json() if len(b.text) > 60}
    twice = [
        Pair(True, (first[v].title, first[v].text), (second[v].title, second[v].text))
        for v in sorted(first.keys() & second.keys(), key=str)
        if first[v].text not in seen and second[v].text not in seen
    ]
    everything = {**second, **first}
    taken = {video: wording(b.title, b.text) for video, b in everything.items()}
    holders = defaultdict(list)
    for video, text in taken.items():
        for mark in marks(text):
            holders[mark].append(video)
    shared = Counter(
        pair for held in holders.values() if len(held) < 300 for pair in itertools.combinations(held, 2)
    )
    siblings = []
    for (one, other), _ in shared.most_common(40_000):
        a, b = everything[one], everything[other]
        here, there = set(taken[one].shingles), set(taken[other].shingles)
        common = len(here & there) / max(1, min(len(here), len(there)))
        if abs(a.day - b.day) > YEAR and common >= 0.45 and not {a.text, b.text} <= seen and a.text != b.text:
            siblings.append(Pair(False, (a.title, a.text), (b.title, b.text)))
    return twice + siblings


def score_pairs(name: str, pairs: list[Pair], *, show: bool) -> None:
    right = false = missed = 0
    for pair in pairs:
        found = alike(wording(*pair.one), wording(*pair.other))
        joined = found is not None and found.kind in JOINS
        right += joined and pair.same
        false += joined and not pair.same
        missed += pair.same and not joined
        if show and joined != pair.same:
            print(
                f"    {'missed' if pair.same else 'FALSE'} {found}\n"
                f"      {pair.one[0]}\n      {pair.other[0]}"
            )
    same = sum(pair.same for pair in pairs)
    print(
        f"{name}: {same} same, {len(pairs) - same} different; P {right / max(1, right + false):.3f}"
        f"  R {right / max(1, same):.3f}   ({right} right, {false} false, {missed} missed)"
    )
