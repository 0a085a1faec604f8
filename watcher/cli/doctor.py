"""`watcher doctor`."""

import shutil
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
        width = shutil.get_terminal_size((output.WIDTH, 24)).columns
        for finding in findings:
            head = f"{MARKS[finding.verdict]:5} "
            for text, indent in ((f"{finding.check}: {finding.what}", head), (finding.advice, " " * 6)):
                if text:
                    click.echo(click.wrap_text(text, width, indent, " " * 6))
    sys.exit(any(finding.verdict == "bad" for finding in findings))
