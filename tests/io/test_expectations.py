"""Files of users' own expectations: what is wrong with one is told with its line."""

from pathlib import Path

import pytest

from watcher.config.expectations import read_cases
from watcher.errors import ConfigError
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped

RULES = compile_rules(shipped())


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[[case]]\ntext = "重庆"\nregoins = ["重庆"]\n', "line 3 (case[1].regoins): no such key"),
        ('[[case]]\ntext = "重庆"\nregions = ["无有市"]\n', 'line 3 (case[1].regions): there is no "无有市"'),
        ('[[case]]\ntext = "重庆"\nmain = ["nope"]\n', 'line 3 (case[1].main): there is no "nope"'),
        ('[[case]]\nregions = ["重庆"]\n', "line 1 (case[1]): needs either text or file"),
        ('[[case]]\ntext = "a"\nfile = "b"\n', "needs either text or file"),
        ('[[case]]\nfile = "nowhere.txt"\n', "nowhere.txt cannot be read"),
        ("", "holds no [[case]]"),
        ("[[case", "is not TOML"),
    ],
)
def test_a_wrong_file_is_explained(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "cases.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_cases(path, RULES)
    assert what in str(caught.value)


def test_text_comes_from_a_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "post.txt").write_text("成都上云\n企业上云。\n", "utf-8")
    (tmp_path / "cases.toml").write_text(
        '[[case]]\nfile = "post.txt"\n[[case]]\ntitle = "题"\nfile = "post.txt"\n', "utf-8"
    )
    first, second = read_cases(tmp_path / "cases.toml", RULES)
    assert (first.title, first.text, first.name, first.line) == ("成都上云", "企业上云。\n", "成都上云", 1)
    assert (second.title, second.text) == ("题", "成都上云\n企业上云。\n")
