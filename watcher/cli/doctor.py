"""`watcher doctor`."""

import sys
from pathlib import Path

import click

from watcher.cli import common, output
from watcher.service.checkup import examine

MARKS = {"ok": "ok", "warn": "look", "bad": "BAD"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array, a finding each.")
@common.options
def command(as_json: bool, config_dir: Path | None) -> None:
    """Check the machine, the config and the store, and say what to do about what is not well.

    Changes nothing; greets the mail server but sends no mail. Exit code 1 when something is bad.

    \b
    Examples:
      watcher doctor
      sudo -u watcher watcher -c /etc/watcher doctor
    """
    findings = examine(common.config_of(config_dir), common.utc_now())
    if as_json:
        output.print_json(findings)
    else:
        for finding in findings:
            click.echo(f"{MARKS[finding.verdict]:5} {finding.check}: {finding.what}")
            if finding.advice:
                click.echo(f"      {finding.advice}")
    sys.exit(any(finding.verdict == "bad" for finding in findings))
