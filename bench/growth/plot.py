"""Small line plots as SVG: one panel a figure, the number of items or feeds on a logarithmic axis.

Curves are named behind their last points; names that would lie upon each other are moved apart.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
_COLOURS = ("#06c", "#c40", "#080", "#80a")
_LEFT, _RIGHT = 60, 190  # room for the numbers before a panel, and for the names behind it
_LINE = 16  # between two lines of text


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: its title, curves by name, and a level that must be kept, if there is one."""

    title: str
    curves: Sequence[tuple[str, Sequence[Point]]]
    level: tuple[str, float] | None = None
    upright: bool = False  # a logarithmic axis upwards as well


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a panel lies on the page, and which numbers its corners stand for."""

    top: float
    bottom: float
    end: float  # of the axis to the right
    xs: Point  # the least and the most
    ys: Point
    upright: bool

    def across(self, x: float) -> float:
        least, most = map(math.log10, self.xs)
        return _LEFT + (math.log10(x) - least) / ((most - least) or 1) * (self.end - _LEFT)

    def up(self, y: float) -> float:
        least, most = self.ys
        share = math.log(max(y, least) / least) / math.log(most / least) if self.upright else y / most
        return self.bottom - share * (self.bottom - self.top)


def drawn(panels: Sequence[Panel], unit: str, width: int = 820, height: int = 150) -> str:
    """All panels, one below the other; `unit` names what is counted to the right."""
    step = height + 4.5 * _LINE
    parts = [_panel(panel, unit, 40 + row * step, width, height) for row, panel in enumerate(panels)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{len(panels) * step + 10:.0f}"'
        f' font-family="sans-serif" font-size="13">{"".join(parts)}</svg>\n'
    )


def _panel(panel: Panel, unit: str, top: float, width: int, height: int) -> str:
    frame = _frame(panel, top, width, height)
    return "".join(
        (
            f'<text x="{_LEFT}" y="{top - 12:g}">{panel.title}</text>',
            *_axes(frame, unit),
            *_level(panel, frame),
            *_curves(panel, frame),
            *_names(panel, frame),
        )
    )


def _frame(panel: Panel, top: float, width: int, height: int) -> _Frame:
    points = [point for _, curve in panel.curves for point in curve]
    xs = [x for x, _ in points]
    ys = [y for _, y in points] + ([panel.level[1]] if panel.level else [])
    least = min(y for y in ys if y > 0) / 1.5 if panel.upright else 0.0
    return _Frame(
        top, top + height, width - _RIGHT, (min(xs), max(xs)), (least, max(ys) * 1.15), panel.upright
    )


def _axes(frame: _Frame, unit: str) -> Iterator[str]:
    for x in _powers(*frame.xs):
        at = frame.across(x)
        yield f'<path d="M{at:.1f} {frame.top:g}V{frame.bottom:g}" stroke="#eee"/>'
        yield f'<text x="{at:.1f}" y="{frame.bottom + 20:g}" text-anchor="middle">{x:,}</text>'
    for y in _powers(*frame.ys) if frame.upright else _steps(frame.ys[1]):
        at = frame.up(y)
        yield f'<path d="M{_LEFT} {at:.1f}H{frame.end:g}" stroke="#eee"/>'
        yield f'<text x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{y:,g}</text>'
    yield f'<path d="M{_LEFT} {frame.top:g}V{frame.bottom:g}H{frame.end:g}" fill="none" stroke="#999"/>'
    yield f'<text x="{frame.end:g}" y="{frame.bottom + 36:g}" text-anchor="end">{unit}</text>'


def _level(panel: Panel, frame: _Frame) -> Iterator[str]:
    if panel.level:
        at = frame.up(panel.level[1])
        yield f'<path d="M{_LEFT} {at:.1f}H{frame.end:g}" stroke="#c00" stroke-dasharray="5 4"/>'


def _curves(panel: Panel, frame: _Frame) -> Iterator[str]:
    for number, (_, curve) in enumerate(panel.curves):
        colour = _COLOURS[number % len(_COLOURS)]
        points = [(frame.across(x), frame.up(y)) for x, y in curve]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points)


def _names(panel: Panel, frame: _Frame) -> Iterator[str]:
    """Each curve's name with its last value, and the level's, as near to their lines as they can stand."""
    named = [
        (frame.up(curve[-1][1]), f"{name}, {curve[-1][1]:,.3g}", _COLOURS[number % len(_COLOURS)])
        for number, (name, curve) in enumerate(panel.curves)
    ]
    if panel.level:
        named.append((frame.up(panel.level[1]), panel.level[0], "#c00"))
    named.sort()
    for at, (_, text, colour) in zip(_apart([at for at, _, _ in named]), named, strict=True):
        yield f'<text x="{frame.end + 8:g}" y="{at + 4:.1f}" fill="{colour}">{text}</text>'


def _apart(wanted: Sequence[float]) -> list[float]:
    """Heights in rising order, moved until a line of text fits between any two; each run about its middle."""
    runs: list[list[float]] = []
    for at in wanted:
        runs.append([at])
        while len(runs) > 1 and _places(runs[-1])[0] - _places(runs[-2])[-1] < _LINE:
            runs[-2:] = [runs[-2] + runs[-1]]
    return [at for run in runs for at in _places(run)]


def _places(run: Sequence[float]) -> list[float]:
    first = sum(run) / len(run) - _LINE * (len(run) - 1) / 2
    return [first + _LINE * number for number in range(len(run))]


def _powers(least: float, most: float) -> list[int]:
    """The powers of ten in a stretch; those of one and above."""
    first = max(math.ceil(math.log10(least) - 1e-9), 0)
    return [10**power for power in range(first, math.floor(math.log10(most) + 1e-9) + 1)]


def _steps(most: float) -> list[float]:
    """Two to five round numbers from zero on."""
    rough = most / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * times for times in (1, 2, 5, 10) if unit * times >= rough)
    return [round(step * number, 10) for number in range(int(most / step) + 1)]
