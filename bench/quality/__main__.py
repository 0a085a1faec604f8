"""Scores what is read and tagged against the reference answers, one section a topic.

python -m bench.quality [clean feeds mojibake tags ...]
"""

import importlib
import sys
from pathlib import Path

LONG = {"digest", "fuzz", "pages", "search", "stories"}  # minutes each: by name only
SECTIONS = sorted(
    path.stem
    for path in Path(__file__).parent.glob("*.py")
    if not path.stem.startswith("_") and path.stem not in LONG
)


def main() -> None:
    """Run each named section, or all but the fuzzers."""
    for name in sys.argv[1:] or SECTIONS:
        print(f"\n── {name} " + "─" * (70 - len(name)))
        sys.argv[1:] = []
        importlib.import_module(f"bench.quality.{name}").main()


if __name__ == "__main__":
    main()
