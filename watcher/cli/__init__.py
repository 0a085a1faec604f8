"""The command line: one small file a verb, loaded only when the verb is used."""

import gc
import importlib
import sys
from typing import Any

import click

from watcher import __version__
from watcher.cli.options import root_options
from watcher.errors import WatcherError

# Adding a verb is one file and one line here. The help stands here as well, so that
# `watcher --help` need not import thirteen modules to show a list.
VERBS = {
    "init": "Write a commented starter config that works as it is.",
    "check": "Read the config and list every problem in it.",
    "config": "Show the settings in force and where each came from.",
    "poll": "Make one pass over the sources that are due, then exit.",
    "run": "Poll and send digests on schedule until stopped.",
    "digest": "List, preview, send and resend digests.",
    "test-mail": "Prove the mail settings; say in plain words what is wrong.",
    "status": "Show sources, counts, next digests and undelivered mail.",
    "search": "Find items by their words; right for 重庆, 上云 and 5G.",
    "figures": "Show the figures that articles state, as a table.",
    "inspect": "Look into the database in a browser, with pictures.",
    "export": "Write items, figures or a digest as csv, json, Atom or SQLite.",
    "why": "Explain one item: its date, its tags, where it was seen.",
    "story": "Show a story with all its copies, and correct it.",
    "tag": "Say what the rules make of a text, without storing it.",
    "retag": "Apply changed rules to stored items; say what changed.",
    "rules": "Check your own expectations against the rules.",
    "sources": "List, try, import, export and reset the sources.",
    "db": "Back up, check, restore, migrate and prune the database.",
    "doctor": "Check the machine, the config and the store; say what to do.",
    "worker": "Fetch and read for a head elsewhere, on a Dask cluster.",
}

EXAMPLES = """\b
Examples:
  watcher init                      a config to begin with
  watcher poll                      read what is new, once
  watcher digest send daily         make and deliver a digest now
  watcher search 重庆 标识解析      look something up
  watcher run                       the service: all of it, on schedule

The config is looked for in --config, $WATCHER_CONFIG, ./config,
~/.config/watcher and /etc/watcher. Exit codes: 0 done, 1 nothing could be
done, 2 usage or config, 3 another instance is at work, 4 database unusable."""


class Verbs(click.Group):
    """A group whose commands live in modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order in which one meets them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one verb."""
        if cmd_name not in VERBS:
            return None
        # What is loaded stays: to look for rubbish in it, now and at the end, is a tenth of the start.
        gc.disable()
        try:
            found: Any = importlib.import_module(f"watcher.cli.{cmd_name.replace('-', '_')}")
        finally:
            gc.freeze()
            gc.enable()
        command: click.Command = found.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="watcher")
@root_options
def root(**_: object) -> None:
    """A feed watcher for China's industrial internet (工业互联网), by region."""


def main() -> None:
    """Run the command line; a WatcherError becomes its sentence on stderr and its exit code."""
    try:
        root.main(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except WatcherError as error:
        click.echo(f"watcher: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # `watcher search … | head`: the reader has had enough
