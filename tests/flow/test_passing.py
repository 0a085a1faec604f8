"""What an article lacks is explained on the command line, not only what it has."""

import json

from click.testing import CliRunner

from watcher.cli.tag import command

TEXT = "春耕由南向北展开。\n农户忙着备耕。\n各地气温回升。\n当地发放补贴，大家都很高兴。\n"


def said(*options: str) -> str:
    done = CliRunner().invoke(command, ["-", *options], input=TEXT, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_a_topic_that_is_only_touched_is_told_with_its_words() -> None:
    [line] = [line for line in said().splitlines() if line.strip().startswith("not ")]
    assert "资金与投资" in line
    assert "5 of 6 points" in line
    assert "补贴 ×1" in line


def test_and_for_programs() -> None:
    [row] = json.loads(said("--json"))
    assert row["topics"] == []
    [passing] = row["passing"]
    assert (passing["id"], passing["points"]) == ("funding", 5)
    assert passing["evidence"] == [{"term": "补贴", "where": "body", "count": 1}]
