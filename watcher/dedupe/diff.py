"""What changed between two texts of an article, readable for people: `已建成[-17-]{+20+}个二级节点`.

Sentences are matched first, words second: a number or a Latin word changes as a whole, Chinese text by
characters. Shows what changed, with a little of what stands around it; decides nothing.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

AROUND = 12  # characters shown on either side of a change
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?]|[^。！？!?\n]+|\n")
_WORD = re.compile(r"[A-Za-z]+|\d+(?:[.,]\d+)*|\s+|.", re.DOTALL)


def changes(old: str, new: str) -> list[str]:
    """One line a changed place: `[-gone-]`, `{+come+}`, and `…` for what is left out around them."""
    return [
        line
        for gone, come in _differing(_SENTENCE.findall(old), _SENTENCE.findall(new))
        for line in _marked("".join(gone), "".join(come))
    ]


def _differing(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    matched = SequenceMatcher(None, old, new, autojunk=False)
    for verb, a, b, c, d in matched.get_opcodes():
        if verb != "equal":
            yield old[a:b], new[c:d]


def _marked(old: str, new: str) -> Iterator[str]:
    """The changes within one stretch; those that stand close together are one line."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    line = ""
    for verb, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        if verb != "equal":
            line += _bracket("[-", gone, "-]") + _bracket("{+", come, "+}")
        elif not line:
            line = _end(gone)
        elif len(gone) <= 2 * AROUND:
            line += gone
        else:
            yield _flat(line + gone[:AROUND] + "…")
            line = _end(gone)
    if "[-" in line or "{+" in line:
        yield _flat(line)


def _bracket(left: str, text: str, right: str) -> str:
    return f"{left}{text}{right}" if text else ""


def _end(text: str) -> str:
    return "…" + text[-AROUND:] if len(text) > AROUND else text


def _flat(line: str) -> str:
    return " ".join(line.split())
