"""Draws what a poll costs as SVG: one bar a poller, one group a phase."""

from bench.speed.compare import Results
from bench.speed.peers import OURS
from bench.speed.served import PHASES

WIDTH, LEFT, RIGHT = 900, 210, 90
BAR, GAP = 18, 6


def drawn(results: Results) -> str:
    """The bars of a phase share one scale, from zero to the longest of them."""
    parts, top = [], 10
    for phase in PHASES:
        bars = {name: results.cpu(phase, name) or 0 for name in results.names(phase)}
        parts.append(f'<text x="0" y="{top + 14}" font-weight="bold">{phase}, CPU ms a feed</text>')
        top += 24
        for name, value in bars.items():
            length = value / max(bars.values()) * (WIDTH - LEFT - RIGHT)
            colour = "#06c" if name == OURS else "#aaa"
            parts.append(
                f'<text x="{LEFT - 8}" y="{top + 14}" text-anchor="end">{name}</text>'
                f'<rect x="{LEFT}" y="{top}" width="{length:.1f}" height="{BAR}" fill="{colour}"/>'
                f'<text x="{LEFT + length + 6:.1f}" y="{top + 14}">{value:.2f}</text>'
            )
            top += BAR + GAP
        top += 14
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" font-family="sans-serif" '
        f'font-size="13">{"".join(parts)}</svg>\n'
    )
