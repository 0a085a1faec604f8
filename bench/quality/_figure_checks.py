"""How each part of a figure that was found is compared with its answer; finding them is for `figures`.

A region is right when it is the same: 川渝 is the cluster of just these two, 全国 is CN; none where the
answer names none. A period is right when both ends agree; `<=2022-10` asks for its end only; an undated
statement ("as of the day of publication") meets an answer that names the year or month of publication. A
metric is right when one wording holds the other after 的, 了, quotes and names of the nation are dropped, or
when their letters agree by 0.6 (F1).
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from watcher.model import Figure
from watcher.tag import Rules
from watcher.text.amounts import spoken

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its answers; `optional` ones are neither a hit nor a miss."""

    name: str
    title: str
    body: str
    published: date
    answers: Sequence[Answer]
    optional: Sequence[Answer] = ()


def verdicts(
    answer: Answer, figure: Figure, text: Text, rules: Rules, *, lenient: bool
) -> dict[str, bool | None]:
    """Part -> right or wrong, None where the answer does not ask for it.

    Lenient: any reading that `alt` allows will do, and no period where the first reading names none.
    """
    right = {}
    for part, check in CHECKS.items():
        first = check(answer, figure, text, rules)
        others = answer.get("alt", {}).get(part, ()) if lenient else ()
        said = [check({**answer, part: other}, figure, text, rules) for other in others]
        if not said:
            right[part] = first
        elif first is None:
            right[part] = figure.period_start is None or True in said
        else:
            right[part] = first or True in said
    return right


def region_right(answer: Answer, figure: Figure, _text: Text, rules: Rules) -> bool:
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


def period_right(answer: Answer, figure: Figure, text: Text, _rules: Rules) -> bool | None:
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


def kind_right(answer: Answer, figure: Figure, _text: Text, _rules: Rules) -> bool:
    return bool(answer["kind"] == figure.kind)


def metric_right(answer: Answer, figure: Figure, _text: Text, _rules: Rules) -> bool:
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
