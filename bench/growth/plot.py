"""Small line plots as SVG: one panel a figure, the number of items or feeds on a logarithmic axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]
_COLOURS = ("#06c", "#c40", "#080", "#80a")


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: its title, curves by name, and a level that must be kept, if there is one."""

    title: str
    curves: Sequence[tuple[str, Sequence[Point]]]
    level: tuple[str, float] | None = None
    upright: bool = False  # a logarithmic axis upwards as well


def drawn(panels: Sequence[Panel], unit: str, width: int = 760, height: int = 150) -> str:
    """All panels, one below the other; `unit` names what is counted to the right."""
    parts = [_panel(panel, unit, 40 + row * (height + 70), width, height) for row, panel in enumerate(panels)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 30}"'  # the last label hangs over
        f' height="{len(panels) * (height + 70) + 10}"'
        f' font-family="sans-serif" font-size="13">{"".join(parts)}</svg>\n'
    )


def _panel(panel: Panel, unit: str, top: int, width: int, height: int) -> str:
    points = [point for _, curve in panel.curves for point in curve]
    levels = [panel.level[1]] if panel.level else []
    left = math.log10(min(x for x, _ in points))
    right = math.log10(max(x for x, _ in points))
    most = max([y for _, y in points] + levels) * 1.15
    least = min([y for _, y in points if y > 0] + levels) / 1.5 if panel.upright else 0.0

    def across(x: float) -> float:
        return 60 + (math.log10(x) - left) / ((right - left) or 1) * (width - 80)

    def up(y: float) -> float:
        if panel.upright:
            return top + height * (1 - math.log(max(y, least) / least) / math.log(most / least))
        return top + height * (1 - y / most)

    parts = [
        f'<text x="60" y="{top - 12}">{panel.title}</text>',
        f'<path d="M60 {top}V{top + height}H{width - 20}" fill="none" stroke="#999"/>',
    ]
    for power in range(math.ceil(left - 1e-9), math.floor(right + 1e-9) + 1):
        x = across(10**power)
        parts.append(f'<path d="M{x:.1f} {top}V{top + height}" stroke="#eee"/>')
        parts.append(f'<text x="{x:.1f}" y="{top + height + 16}" text-anchor="middle">{10**power:,}</text>')
    parts += [
        f'<text x="54" y="{up(y) + 4:.1f}" text-anchor="end">{y:.3g}</text>' for y in {most / 1.15, *levels}
    ]
    parts.append(f'<text x="{width - 20}" y="{top + height + 32}" text-anchor="end">{unit}</text>')
    if panel.level:
        y = up(panel.level[1])
        parts.append(f'<path d="M60 {y:.1f}H{width - 20}" stroke="#c00" stroke-dasharray="5 4"/>')
        parts.append(f'<text x="66" y="{y - 4:.1f}" fill="#c00">{panel.level[0]}</text>')
    for at, (name, curve) in enumerate(panel.curves):
        line = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in curve)
        colour = _COLOURS[at % len(_COLOURS)]
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts += [f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3" fill="{colour}"/>' for x, y in curve]
        parts.append(
            f'<text x="{width - 24}" y="{top + 12 + 16 * at}" text-anchor="end" fill="{colour}">{name}</text>'
        )
    return "".join(parts)
