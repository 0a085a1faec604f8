"""The faults that `make mutation` makes: each operator's table, and what is left alone."""

import pytest

from bench.mutation.mutants import mutants_of


def broken(source: str) -> set[str]:
    text = source.encode()
    return {mutant.applied(text).decode() for mutant in mutants_of(text)}


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("a < b", {"(a <= b)", "(a >= b)"}),
        ("a is not b", {"(a is b)"}),
        ("a + b", {"(a - b)"}),
        ("not a", {"a"}),
        ("a and b", {"(a or b)", "a", "b"}),
        ("min(a, b)", {"(max(a, b))"}),
        ("f(a, b=c, d=e)", {"f(a, d=e)", "f(a, b=c, )"}),
        ("[a for a in b if c]", {"([a for a in b])"}),
        ("a if b else c", {"a if True else c", "a if False else c"}),
        ("7", {"8"}),
        ("True", {"False"}),
        ("'年'", {"''"}),
        ("r'年?'", {"''", "r'年'"}),
        ("r'[ab]'", {"''", "r'[a]'", "r'[b]'"}),
        ("r'(?<!x)y'", {"''", "r'y'"}),
        ("r'(a|bc)'", {"''", "r'(a)'"}),
        (
            '"SELECT a FROM b WHERE c <= ?"',
            {"''", '"SELECT a FROM b WHERE c < ?"'},
        ),
    ],
)
def test_what_an_expression_becomes(source: str, wanted: set[str]) -> None:
    assert broken(f"x = {source}\n") == {f"x = {changed}\n" for changed in wanted}


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("def f(x):\n    x = g(x)\n", {"def f(x):\n    pass\n"}),
        ("def f(x):\n    return x\n", {"def f(x):\n    return None\n"}),
        ("for x in y:\n    continue\n", {"for x in y:\n    break\n"}),
        ("if a:\n    b\n", {"if True:\n    b\n", "if False:\n    b\n", "if a:\n    pass\n"}),
        ("'''What it does.'''\n", set()),
        ("from a import b\n", set()),
        ("__all__ = ['a']\n", set()),
        ("crashpoint('here')\n", set()),
        ("def f(x: 'A | B') -> 'C':\n    x = y\n", set()),
        ("@dataclass(frozen=True)\nclass A:\n    a: int\n", set()),
    ],
)
def test_what_a_statement_becomes(source: str, wanted: set[str]) -> None:
    assert broken(source) == wanted


def test_a_mutant_is_told_by_the_line_around_it() -> None:
    source = "def f(x):\n    return x  # 年\n\n\ndef g(x):\n    return x + 1\n".encode()
    told = [mutant.told(source) for mutant in mutants_of(source)]
    assert told[0] == "return x # 年 -> return None # 年"
    assert "return x + 1 -> return x + 2" in told
