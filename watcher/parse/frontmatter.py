"""The block of `key: value` lines before a post: parted from the body and read, valid YAML or not.

Values stay the strings that were written: YAML is only composed, never constructed, so that no
date, number or object comes to life (`NO` stays NO, `12:30:00` is no 45000, 30 February no error).
Says what the block holds, not what it means.
"""

import re
from collections.abc import Iterator

import yaml

MAX_BLOCK = 64 * 1024  # characters; a longer block is no front matter
WISHED = frozenset({
    "title", "author", "date", "updated", "pubdate", "published", "publishdate", "created",
    "categories", "category", "tags", "tag", "keywords", "source", "outlet", "from", "url", "link",
    "permalink", "original", "original_url", "source_url", "layout", "lang", "language",
})  # fmt: skip

Value = str | list[str]

_NODE_BUDGET = 1_000  # an alias bomb composes in no time and grows when walked
_FENCE = re.compile(r"-{3,}[ \t]*")
_KEY = re.compile(r"([A-Za-z_][\w-]{0,40})[ \t]*:(?:[ \t]+(.*)|[ \t]*)")
_DASH = re.compile(r"[ \t]*-[ \t]+(.*)")
_TEXT_KEYS = WISHED - frozenset({"categories", "category", "tags", "tag", "keywords"})


def split(text: str) -> tuple[dict[str, Value], str, tuple[str, ...]]:
    """Returns the wished keys (lower case), the body and notes on what had to be guessed.

    Takes a BOM, blank lines before the block, and old Hexo posts whose block has no first `---`.
    Without a block the body is the whole text.
    """
    text = text.removeprefix("\ufeff")
    found = _block(text.lstrip())
    if found is None:
        return {}, text, ()
    block, body = found
    lenient = dict(_lines(block))
    strict = _composed(block)
    if strict is None:
        return lenient, body, ("front matter is no valid YAML, read line by line",)
    values = {key: _chosen(key, value, lenient) for key, value in strict.items()}
    return {key: value for key, value in values.items() if value}, body, ()


def _block(text: str) -> tuple[str, str] | None:
    """The lines between the fences and what follows, if these lines look like front matter."""
    lines = text[: MAX_BLOCK + 8].split("\n")
    opened = _FENCE.fullmatch(lines[0].rstrip("\r")) is not None
    for number, line in enumerate(lines[1:], start=1):
        if _FENCE.fullmatch(line.rstrip("\r")) or (opened and line.rstrip() == "..."):
            block = lines[1:number] if opened else lines[:number]
            if not _is_block(block, opened=opened):
                return None
            return "\n".join(block), text[len("\n".join(lines[: number + 1])) + 1 :]
    return None


def _is_block(lines: list[str], *, opened: bool) -> bool:
    """A `---` also rules a line across Markdown; without a first fence every line must look the part."""
    keys = {match[1].lower() for line in lines if (match := _KEY.fullmatch(line.rstrip()))}
    if not keys & WISHED:
        return False
    return opened or all(
        not line.strip() or line[0] in " \t-#" or _KEY.fullmatch(line.rstrip()) for line in lines
    )


def _composed(block: str) -> dict[str, tuple[yaml.Node, Value]] | None:
    """The block as YAML nodes with their flat values, or None where it is no mapping in valid YAML."""
    try:
        root = yaml.compose(block, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):  # `title: @…`; `\x00`; 60,000 times `[`
        return None
    if not isinstance(root, yaml.MappingNode):
        return None
    pairs = ((str(key.value).lower(), node) for key, node in root.value if isinstance(key, yaml.ScalarNode))
    return {key: (node, _flat(node)) for key, node in pairs if key in WISHED}


def _flat(node: yaml.Node) -> Value:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value).strip()
    budget = iter(range(_NODE_BUDGET))
    return [value for value in _scalars(node, budget) if value]


def _scalars(node: yaml.Node, budget: Iterator[int]) -> Iterator[str]:
    """The strings of a list, and of lists in it (Hexo's `- [a, b]`)."""
    waiting = [node]
    while waiting and next(budget, None) is not None:
        node = waiting.pop()
        if isinstance(node, yaml.ScalarNode):
            yield str(node.value).strip()
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(reversed(node.value[:_NODE_BUDGET]))


def _chosen(key: str, found: tuple[yaml.Node, Value], lenient: dict[str, Value]) -> Value:
    """YAML's reading, but the line as written where YAML sees a list or a comment in a title.

    `title: [快讯]` is a list to YAML, `title: 走进 #工业互联网` only 走进.
    """
    node, value = found
    quoted = isinstance(node, yaml.ScalarNode) and node.style is not None
    return lenient.get(key, value) if key in _TEXT_KEYS and not quoted else value


def _lines(block: str) -> Iterator[tuple[str, Value]]:
    """Reads `key: value` lines and the indented or dashed lines that belong to the key above."""
    key, value, items = "", "", list[str]()
    for line in map(str.rstrip, [*block.split("\n"), "end:"]):
        if match := _KEY.fullmatch(line):
            if key in WISHED and (items or value):
                yield key, items or (value if key in _TEXT_KEYS else _listed(value))
            key, value, items = match[1].lower(), _unquoted(match[2] or ""), []
        elif dashed := _DASH.fullmatch(line):
            items.append(_unquoted(dashed[1]))
        elif line[:1] in {" ", "\t"} and line.strip():
            value = _unquoted(f"{value} {line.strip()}".strip())


def _unquoted(value: str) -> str:
    """Takes off quotes at both ends, any number: the wild has titles between eleven `"` and a `'`."""
    value = value.strip()
    while len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1].strip()
    return "" if value in {"'", '"'} else value


def _listed(value: str) -> Value:
    """`[a, "b"]` as a list; anything else as it is."""
    if not (value.startswith("[") and value.endswith("]")):
        return value
    return [item for part in value[1:-1].split(",") if (item := _unquoted(part))]
