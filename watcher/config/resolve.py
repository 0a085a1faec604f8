"""Checks what needs the compiled rules: names of topics, regions and sources in digests and sources.

Turns the digests' tables into specs whose regions are codes, widened downwards: a cluster by its
members, a province by its cities.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from watcher.config.load import Config
from watcher.config.schema import AlertTable, DeliverTable, DigestTable, FilterTable
from watcher.errors import ConfigError, Problem, UsageError
from watcher.model import AlertSpec, DeliverSpec, DigestSpec, Filter
from watcher.tag import Rules, check, compile_rules

_MOST_TOLD = 10  # items of one alert; of a hundred at once the first ten and their number are enough


def rules_of(config: Config) -> Rules:
    """The compiled rules. Raises ConfigError with every rule that cannot be used."""
    problems = [_rule_problem(config, *fault) for fault in check(config.book)]
    if problems:
        raise ConfigError(problems)
    return compile_rules(config.book)


def specs_of(config: Config, rules: Rules) -> tuple[DigestSpec, ...]:
    """The digests as the model has them. Raises ConfigError with every name that is none."""
    problems = [*_source_problems(config, rules), *_audience_problems("digest", config, rules)]
    if problems:
        raise ConfigError(problems)
    return tuple(_spec(table, config, rules) for table in config.digests)


def alerts_of(config: Config, rules: Rules) -> tuple[AlertSpec, ...]:
    """The alerts as the model has them. Raises ConfigError with every name that is none."""
    problems = list(_audience_problems("alert", config, rules))
    if problems:
        raise ConfigError(problems)
    return tuple(
        AlertSpec(
            digest=DigestSpec(
                name=f"alert:{table.id}",
                schedule=None,
                max_items=_MOST_TOLD,
                carry_over=False,
                **_audience(table, config, rules),
            ),
            outlets=table.outlets,
            spike=table.spike,
            within=table.within,
            quiet=table.quiet,
        )
        for table in config.alerts
    )


def missing_folders(config: Config) -> list[Problem]:
    """Folders that are not there: worth telling, but no reason to refuse to work on the rest."""
    file = config.files["sources"]
    return [
        file.problem(
            ("source", at, "path"), f"no folder at {source.location}", "make it, or set enabled = false"
        )
        for at, source in enumerate(config.sources)
        if source.kind == "folder" and source.enabled and not Path(source.location).is_dir()
    ]


def _spec(table: DigestTable, config: Config, rules: Rules) -> DigestSpec:
    return DigestSpec(
        name=table.id,
        schedule=table.schedule,
        max_items=table.max_items,
        when_empty=table.when_empty,
        catch_up=table.catch_up,
        carry_over=table.carry_over,
        updates=table.updates,
        **_audience(table, config, rules),
    )


def _audience(table: DigestTable | AlertTable, config: Config, rules: Rules) -> dict[str, Any]:
    return {
        "title": table.title,
        "timezone": table.timezone or config.timezone,
        "match": table.match,
        "topics": _plain(table.topics),
        "regions": _widened(table.regions, rules),
        "sources": _plain(table.sources),
        "group_by": table.group_by,
        "browse": table.browse,
        "deliver": tuple(_deliver(way, config) for way in table.deliver),
    }


def _plain(names: FilterTable) -> Filter:
    return Filter(any=names.any, all=tuple((name,) for name in names.all), none=names.none)


def _widened(names: FilterTable, rules: Rules) -> Filter:
    return Filter(
        any=_codes(names.any, rules),
        all=tuple(_codes([name], rules) for name in names.all),
        none=_codes(names.none, rules),
    )


def _codes(names: Sequence[str], rules: Rules) -> tuple[str, ...]:
    found = (rules.atlas.find(name) for name in names)
    return tuple(sorted({code for region in found if region for code in rules.atlas.within(region.code)}))


def _deliver(table: DeliverTable, config: Config) -> DeliverSpec:
    path = str(config.state_path(table.path)) if table.path else None
    to = (table.url,) if table.url else table.to
    return DeliverSpec(table.channel, path, table.formats, to, table.operator)


def _audience_problems(kind: Literal["digest", "alert"], config: Config, rules: Rules) -> Iterable[Problem]:
    tables: Sequence[DigestTable | AlertTable] = config.digests if kind == "digest" else config.alerts
    for at, table in enumerate(tables):
        yield from _names_problems((kind, at), table, config, rules)


def _names_problems(
    place: tuple[str, int], table: DigestTable | AlertTable, config: Config, rules: Rules
) -> Iterable[Problem]:
    file = config.files["digests"]
    known_sources = {source.id for source in config.sources}
    for part in ("any", "all", "none"):
        for name in getattr(table.topics, part):
            if name not in rules.topics:
                yield file.problem((*place, "topics"), f'no topic "{name}"', _choices(rules.topics))
        for name in getattr(table.regions, part):
            if rules.atlas.find(name) is None:
                what = f'no region "{name}"'
                yield file.problem((*place, "regions"), what, "write an official name or a cluster's")
        for name in getattr(table.sources, part):
            if name not in known_sources:
                what = f'no source "{name}"'
                yield file.problem((*place, "sources"), what, "write the id of a [[source]]")
    if any(way.channel == "email" for way in table.deliver) and config.smtp is None:
        what = "is to be mailed, but there is no mail server"
        yield file.problem((*place, "deliver"), what, "set host and from in [smtp] of watcher.toml")


def _source_problems(config: Config, rules: Rules) -> Iterable[Problem]:
    file = config.files["sources"]
    for at, source in enumerate(config.sources):
        for name in source.topics:
            if name not in rules.topics:
                yield file.problem(("source", at, "topics"), f'no topic "{name}"', _choices(rules.topics))
        for name in source.regions:
            if rules.atlas.find(name) is None:
                what = f'no region "{name}"'
                yield file.problem(("source", at, "regions"), what, "write an official name or a cluster's")


def _rule_problem(config: Config, origin: str, what: str, instead: str) -> Problem:
    # `origin` is "file: table.key", as the rule book keeps it for each rule.
    name, _, key = origin.partition(": ")
    file = config.files.get(name.removesuffix(".toml"))
    if file is None:
        return Problem(Path(name), key, what, instead)
    return file.problem(tuple(key.split(".")), what, instead)


def _choices(names: Iterable[str]) -> str:
    return "write one of " + ", ".join(names)


def known_topic(rules: Rules, name: str | None) -> str | None:
    """The id of a topic given by id or label. Raises UsageError for one that there is not."""
    if name is None or name in rules.topics:
        return name
    by_label = {label: topic_id for topic_id, label in rules.topics.items()}
    if name in by_label:
        return by_label[name]
    raise UsageError(f'There is no topic "{name}"; {_choices(rules.topics)}.')


def known_region(rules: Rules, name: str | None) -> frozenset[str] | None:
    """The codes of a region and all within it. Raises UsageError for one that there is not."""
    if name is None:
        return None
    region = rules.atlas.find(name)
    if region is None:
        raise UsageError(f'There is no region "{name}"; write 湖北省, 武汉, 成渝地区 or an adcode.')
    return rules.atlas.within(region.code)
