"""The picture of `resonanz storms`: the series, what was usual, the alarms and since when, as a plain SVG."""

from __future__ import annotations

from datetime import tzinfo
from html import escape

import numpy as np

from resonanz.cli.storms_words import KINDS, moment, number
from resonanz.cli.text import _
from resonanz.detection import Track
from resonanz.detection import engine as e
from resonanz.detection.series import Series, steps
from resonanz.detection.state import Floats

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 1200, 420, 64, 56, 44
#: More points than pixels say nothing; each pixel shows the highest and the mean of its steps.
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
    hourly = np.nan_to_num(counts) / minutes * 60
    columns = np.minimum(_COLUMNS - 1, (start - begin) * _COLUMNS // max(1, end - begin))
    usual = track.rows[:, e.USUAL]
    half = 1.28 * np.sqrt(np.maximum(usual * minutes, 1e-9)) / minutes
    low, high = _highest(columns, np.maximum(0, usual - half) * 60), _highest(columns, (usual + half) * 60)
    line = _highest(columns, hourly)
    top = float(max(np.nanmax(line), np.nanmax(high), 1e-6)) * 1.05

    def x(minute: float) -> float:
        return LEFT + (minute - begin) / max(1, end - begin) * _COLUMNS

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP)

    def path(values: Floats) -> str:
        """A line through the columns that hold steps; a gap breaks it."""
        out, pen = [], "M"
        for column, value in enumerate(values):
            if np.isnan(value):
                # With fewer steps than columns the empty ones between are no gap.
                pen = "M" if len(start) > _COLUMNS else pen
                continue
            out.append(f"{pen}{LEFT + column:.1f} {y(float(value)):.1f}")
            pen = "L"
        return "".join(out)

    known = ~np.isnan(low)
    places = np.flatnonzero(known)
    band = [f"{LEFT + c} {y(float(high[c])):.1f}" for c in places] + [
        f"{LEFT + c} {y(float(low[c])):.1f}" for c in places[::-1]
    ]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><style>{_STYLE}</style>',
        f"<title>{escape(_title(track))}</title>",
        f'<text class="title" x="{LEFT}" y="24">{escape(_title(track))}</text>',
        *(_tick(value, y(value)) for value in (0.0, top / 2, top)),
        *(_time_label(x(m), moment(m, zone)) for m in np.linspace(begin, end, 5)),
        f'<path class="usual" d="M{"L".join(band)}Z"/>',
        f'<path class="count" d="{path(line)}"/>',
    ]
    if series.moods:
        parts.append(
            f'<path class="negative" d="{path(_highest(columns, np.nan_to_num(negatives) / minutes * 60))}"/>'
        )
    for alarm in track.alarms:
        parts.append(f'<path class="onset" d="M{x(alarm.onset):.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        parts.append(f'<path class="alarm" d="M{x(alarm.at):.1f} {TOP - 8}V{HEIGHT - BOTTOM}"/>')
        label = f"{_(KINDS[alarm.kind])} · {alarm.level}"
        parts.append(
            f'<text class="mark" text-anchor="middle" x="{x(alarm.at):.1f}" y="{TOP - 12}">{escape(label)}</text>'
        )
    parts.append(_key(series.moods))
    return "\n".join([*parts, "</svg>\n"])


def _highest(columns: np.ndarray, values: Floats) -> Floats:
    """The highest value of each column; nan where no step lies."""
    out = np.full(_COLUMNS, np.nan)
    np.fmax.at(out, columns, values)
    return out


def _title(track: Track) -> str:
    from resonanz.cli.text import ngettext

    n = len(track.alarms)
    return ngettext("Messages an hour, {n} alarm", "Messages an hour, {n} alarms", n).format(n=n)


def _tick(value: float, y: float) -> str:
    return (
        f'<path class="axis" d="M{LEFT} {y:.1f}H{LEFT + _COLUMNS}"/>'
        f'<text text-anchor="end" x="{LEFT - 8}" y="{y + 4:.1f}">{number(value)}</text>'
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
