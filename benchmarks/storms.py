"""Every published figure of the storm detector, from seeds: `python -m benchmarks.storms COMMAND`.

Development years were used to choose rates, thresholds and tables; the years of `final` for nothing but the table.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import click
import numpy as np

from benchmarks.storms_lab.oracle import oracle
from benchmarks.storms_lab.product import HORIZONS, doubling_of, false_alarms, found_storms, watched
from benchmarks.storms_lab.rivals import RIVALS
from benchmarks.storms_lab.scoring import (
    alarm_minutes,
    delays,
    median_with_interval,
    rate_with_interval,
    threshold_for,
)
from benchmarks.storms_lab.world import (
    DAY,
    DOUBLING_MINUTES,
    SIZES,
    WARM_UP_DAYS,
    YEAR,
    BrandYear,
    brand_year,
)

OUT = Path(__file__).parent / "out"
WARM_UP = WARM_UP_DAYS * DAY
SCORED_YEARS = (YEAR - WARM_UP) / YEAR
#: First seeds of storm-free and stormy years. Nothing has ever been chosen by looking at the final ones.
SEEDS = {"development": (1000, 2000), "final": (90_000, 95_000)}

SPLIT = click.option("--split", type=click.Choice(list(SEEDS)), default="development", show_default=True)
CALM_YEARS = click.option(
    "--calm-years", default=24, show_default=True, help="Storm-free years of each size."
)
STORM_YEARS = click.option(
    "--storm-years", default=4, show_default=True, help="Years with storms of each size."
)
SIZE = click.option("--size", type=click.Choice(list(SIZES)), multiple=True, default=tuple(SIZES))
FLOOR = click.option("--surge-floor", default=0.0, help="Least size of surges: this × 1–4 messages an hour.")


def _years(split: str, size: str, count: int, storms: bool, floor: float = 0.0) -> list[BrandYear]:
    first = SEEDS[split][1 if storms else 0]
    return [brand_year(size, first + i, storms=storms, surge_floor=floor) for i in range(count)]


def _line(values: np.ndarray, doublings: np.ndarray, alarms: int, years: float) -> dict[str, object]:
    """One detector's figures: median delay by doubling time and pooled, share found, false alarms a year."""
    return {
        "by_doubling": {d: str(median_with_interval(values[doublings == d])) for d in DOUBLING_MINUTES},
        "pooled": float(np.median(values)),
        "pooled_text": str(median_with_interval(values)),
        "found": float(np.isfinite(values).mean()),
        "storms": len(values),
        "false_alarms": alarms,
        "false_alarms_a_year": str_rate(alarms, years),
    }


def str_rate(events: int, years: float) -> str:
    figure = rate_with_interval(events, years)
    return f"{figure.value:.2f} ({figure.low:.2f}–{figure.high:.2f})"


@click.group()
def main() -> None:
    """Simulate, judge, compare."""


@main.command()
@SPLIT
@CALM_YEARS
@STORM_YEARS
@SIZE
@FLOOR
def product(split: str, calm_years: int, storm_years: int, size: tuple[str, ...], surge_floor: float) -> None:
    """Our detector with the thresholds it ships with; what it says is judged as well."""
    for name in size:
        began = time.process_time()
        alarms = 0
        for i in range(calm_years):
            year = brand_year(name, SEEDS[split][0] + i, storms=False, surge_floor=surge_floor)
            alarms += false_alarms(watched(year), year)
        values, doublings, said, stray = [], [], [], 0
        for i in range(storm_years):
            year = brand_year(name, SEEDS[split][1] + i, storms=True, surge_floor=surge_floor)
            track = watched(year)
            found = {f.storm.onset: f for f in found_storms(track, year)}
            stray += false_alarms(track, year)
            for storm in year.storms:
                doublings.append(storm.doubling_minutes)
                values.append(
                    float(found[storm.onset].minute - storm.onset) if storm.onset in found else np.inf
                )
            said += list(found.values())
        result = _line(np.array(values), np.array(doublings), alarms, calm_years * SCORED_YEARS)
        result |= {"calm_years": calm_years, "alarms_outside_storms_in_storm_years": stray}
        result |= _what_it_says(said)
        result["processor_seconds_a_year"] = round(
            (time.process_time() - began) / (calm_years + storm_years), 2
        )
        _keep(f"product-{split}-{name}{'-floor' if surge_floor else ''}", result)


def _what_it_says(said: list) -> dict[str, object]:
    """Coverage of the 80 % ranges, and kinds and levels at the alarm."""
    ranges = [
        np.mean([f.alarm.forecast[h].low <= f.came[h] <= f.alarm.forecast[h].high for f in said])
        for h in range(len(HORIZONS))
    ]
    onset = np.mean(
        [
            f.alarm.onset_range[0]
            <= f.minute + 1 - f.age + f.alarm.at - f.minute - 1
            <= f.alarm.onset_range[1]
            for f in said
        ]
    )
    doubling = np.mean(
        [f.alarm.doubling_range[0] <= f.storm.doubling_minutes <= f.alarm.doubling_range[1] for f in said]
    )
    kinds: dict[str, int] = {}
    for f in said:
        kinds[f.alarm.kind.value] = kinds.get(f.alarm.kind.value, 0) + 1
    return {
        "forecast_coverage": {
            f"{m // 60} h": round(float(r), 3) for m, r in zip(HORIZONS, ranges, strict=True)
        },
        "onset_coverage": round(float(onset), 3),
        "doubling_coverage": round(float(doubling), 3),
        "kinds": kinds,
    }


@main.command()
@SPLIT
@click.option(
    "--threshold-years", default=12, show_default=True, help="Development years that set the thresholds."
)
@click.option("--calm-years", default=12, show_default=True)
@STORM_YEARS
@SIZE
@click.option("--only", multiple=True, help="Names of the methods to run; all without.")
def rivals(
    split: str,
    threshold_years: int,
    calm_years: int,
    storm_years: int,
    size: tuple[str, ...],
    only: tuple[str, ...],
) -> None:
    """The oracle and what others do, each with a threshold of one false alarm a year set on development years."""
    for name in size:
        learning = _years("development", name, threshold_years, storms=False)
        calm, stormy = (
            _years(split, name, calm_years, storms=False),
            _years(split, name, storm_years, storms=True),
        )
        doublings = np.array([s.doubling_minutes for y in stormy for s in y.storms])
        years = calm_years * SCORED_YEARS
        if not only or "oracle" in only:
            _keep(f"oracle-{split}-{name}", _oracle_line(name, learning, calm, stormy, doublings, years))
        for title, rival in RIVALS.items():
            if only and title not in only:
                continue
            try:
                limit = threshold_for([rival(y) for y in learning], 1.0, WARM_UP)
            except ImportError as error:
                click.echo(f"{title}: left out ({error})")
                continue
            alarms = sum(len(alarm_minutes(rival(y)[WARM_UP:], limit)) for y in calm)
            values = np.concatenate([delays(alarm_minutes(rival(y), limit), y.storms) for y in stormy])
            _keep(f"{title}-{split}-{name}", _line(values, doublings, alarms, years))


def _oracle_line(
    name: str,
    learning: list[BrandYear],
    calm: list[BrandYear],
    stormy: list[BrandYear],
    doublings: np.ndarray,
    years: float,
) -> dict[str, object]:
    """The oracle knows the doubling time: for each there is one, with a threshold of its own."""
    values = np.full(len(doublings), np.inf)
    alarms = 0
    for d in DOUBLING_MINUTES:
        limit = threshold_for([oracle(y, name, d) for y in learning], 1.0, WARM_UP)
        alarms += sum(len(alarm_minutes(oracle(y, name, d)[WARM_UP:], limit)) for y in calm)
        every = np.concatenate([delays(alarm_minutes(oracle(y, name, d), limit), y.storms) for y in stormy])
        values[doublings == d] = every[doublings == d]
    return _line(values, doublings, alarms, 4 * years)


def _keep(title: str, result: dict[str, object]) -> None:
    OUT.mkdir(exist_ok=True)
    (OUT / f"{title.replace('/', '-')}.json").write_text(
        json.dumps(result, ensure_ascii=False, indent=1), "utf-8"
    )
    click.echo(f"{title}: {json.dumps(result, ensure_ascii=False)}")


@main.command()
@SPLIT
def table(split: str) -> None:
    """The results of `product` and `rivals` as one table."""
    for name in SIZES:
        click.echo(
            f"\n| {name} ({SIZES[name]:g}/h) | 5 | 15 | 30 | 60 | pooled | × oracle | found | false alarms a year |"
        )
        click.echo("|---|---|---|---|---|---|---|---|---|")
        base = json.loads((OUT / f"oracle-{split}-{name}.json").read_text("utf-8"))["pooled"]
        for title in ("oracle", "product", *RIVALS):
            file = OUT / f"{title}-{split}-{name}.json"
            if file.exists():
                r = json.loads(file.read_text("utf-8"))
                cells = [
                    *r["by_doubling"].values(),
                    r["pooled_text"],
                    f"{r['pooled'] / base:.2f}",
                    f"{r['found']:.1%}",
                ]
                shown = "**Resonanz**" if title == "product" else title
                click.echo(f"| {shown} | {' | '.join([*cells, r['false_alarms_a_year']])} |")


@main.command()
@STORM_YEARS
def learn(storm_years: int) -> None:
    """Write the forecast's table from development storms, and print the ages' factors."""
    from resonanz.detection import engine as e
    from resonanz.detection import forecast_table
    from resonanz.detection.forecast import DOUBLING_EDGES, doubling_class

    quantiles, factors = (0.1, 0.5, 0.9), []
    text = [f'"""{(forecast_table.__doc__ or "").strip()}"""', ""]
    text += ["# [topic rate][doubling class][horizon] → (10 %, 50 %, 90 %)", "TABLE = ("]
    for name in SIZES:
        said = []
        for i in range(storm_years):
            year = brand_year(name, SEEDS["development"][1] + i, storms=True)
            said += list(found_storms(watched(year), year))
        factors += [f.age / f.row[e.AGE] for f in said]
        text.append("    (")
        for speed in range(len(DOUBLING_EDGES) + 1):
            mine = [f for f in said if doubling_class(doubling_of(f)) == speed]
            cells = []
            for h in range(len(HORIZONS)):
                excess = [(f.came[h] - f.row[e.USUAL] * HORIZONS[h]) / (f.row[e.LEVEL] * 60) for f in mine]
                low, middle, high = np.log(np.maximum(np.quantile(excess, quantiles), 0.05))
                cells.append(f"({low:.2f}, {middle:.2f}, {high:.2f})")
            click.echo(f"{name}, doubling class {speed}: {len(mine)} storms")
            text.append(f"        ({', '.join(cells)}),")
        text.append("    ),")
    text.append(")")
    Path(forecast_table.__file__).write_text("\n".join(text) + "\n", "utf-8")
    click.echo(
        f"true age / reckoned age, 10 %, 50 %, 90 %: {np.quantile(factors, quantiles).round(2).tolist()}"
    )


@main.command()
@click.option("--storms", default=50, show_default=True, help="Organic storms, and as many with a campaign.")
@click.option("--seed", default=700, show_default=True)
def coordination(storms: int, seed: int) -> None:
    """Accounts of generated campaigns found in organic storms, beside the published rule."""
    from benchmarks.storms_lab.campaigns import campaign, organic
    from resonanz.detection.coordination import rings, rule

    called = sum(bool(rings(organic(np.random.default_rng([seed, i])))) for i in range(storms))
    hits, named, all_bought = np.zeros(2), np.zeros(2), 0
    for i in range(storms):
        rng = np.random.default_rng([seed + 1, i])
        actions = organic(rng)
        bought = campaign(rng, actions)
        ours = {name for ring in rings(actions) for name in ring.authors}
        theirs = {name for pair in rule(actions) for name in pair}
        hits += [len(ours & bought), len(theirs & bought)]
        named += [len(ours), len(theirs)]
        all_bought += len(bought)
    click.echo(f"organic storms called bought: {called} of {storms}")
    for title, hit, said in zip(("rings", "published rule"), hits, named, strict=True):
        click.echo(f"{title}: precision {hit / said:.3f}, recall {hit / all_bought:.3f}")


if __name__ == "__main__":
    main()
