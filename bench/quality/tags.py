"""Scores the tagger against the shared reference answers: regions, traps, topics, organisations, speed, memory.

    python bench/quality/tags.py                  all
    python bench/quality/tags.py --half odd       only articles that were not looked at while rules were made
    python bench/quality/tags.py --show           every difference (use it on even articles only)

A region counts if its role is primary or mentioned; 全国 is not scored on articles. A zone that the gold lists by
its city, or a city found inside a named zone, is no error (see ../shared/gold/README.md).
"""

import argparse
import json
import re
import statistics
import sys
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from watcher.model.item import Tags  # noqa: E402
from watcher.model.rules import Region  # noqa: E402
from watcher.tag import Rules, compile_rules, tag  # noqa: E402
from watcher.tag.rulebook import shipped  # noqa: E402
from watcher.text.fold import fold  # noqa: E402

SHARED = ROOT.parent / "shared"
GOLD = SHARED / "gold"
SEEDS = (
    "000_e0749e3cfdf18311",
    "001_ab91e7610381f2e4",
    "002_80137d20f05c6e65",
    "003_230758676663448a",
    "004_006e7fd5542f2041",
)

TOPICS = {  # label of the articles: topics that stand for it
    "industrial_internet_general": {"core"},
    "platform": {"platform"},
    "identifier_resolution": {"identifier"},
    "network_5g": {"fiveg_ii", "network_infra"},
    "security": {"security"},
    "cloud_adoption": {"cloudification"},
    "data_ai": {"data"},
    "smart_manufacturing": {"smart_mfg", "applications"},
    "industrial_software": {"platform"},
    "blockchain": {"blockchain"},
    "parks_clusters": {"park_cluster"},
    "policy_finance": {"policy", "funding", "pilot"},
    "digital_transformation": {"smart_mfg", "ecosystem"},
    "regional_economy": {"economy", "region_policy"},
    "talent_standards_events": {"ecosystem"},
}


@dataclass(slots=True)
class Count:
    """Right, false and missed, with P, R and F1 made of them."""

    right: int = 0
    false: int = 0
    missed: int = 0

    def add(self, gold: set[str], said: set[str], ignore: Iterable[str] = ()) -> tuple[set[str], set[str]]:
        """Counts one document and returns what was false and what was missed."""
        false, missed = said - gold - set(ignore), gold - said
        self.right += len(gold & said)
        self.false += len(false)
        self.missed += len(missed)
        return false, missed

    def __str__(self) -> str:
        p = self.right / (self.right + self.false) if self.right + self.false else 1.0
        r = self.right / (self.right + self.missed) if self.right + self.missed else 1.0
        f = 2 * p * r / (p + r) if p + r else 0.0
        return f"P {p:.3f}  R {r:.3f}  F1 {f:.3f}   ({self.right} right, {self.false} false, {self.missed} missed)"


def named(tags: Tags, *roles: str) -> set[str]:
    return {t.region_code for t in tags.regions if t.role in (roles or ("primary", "mentioned"))}


def code_of(rules: Rules, name: str, province: str | None = None) -> str:
    """The code of a gold name; of several places so named the one in that province."""
    folded = fold(name.removeprefix("@")).text
    codes = rules.atlas.names.get(folded, ())
    above = code_of(rules, province) if province and province != name else None
    inside = [code for code in codes if above in rules.atlas.parents(code)]
    return (inside or list(codes) or [name])[0]


def province_of(rules: Rules, code: str) -> str:
    parents = rules.atlas.parents(code)
    return parents[-1] if parents else code


def show_names(rules: Rules, codes: Iterable[str]) -> str:
    known = rules.atlas.regions
    return " ".join(sorted(known[code].name if code in known else f"?{code}" for code in codes))


def seeds(rules: Rules, *, show: bool) -> None:
    gold = json.loads((GOLD / "seeds_regions.json").read_text("utf-8"))
    topics = json.loads((GOLD / "seeds_topics.json").read_text("utf-8"))
    names = json.loads((GOLD / "organisations.json").read_text("utf-8"))
    regions, primaries, organisations = Count(), Count(), Count()
    missing_topics: list[str] = []
    for seed in SEEDS:
        key, want = seed[:3], gold[f"{seed}.txt"]
        raw = (SHARED / "corpus" / "seeds-given" / f"{seed}.txt").read_text("utf-8")
        title = re.search(r"^title: *['\"](.*)['\"] *$", raw, re.MULTILINE)
        tags = tag(title[1] if title else "", (GOLD / "clean" / f"{key}.txt").read_text("utf-8"), rules)
        primary = {code_of(rules, name) for name in want["primary"] if name != "@全国"} | (
            {"CN"} & {"CN" if n == "@全国" else "" for n in want["primary"]}
        )
        every = primary | {"CN" if name == "@全国" else code_of(rules, name) for name in want["mentioned"]}
        optional = {code_of(rules, name) for name in want["optional"]}
        wrong = regions.add(every, named(tags), optional)
        wrong_primary = primaries.add(primary, named(tags, "primary"), optional)
        missing_topics += [f"{key} {t}" for t in topics[key] if t not in {x.topic_id for x in tags.topics}]
        false_names, missed_names = _overlap(set(names[key]), tags, organisations)
        if show:
            print(
                f"  {key} regions false: {show_names(rules, wrong[0])}; missed: {show_names(rules, wrong[1])}"
            )
            print(
                f"      primary false: {show_names(rules, wrong_primary[0])}; missed: {show_names(rules, wrong_primary[1])}"
            )
            print(f"      organisations false: {false_names}; missed: {missed_names}")
    print(f"seeds     regions        {regions}")
    print(f"          primaries      {primaries}")
    print(f"          organisations  {organisations}   (overlap)")
    print(f"          topics missing {missing_topics or 'none'}")


def _overlap(gold: set[str], tags: Tags, count: Count) -> tuple[list[str], list[str]]:
    """Gold names against what was said: right if either holds the other, in name or in the words found."""
    said = {org.name: {org.name, *(e.term for e in org.evidence)} for org in tags.organisations}
    met = {g for g in gold if any(g in w or w in g for words in said.values() for w in words)}
    false = [name for name, words in said.items() if not any(g in w or w in g for g in gold for w in words)]
    count.right += len(met)
    count.missed += len(gold - met)
    count.false += len(false)
    return false, sorted(gold - met)


def articles(rules: Rules, half: str, *, show: bool) -> None:
    texts = {a["n"]: a for a in map(json.loads, (GOLD / "articles.jsonl").read_text("utf-8").splitlines())}
    place, province, primary = Count(), Count(), Count()
    any_role, main_role = Count(), Count()
    fired, traps, national = [], 0, 0
    golds = [
        g for g in json.loads((GOLD / "articles_regions_topics.json").read_text("utf-8")) if _in(half, g["n"])
    ]
    for gold in golds:
        article = texts[gold["n"]]
        tags = tag(article["title"], article["body"], rules)
        want = {code_of(rules, r["name"], r["province"]): r for r in gold["regions"]}
        said = named(tags) - {"CN"}
        false, missed = place.add(set(want), said, _zone_company(rules, said, set(want)))
        province.add({province_of(rules, c) for c in want}, {province_of(rules, c) for c in said})
        first = {code for code, r in want.items() if r["role"] == "primary"}
        wrong_first = primary.add(first, named(tags, "primary") - {"CN"})
        national += ("CN" in named(tags, "primary")) == gold["national"]
        traps += len(gold["traps"])
        hit = [t["surface"] for t in gold["traps"] if _fires(t["surface"], tags, said - set(want))]
        fired += hit
        labels = set(gold["topics"])
        wrong_topics = [
            _topics(labels, tags, any_role, roles=("main", "mentioned")),
            _topics(labels, tags, main_role, roles=("main",)),
        ]
        if show and (false or missed or any(wrong_first) or hit):
            print(f"  {gold['n']:2} {article['title'][:40]}")
            print(
                f"     place false: {show_names(rules, false)}; missed: {show_names(rules, missed)}; traps: {hit}"
            )
            print(
                f"     primary false: {show_names(rules, wrong_first[0])}; missed: {show_names(rules, wrong_first[1])}"
            )
        if show:
            print(f"     {gold['n']:2} topics {wrong_topics[0]}")
    print(f"articles  ({half}, {len(golds)})")
    print(f"          place level    {place}")
    print(f"          province level {province}")
    print(f"          primaries      {primary}")
    print(
        f"          national right {national} of {len(golds)}; traps that fire {len(fired)} of {traps} {fired or ''}"
    )
    print(f"          topics         {any_role}   main and mentioned")
    print(f"          topics         {main_role}   main only")


def _in(half: str, number: int) -> bool:
    return half == "all" or (number % 2 == 0) == (half == "even")


def _zone_company(rules: Rules, said: set[str], want: set[str]) -> Iterator[str]:
    """What may be said besides the gold: a zone of a place that is listed, the places a listed zone lies in."""
    regions = rules.atlas.regions
    for code in want:
        if code in regions and regions[code].level == "zone":
            yield from rules.atlas.parents(code)
    for code in said:
        region: Region = regions[code]
        if region.level == "zone" and not want.isdisjoint(rules.atlas.parents(code)):
            yield code


def _fires(surface: str, tags: Tags, false: set[str]) -> bool:
    """A trap fires if a false region rests on words inside the trap."""
    return any(e.term in surface for t in tags.regions if t.region_code in false for e in t.evidence)


def _topics(
    labels: set[str], tags: Tags, count: Count, roles: tuple[str, ...]
) -> tuple[list[str], list[str]]:
    said = {t.topic_id for t in tags.topics if t.role in roles}
    met = {label for label in labels if TOPICS[label] & said}
    false = [topic for topic in said if not any(topic in TOPICS[label] for label in labels)]
    count.right += len(met)
    count.missed += len(labels - met)
    count.false += len(false)
    return false, sorted(labels - met)


def speed() -> None:
    text = (GOLD / "clean" / "004.txt").read_text("utf-8")[:700]
    begun = time.perf_counter()
    rules = compile_rules(shipped.__wrapped__())
    started = (time.perf_counter() - begun) * 1e3
    times = []
    for _ in range(400):
        begun = time.perf_counter()
        tag("成渝地区工业互联网一体化发展国家示范区加快建设", text, rules)
        times.append((time.perf_counter() - begun) * 1e6)
    tracemalloc.start()
    compile_rules(shipped.__wrapped__())
    python = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(
        f"speed     {len(text.encode())} bytes: median {statistics.median(times):.0f} us, fastest {min(times):.0f} us"
    )
    print(
        f"          compile {started:.0f} ms, peak {python:.1f} MB of Python objects, {_resident():.0f} MB resident in all"
    )


def _resident() -> float:
    status = Path("/proc/self/status").read_text("utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1e3  # type: ignore[index]


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--half", choices=("all", "even", "odd"), default="all")
    options.add_argument("--show", action="store_true")
    args = options.parse_args()
    if not GOLD.is_dir():
        sys.exit(f"no reference answers at {GOLD}")
    rules = compile_rules(shipped())
    seeds(rules, show=args.show)
    articles(rules, args.half, show=args.show)
    speed()


if __name__ == "__main__":
    main()
