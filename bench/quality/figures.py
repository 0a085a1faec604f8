"""Figures against the reference answers: found, and then region, period, kind and metric of those found.

    python -m bench.quality.figures [--half even|odd|all] [--show] [--wrong region|period|kind|metric]
    python -m bench.quality.figures --unread [check1 check2 check3] [--show] [--wrong ...]

Found means value and unit; each answer is met once, in its own sentence if possible. What is scored are the
mentions, before equal ones become one row. `_figure_checks` says when the parts of one are right. With
--unread the texts are those whose answers `_unread` describes, scored twice: strict takes the first reading
of each answer alone, lenient any that it allows; --show lists what is wrong by the lenient one.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from bench.quality._figure_checks import CHECKS, Answer, Text, verdicts
from bench.quality._figure_views import SHARED, speed, views
from bench.quality._unread import SETS, unread
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
PARTS = tuple(CHECKS)


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


def score(
    text: Text, rules: Rules, total: Score, *, show: bool, wrong: str | None, lenient: bool = False
) -> None:
    seen = survey(text.title, text.body, rules)
    said = find_mentions(seen, tags_of(seen, rules), rules, text.published)
    pairs, missed, false = match(text.answers, said)
    if lenient:
        pairs += _met_otherwise(missed, false)
    _drop_optional(text.optional, false)
    total.found += len(pairs)
    total.missed += len(missed)
    total.false += len(false)
    for answer, figure in pairs:
        right = verdicts(answer, figure, text, rules, lenient=lenient)
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


def score_unread(names: Sequence[str], rules: Rules, *, show: bool, wrong: str | None) -> None:
    for name in names:
        for lenient in (False, True):
            total = Score()
            for text in unread(name):
                score(text, rules, total, show=show and lenient, wrong=wrong, lenient=lenient)
            print(f"{name} {'lenient' if lenient else 'strict':9}{total}")


def _show(figure: Figure) -> str:
    owner = (
        f"{figure.region_code}({figure.region_from})" if figure.organisation is None else figure.organisation
    )
    when = spoken(figure.period_start, figure.period_end) + f"({figure.period_from})"
    what = f"{figure.value:g}{figure.unit} | {figure.metric_raw} [{figure.metric}]"
    return f"| {what} | {owner} | {when} | {figure.kind}"


def match(
    answers: Sequence[Answer], said: Sequence[Figure]
) -> tuple[list[tuple[Answer, Figure]], list[Answer], list[Figure]]:
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


def _met_otherwise(missed: list[Answer], false: list[Figure]) -> Iterator[tuple[Answer, Figure]]:
    """Take out of both what meets by another value and unit: 九成 is 90 % or 9 成."""
    for answer in tuple(missed):
        readings = answer.get("alt", {}).get("value_unit", ())
        meeting = (f for v, u in readings for f in false if _meets({**answer, "value": v, "unit": u}, f))
        if figure := next(meeting, None):
            missed.remove(answer)
            false.remove(figure)
            yield answer, figure


def _drop_optional(optional: Sequence[Answer], false: list[Figure]) -> None:
    for answer in optional:
        said = [f for f in false if _meets(answer, f)] or [f for f in false if answer["quote"] in f.quotes[0]]
        if said:
            false.remove(said[0])


def _meets(answer: Answer, figure: Figure) -> bool:
    close = abs(answer["value"] - figure.value) <= 1e-9 * max(1.0, abs(figure.value))
    unit = answer["unit"].replace("（", "(").replace("）", ")")
    return close and (UNITS.get(unit, unit) == figure.unit or (unit == "" and figure.unit == "元"))


UNITS = {"平米": "平方米"}  # one unit, two spellings


def _in_sentence(answer: Answer, figure: Figure) -> bool:
    return _bare(figure.quotes[0])[:80] in _bare(answer["sentence"]) or _bare(answer["sentence"]) in _bare(
        figure.quotes[0]
    )


def _bare(text: str) -> str:
    return re.sub(r"[\s。！？!?]", "", text)


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--half", choices=("all", "even", "odd"), default="all")
    options.add_argument("--show", action="store_true", help="every answer missed or wrong")
    options.add_argument("--wrong", choices=PARTS, help="with --show: only where this part is wrong")
    options.add_argument("--unread", nargs="*", choices=SETS, help="score the unread texts instead")
    args = options.parse_args()
    rules = compile_rules(shipped())
    if args.unread is not None:
        score_unread(args.unread or SETS, rules, show=args.show, wrong=args.wrong)
        return
    if not GOLD.is_dir():
        sys.exit(f"no reference answers at {GOLD}")
    for name, texts in (("seeds", seeds()), (f"articles ({args.half})", articles(args.half))):
        total = Score()
        for text in texts:
            score(text, rules, total, show=args.show, wrong=args.wrong)
        print(f"{name:16}{total}")
    views(rules)
    speed(rules)


if __name__ == "__main__":
    main()
