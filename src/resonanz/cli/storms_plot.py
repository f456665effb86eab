"""The picture of `resonanz storms`: the series, what was usual, the alarms and since when, as a plain SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from html import escape

import numpy as np

from resonanz.cli.storms_words import KINDS, moment, number
from resonanz.cli.text import _, ngettext
from resonanz.detection import Alarm, Track
from resonanz.detection import engine as e
from resonanz.detection.series import Series, steps
from resonanz.detection.state import Floats

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 1200, 420, 64, 56, 44
#: More points than pixels say nothing; each pixel shows the highest of its steps.
_COLUMNS = WIDTH - 2 * LEFT
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#3b4754}.title{font-size:16px;font-weight:600}"
    ".count{fill:none;stroke:#0f766e;stroke-width:1.2}"
    ".negative{fill:none;stroke:#b45309;stroke-width:1.2}.usual{fill:#94a3b8;fill-opacity:.35}.axis{stroke:#cbd5e1}"
    ".alarm{stroke:#b91c1c;stroke-width:1.6}.onset{stroke:#b91c1c;stroke-dasharray:3 4}.mark{fill:#b91c1c}"
)


def draw(series: Series, track: Track, zone: tzinfo) -> str:
    """An SVG document. Rates are per hour; the band is the range in which eight of ten usual steps lie."""
    start, minutes, counts, negatives, _authors, _rows = steps(series)
    begin, end = int(start[0]), int(start[-1] + minutes[-1])
    columns = np.minimum(_COLUMNS - 1, (start - begin) * _COLUMNS // max(1, end - begin))
    usual = track.rows[:, e.USUAL]
    half = 1.28 * np.sqrt(np.maximum(usual * minutes, 1e-9)) / minutes
    low, high = _highest(columns, np.maximum(0, usual - half) * 60), _highest(columns, (usual + half) * 60)
    line = _highest(columns, np.nan_to_num(counts) / minutes * 60)
    marks = _round_marks(float(max(np.nanmax(line), np.nanmax(high))))
    frame = _Frame(begin, max(1, end - begin), marks[-1], gaps_show=len(start) > _COLUMNS)
    title = escape(_title(track))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><style>{_STYLE}</style>',
        f"<title>{title}</title>",
        f'<text class="title" x="{LEFT}" y="24">{title}</text>',
        *(_tick(value, frame.y(value)) for value in marks),
        *(_time_label(frame.x(m), moment(m, zone)) for m in np.linspace(begin, end, 5)),
        f'<path class="usual" d="{frame.band(low, high)}"/>',
        f'<path class="count" d="{frame.path(line)}"/>',
    ]
    if series.moods:
        hourly = _highest(columns, np.nan_to_num(negatives) / minutes * 60)
        parts.append(f'<path class="negative" d="{frame.path(hourly)}"/>')
    parts += [part for alarm in track.alarms for part in _alarm(frame, alarm)]
    return "\n".join([*parts, _key(series.moods), "</svg>\n"])


@dataclass(frozen=True)
class _Frame:
    """Where a minute and a rate lie in the picture."""

    begin: int
    minutes: int
    top: float  # the highest rate shown
    gaps_show: bool  # with fewer steps than columns the empty ones between are no gap

    def x(self, minute: float) -> float:
        return LEFT + (minute - self.begin) / self.minutes * _COLUMNS

    def y(self, rate: float) -> float:
        return HEIGHT - BOTTOM - rate / self.top * (HEIGHT - BOTTOM - TOP)

    def path(self, values: Floats) -> str:
        """A line through the columns that hold steps; a gap breaks it."""
        out, pen = [], "M"
        for column, value in enumerate(values):
            if np.isnan(value):
                pen = "M" if self.gaps_show else pen
                continue
            out.append(f"{pen}{LEFT + column} {self.y(float(value)):.1f}")
            pen = "L"
        return "".join(out)

    def band(self, low: Floats, high: Floats) -> str:
        """The area between two lines."""
        there = np.flatnonzero(~np.isnan(low))
        corners = [(c, high[c]) for c in there] + [(c, low[c]) for c in there[::-1]]
        return f"M{'L'.join(f'{LEFT + c} {self.y(float(rate)):.1f}' for c, rate in corners)}Z"


def _round_marks(highest: float) -> list[float]:
    """Round rates from 0 to `highest` or a little above, three to six of them."""
    rough = max(highest, 0.1) / 4
    size = 10.0 ** np.floor(np.log10(rough))
    step = float(next(size * n for n in (1, 2, 5, 10) if size * n >= rough))
    return [step * i for i in range(int(np.ceil(highest / step)) + 1 if highest > 0 else 2)]


def _alarm(frame: _Frame, alarm: Alarm) -> tuple[str, str, str]:
    """Lines at an alarm and its onset, and what it is called, inside the picture."""
    at, foot = frame.x(alarm.at), HEIGHT - BOTTOM
    anchor = "end" if at > WIDTH - 2 * LEFT else "start" if at < 2 * LEFT else "middle"
    label = escape(f"{_(KINDS[alarm.kind])} · {alarm.level}")
    return (
        f'<path class="onset" d="M{frame.x(max(alarm.onset, frame.begin)):.1f} {TOP}V{foot}"/>',
        f'<path class="alarm" d="M{at:.1f} {TOP - 8}V{foot}"/>',
        f'<text class="mark" text-anchor="{anchor}" x="{at:.1f}" y="{TOP - 12}">{label}</text>',
    )


def _highest(columns: np.ndarray, values: Floats) -> Floats:
    """The highest value of each column; nan where no step lies."""
    out = np.full(_COLUMNS, np.nan)
    np.fmax.at(out, columns, values)
    return out


def _title(track: Track) -> str:
    n = len(track.alarms)
    return ngettext("Messages an hour, {n} alarm", "Messages an hour, {n} alarms", n).format(n=n)


def _tick(value: float, y: float) -> str:
    return (
        f'<path class="axis" d="M{LEFT} {y:.1f}H{LEFT + _COLUMNS}"/>'
        f'<text text-anchor="end" x="{LEFT - 8}" y="{y + 4:.1f}">{number(value) if value else 0}</text>'
    )


def _time_label(x: float, text: str) -> str:
    return f'<text text-anchor="middle" x="{x:.1f}" y="{HEIGHT - BOTTOM + 22}">{text}</text>'


def _key(moods: bool) -> str:
    entries = [
        ("#0f766e", _("all")),
        ("#b45309", _("negative")),
        ("#94a3b8", _("usual")),
        ("#b91c1c", _("alarm; dashed: onset")),
    ]
    texts = (
        f'<tspan dx="14" fill="{colour}" style="fill:{colour}">{escape(text)}</tspan>'
        for colour, text in entries
        if moods or colour != "#b45309"
    )
    return f'<text text-anchor="end" x="{LEFT + _COLUMNS}" y="24">{"".join(texts)}</text>'
