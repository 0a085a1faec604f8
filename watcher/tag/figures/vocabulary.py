"""Folds the many names of a quantity to one id: GDP, 国内生产总值 and 经济总量 are gdp.

The names come from metrics.toml, shipped and the user's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from watcher.model.rules import MetricRule
from watcher.text.fold import fold


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All names in one pattern, longest first."""

    pattern: re.Pattern[str] | None
    by_name: dict[str, tuple[MetricRule, ...]]

    def find(self, words: str, unit: str, *, change: bool) -> MetricRule | None:
        """The quantity that folded words name; of several names the last, and the longest that begins there.

        `change`: a growth rate has the unit % whatever it is that grows.
        """
        best = None
        for found in self.pattern.finditer(words) if self.pattern else ():
            for rule in self.by_name[found[0]]:
                right = not rule.units or unit in rule.units or (change and unit in ("%", "倍", "个百分点"))
                if right and not any(phrase in words for phrase in rule.not_):
                    best = rule
                    break
        return best


@lru_cache(maxsize=4)
def vocabulary(rules: Sequence[MetricRule]) -> Vocabulary:
    """The vocabulary of these rules; built once for each set of them."""
    by_name: dict[str, tuple[MetricRule, ...]] = {}
    for rule in (replace(rule, not_=tuple(fold(phrase).text for phrase in rule.not_)) for rule in rules):
        for name in (rule.label, *rule.names):
            folded = fold(name).text
            by_name[folded] = (*by_name.get(folded, ()), rule)
    names = sorted(by_name, key=lambda name: (-len(name), name))
    return Vocabulary(re.compile("|".join(map(re.escape, names))) if names else None, by_name)
