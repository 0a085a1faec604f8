"""Figures against the reference answers: found, and then region, period, kind and metric of those found.

    python -m bench.quality.figures [--half even|odd|all] [--show] [--wrong region|period|kind|metric]

Found means value and unit; each answer is met once, in its own sentence if possible. What is scored are the
mentions, before equal ones become one row. A region is right when it is the same: 川渝 is the cluster of just
these two, 全国 is CN; none where the answer names none. A period is right when both ends agree; `<=2022-10`
asks for its end only; an undated statement ("as of the day of publication") meets an answer that names the
year or month of publication. A metric is right when one wording holds the other after 的, 了, quotes and
names of the nation are dropped, or when their letters agree by 0.6 (F1).
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from bench.quality._figure_views import SHARED, speed, views
from watcher.model import Figure
from watcher.tag import Rules, compile_rules, survey, tags_of
from watcher.tag.figures import find_mentions
from watcher.tag.rulebook import shipped
from watcher.text.amounts import spoken

GOLD = SHARED / "gold"
SEEDS = {
    "000": date(2021, 7, 30),
    "001": date(2021, 5, 10),
    "002": date(2021, 11, 21),
    "003": date(2022, 5, 14),
    "004": date(2022, 2, 22),
}
PARTS = ("region", "period", "kind", "metric")


@dataclass
class Score:
    """Counts over all texts of one set."""

    found: int = 0
    missed: int = 0
    false: int = 0
    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        precision = self.found / max(1, self.found + self.false)
        recall = self.found / max(1, self.found + self.missed)
        shares = "  ".join(
            f"{part} {self.right[part] / max(1, self.asked[part]):.3f}" for part in (*PARTS, "all")
        )
        return f"value+unit P {precision:.3f} R {recall:.3f}  of {self.found + self.missed};  {shares}"


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its answers."""

    name: str
    title: str
    body: str
    published: date
    answers: Sequence[dict]  # type: ignore[type-arg]


def seeds() -> Iterator[Text]:
    answers = json.loads((GOLD / "seeds_figures.json").read_text("utf-8"))
    for key, published in SEEDS.items():
        raw = next((SHARED / "corpus" / "seeds-given").glob(f"{key}_*")).read_text("utf-8")
        title = re.search(r"^title: *['\"](.*)['\"] *$", raw, re.MULTILINE)
        body = (GOLD / "clean" / f"{key}.txt").read_text("utf-8")
        yield Text(
            key, title[1] if title else "", body, published, [a for a in answers if a["file"].startswith(key)]
        )


def articles(half: str) -> Iterator[Text]:
    texts = {a["id"]: a for a in map(json.loads, (GOLD / "articles.jsonl").read_text("utf-8").splitlines())}
    for number, gold in enumerate(json.loads((GOLD / "articles_figures.json").read_text("utf-8"))):
        if half == "all" or (number % 2 == 0) == (half == "even"):
            text = texts[gold["id"]]
            published = date.fromisoformat(gold["published"])
            yield Text(f"{number}", text["title"], text["body"], published, gold["figures"])


def score(text: Text, rules: Rules, total: Score, *, show: bool, wrong: str | None) -> None:
    seen = survey(text.title, text.body, rules)
    said = find_mentions(seen, tags_of(seen, rules), rules, text.published)
    pairs, missed, false = match(text.answers, said)
    total.found += len(pairs)
    total.missed += len(missed)
    total.false += len(false)
    for answer, figure in pairs:
        right = {part: check(answer, figure, text, rules) for part, check in CHECKS.items()}
        for part, verdict in right.items():
            if verdict is not None:
                total.asked[part] += 1
                total.right[part] += verdict
        total.asked["all"] += 1
        total.right["all"] += all(verdict is not False for verdict in right.values())
        if show and (wrong is None or right[wrong] is False) and False in right.values():
            bad = [part for part, verdict in right.items() if verdict is False]
            print(
                f"  {text.name} {figure.value:g}{figure.unit} wrong {bad}: {figure.quotes[0].strip()[:100]}"
            )
            print(f"      said  {_show(figure)}")
            print(
                "      asked", *(answer.get(key) for key in ("metric", "region", "period", "kind")), sep=" | "
            )
    if show and not wrong:
        for answer in missed:
            print(f"  {text.name} missed {answer['value']:g} {answer['unit']}: {answer['sentence'][:90]}")
        for figure in false:
            print(f"  {text.name} false {_show(figure)}: {figure.quotes[0].strip()[:90]}")


def _show(figure: Figure) -> str:
    owner = (
        f"{figure.region_code}({figure.region_from})" if figure.organisation is None else figure.organisation
    )
    when = spoken(figure.period_start, figure.period_end) + f"({figure.period_from})"
    what = f"{figure.value:g}{figure.unit} | {figure.metric_raw} [{figure.metric}]"
    return f"| {what} | {owner} | {when} | {figure.kind}"


def match(answers: Sequence[dict], said: Sequence[Figure]):  # type: ignore[type-arg, no-untyped-def]
    """(pairs, answers not met, figures that meet none)."""
    open_ = list(said)
    pairs, missed = [], list(answers)
    for same_sentence in (True, False):
        for answer in tuple(missed):
            for figure in open_:
                if _meets(answer, figure) and (not same_sentence or _in_sentence(answer, figure)):
                    pairs.append((answer, figure))
                    open_.remove(figure)
                    missed.remove(answer)
                    break
    return pairs, missed, open_


def _meets(answer: dict, figure: Figure) -> bool:  # type: ignore[type-arg]
    close = abs(answer["value"] - figure.value) <= 1e-9 * max(1.0, abs(figure.value))
    unit = answer["unit"].replace("（", "(").replace("）", ")")
    return close and (UNITS.get(unit, unit) == figure.unit or (unit == "" and figure.unit == "元"))


UNITS = {"平米": "平方米"}  # one unit, two spellings


def _in_sentence(answer: dict, figure: Figure) -> bool:  # type: ignore[type-arg]
    return _bare(figure.quotes[0])[:80] in _bare(answer["sentence"]) or _bare(answer["sentence"]) in _bare(
        figure.quotes[0]
    )


def _bare(text: str) -> str:
    return re.sub(r"[\s。！？!?]", "", text)


def region_right(answer: dict, figure: Figure, _text: Text, rules: Rules) -> bool:  # type: ignore[type-arg]
    wanted = (answer["region"] or "").replace("@", "")
    code = figure.region_code
    if wanted in ("", "全球"):
        return code is None
    if code is None:
        return False
    region = rules.atlas.regions[code]
    names = wanted.split("|")
    found = [rules.atlas.find(name) for name in names]
    if len(names) > 1 or wanted == "川渝地区":
        members = {"四川省", "重庆市"} if wanted == "川渝地区" else set(names)
        return {rules.atlas.regions[member].name for member in region.members} == members
    if found[0] is not None:
        return found[0].code == code or (
            region.level == "cluster" and found[0].members == region.members != ()
        )
    if region.level == "cluster":
        return wanted in region.name
    return region.name in wanted or f"({region.short_name})" in wanted.replace("（", "(").replace("）", ")")


def period_right(answer: dict, figure: Figure, text: Text, _rules: Rules) -> bool | None:  # type: ignore[type-arg]
    wanted = answer["period"]
    if not wanted:
        return None
    said = spoken(figure.period_start, figure.period_end)
    end = str(figure.period_end)
    if wanted.startswith("<="):
        return end.startswith(wanted[2:])
    if wanted == said:
        return True
    if figure.period_start is None:
        return str(text.published).startswith(wanted)
    if wanted.endswith("-"):  # 2018-: since then
        return str(figure.period_start).startswith(wanted[:-1])
    ends = (
        wanted.split("/")
        if "/" in wanted
        else wanted.split("-")
        if re.fullmatch(r"\d{4}-\d{4}", wanted)
        else []
    )
    return len(ends) == 2 and str(figure.period_start).startswith(ends[0]) and end.startswith(ends[1])


def kind_right(answer: dict, figure: Figure, _text: Text, _rules: Rules) -> bool:  # type: ignore[type-arg]
    return bool(answer["kind"] == figure.kind)


def metric_right(answer: dict, figure: Figure, _text: Text, _rules: Rules) -> bool:  # type: ignore[type-arg]
    one, other = _words(answer["metric"]), _words(figure.metric_raw)
    if not one or not other:
        return False
    if one in other or other in one:
        return True
    shared = sum((Counter(one) & Counter(other)).values())
    return 2 * shared / (len(one) + len(other)) >= 0.6


def _words(metric: str) -> str:
    return re.sub(r"[的了“”\"‘’\s、，,（）()]|我国|全国|中国", "", metric.lower().replace("＋", "+"))


CHECKS = {"region": region_right, "period": period_right, "kind": kind_right, "metric": metric_right}


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--half", choices=("all", "even", "odd"), default="all")
    options.add_argument("--show", action="store_true", help="every answer missed or wrong")
    options.add_argument("--wrong", choices=PARTS, help="with --show: only where this part is wrong")
    args = options.parse_args()
    if not GOLD.is_dir():
        sys.exit(f"no reference answers at {GOLD}")
    rules = compile_rules(shipped())
    for name, texts in (("seeds", seeds()), (f"articles ({args.half})", articles(args.half))):
        total = Score()
        for text in texts:
            score(text, rules, total, show=args.show, wrong=args.wrong)
        print(f"{name:16}{total}")
    views(rules)
    speed(rules)


if __name__ == "__main__":
    main()
