"""`watcher rules`."""

import sys
from pathlib import Path

import click

from watcher.cli import common, output
from watcher.config.expectations import read_cases
from watcher.config.resolve import rules_of
from watcher.tag import tag
from watcher.tag.expect import failures
from watcher.text.width import clip


@click.group()
def command() -> None:
    """Check your own expectations against the rules."""


@command.command("test")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--json", "as_json", is_flag=True, help="One JSON array, a case each.")
@common.options
def test(file: Path, as_json: bool, config_dir: Path | None) -> None:
    """Say which of the expectations in FILE the rules in force meet; exit 1 if one fails.

    FILE holds [[case]] tables, each a text and what must and must not be said of it. Its keys:
    title, text or file; topics, main, no_topics; regions, primary, dateline, org, implied,
    no_regions; organisations, no_organisations.

    \b
    Examples:
      watcher rules test config/expectations.toml
      watcher rules test config/expectations.toml --json
    """
    rules = rules_of(common.config_of(config_dir))
    cases = read_cases(file, rules)
    told = [(case, list(failures(case.expected, tag(case.title, case.text, rules), rules))) for case in cases]
    failed = sum(bool(wrong) for _, wrong in told)
    if as_json:
        rows = [
            {"name": case.name, "line": case.line, "holds": not wrong, "failures": wrong}
            for case, wrong in told
        ]
        output.print_json(rows)
    else:
        for case, wrong in told:
            mark = click.style("FAIL", fg="red") if wrong else click.style("ok  ", fg="green")
            click.echo(f"{mark}  {clip(case.name, output.WIDTH - 16)}  line {case.line}")
            for what in wrong:
                click.echo(f"        {what}")
        click.echo(f"{output.plural(len(told), 'case')}, {failed} failed")
    if failed:
        sys.exit(1)
