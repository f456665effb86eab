"""Every published figure of the storm detector, from seeds: `python -m benchmarks.storms COMMAND`.

Development years chose rates, thresholds and tables; years of `final` were used for nothing but the published table.
Results are kept year by year: a command that is interrupted, or ends after --seconds, goes on where it stopped.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
import numpy as np

from benchmarks.storms_lab import figures, learning, mentions, spread, trials
from benchmarks.storms_lab.crowds import crowd
from benchmarks.storms_lab.figures import Line
from benchmarks.storms_lab.headlines import headlines
from benchmarks.storms_lab.product import found_storms, watched
from benchmarks.storms_lab.rivals import RIVALS
from benchmarks.storms_lab.scoring import rate_with_interval
from benchmarks.storms_lab.store import Store
from benchmarks.storms_lab.trials import ORACLE, WARM_UP, World
from benchmarks.storms_lab.world import DAY, LEARNED, SIZES, YEAR
from resonanz import detection

LAB, DETECTOR = Path(__file__).parent / "storms_lab", Path(detection.__file__).parent
#: What figures depend on: our detector's, its evidence without thresholds, the others', without moods, of accounts.
WORLD = LAB / "world.py"
WALK = [DETECTOR / f"{n}.py" for n in ("baseline", "calendar", "engine", "ladder", "state")]
WORDS = [
    DETECTOR / f"{n}.py" for n in ("alarms", "episodes", "forecast", "forecast_table", "standouts", "topic")
]
OURS = [*WALK, *WORDS, WORLD, LAB / "product.py"]
EVIDENCE = [*WALK, WORLD]
THEIRS = [WORLD, *(LAB / f"{n}.py" for n in ("oracle", "rivals", "scoring"))]
PLAIN = [*WALK, *WORDS, *(LAB / f"{n}.py" for n in ("mentions", "crowds", "headlines"))]
SPREAD = [LAB / "campaigns.py", LAB / "spread.py", DETECTOR / "coordination.py"]

#: First seeds of storm-free and stormy years. Nothing was chosen by looking at the final ones but one thing: that the
#: forecast for small topics needed more storms to learn from; it was judged anew on the fresh ones.
SEEDS = {"development": (1000, 2000), "final": (120_000, 125_000), "fresh": (121_000, 126_000)}
SCORED_YEARS = (YEAR - WARM_UP) / YEAR
PRODUCT = "Resonanz"
#: Development years with storms from which forecasts are learned; those of small topics differ most from one another.
LEARNING_YEARS = {"small": 16, "1": 8, "5": 8, "medium": 8, "large": 8}
#: Three worlds of company mentions, built on different ideas.
MENTIONS = {"mentions": mentions.mentions, "crowds": crowd, "headlines": headlines}
#: Fewer posts than this say nothing about coverage.
_FEWEST_POSTS = 50


@dataclass(frozen=True)
class Stores:
    """Where results are kept, each until one of the files it depends on changes."""

    ours: Store
    evidence: Store
    theirs: Store
    plain: Store
    spread: Store


@dataclass(frozen=True)
class Extent:
    """Which years, and how many: calm, with storms, and calm development years that set the others' thresholds."""

    split: str
    calm_years: int
    storm_years: int
    threshold_years: int = 0

    def calm(self) -> range:
        first = SEEDS[self.split][0]
        return range(first, first + self.calm_years)

    def stormy(self) -> range:
        first = SEEDS[self.split][1]
        return range(first, first + self.storm_years)


def development(calm_years: int) -> range:
    return Extent("development", calm_years, 0).calm()


SPLIT = click.option("--split", type=click.Choice(list(SEEDS)), default="development", show_default=True)
SIZE = click.option("--size", type=click.Choice(list(SIZES)), multiple=True, default=tuple(LEARNED))
FLOOR = click.option("--surge-floor", default=0.0, help="Least size of surges: this × 1–4 messages an hour.")
CALM = click.option(
    "--calm-years",
    type=click.IntRange(1),
    default=60,
    show_default=True,
    help="Storm-free years of each size.",
)
STORMY = click.option("--storm-years", default=10, show_default=True, help="Years with storms of each size.")


@click.group()
@click.option("--results", type=click.Path(path_type=Path), default=Path(__file__).parent / "out")
@click.option("--seconds", default=float("inf"), help="Stop after so long; the same command then goes on.")
@click.pass_context
def main(context: click.Context, results: Path, seconds: float) -> None:
    """Simulate, judge, compare."""
    context.obj = Stores(
        *(Store(results, sources, seconds) for sources in (OURS, EVIDENCE, THEIRS, PLAIN, SPREAD))
    )


def ours(store: Store, world: World, extent: Extent) -> Line:
    """Our detector's figures, with the thresholds it ships with."""
    place = f"{world.name}/{PRODUCT}"
    false_alarms = sum(
        store.result(f"{place}/calm-{seed}", lambda s=seed: trials.our_calm(world, s))
        for seed in extent.calm()
    )
    years = [
        store.result(f"{place}/storms-{seed}", lambda s=seed: trials.our_storms(world, s))
        for seed in extent.stormy()
    ]
    return Line([y["storms"] for y in years], false_alarms, extent.calm_years * SCORED_YEARS)


def others(store: Store, method: str, world: World, extent: Extent) -> Line:
    """The oracle's or a rival's figures, with thresholds of one false alarm a year on calm development years."""
    place = f"{world.name}/{method.replace('/', ' by ')}/by-{extent.threshold_years}"
    seeds = development(extent.threshold_years)
    limit = store.result(f"{place}/limit", lambda: trials.limits(method, world, seeds))
    false_alarms = sum(
        store.result(f"{place}/calm-{seed}", lambda s=seed: trials.calm(method, world, s, limit))
        for seed in extent.calm()
    )
    years = [
        store.result(f"{place}/storms-{seed}", lambda s=seed: trials.stormy(method, world, s, limit))
        for seed in extent.stormy()
    ]
    return Line([y["storms"] for y in years], false_alarms, extent.calm_years * SCORED_YEARS)


@main.command()
@SPLIT
@CALM
@STORMY
@SIZE
@FLOOR
@click.pass_obj
def product(
    stores: Stores, split: str, calm_years: int, storm_years: int, size: tuple[str, ...], surge_floor: float
) -> None:
    """Our detector: delays and false alarms, and whether what its alarms said was true."""
    extent = Extent(split, calm_years, storm_years)
    lines = {name: ours(stores.ours, World(name, surge_floor), extent) for name in size}
    click.echo(figures.DELAYS_HEAD)
    for name, line in lines.items():
        click.echo(figures.delays_line(name, line))
    click.echo(f"\n{figures.WORDS_HEAD}")
    for name, line in lines.items():
        click.echo(figures.words_line(name, line))


@main.command()
@SPLIT
@CALM
@STORMY
@SIZE
@FLOOR
@click.option("--other-calm-years", default=20, show_default=True, help="Storm-free years for the others.")
@click.option(
    "--threshold-years", default=20, show_default=True, help="Years that set the others' thresholds."
)
@click.option("--only", multiple=True, help="The rivals to run; all without.")
@click.pass_obj
def table(
    stores: Stores,
    split: str,
    calm_years: int,
    storm_years: int,
    size: tuple[str, ...],
    surge_floor: float,
    other_calm_years: int,
    threshold_years: int,
    only: tuple[str, ...],
) -> None:
    """Oracle, our detector and what others do, side by side on the same storms."""
    extent = Extent(split, other_calm_years, storm_years, threshold_years)
    for name in size:
        world = World(name, surge_floor)
        base = others(stores.theirs, ORACLE, world, extent)
        mine = ours(stores.ours, world, Extent(split, calm_years, storm_years))
        click.echo(f"\n**{name}**, {SIZES[name]:g} messages an hour\n\n{figures.DELAYS_HEAD}")
        click.echo(figures.delays_line("oracle", base, base))
        click.echo(figures.delays_line(f"**{PRODUCT}**", mine, base))
        for title in (t for t in RIVALS if not only or t in only):
            try:
                line = others(stores.theirs, title, world, extent)
            except ImportError as error:
                click.echo(f"{title}: left out ({error})", err=True)
                continue
            click.echo(figures.delays_line(title, line, base))


@main.command()
@click.option("--calm-years", default=30, show_default=True)
@click.option("--per-year", multiple=True, type=float, default=(0.25, 0.7, 1.0, 4.0), show_default=True)
@SIZE
@click.pass_obj
def thresholds(stores: Stores, calm_years: int, per_year: tuple[float, ...], size: tuple[str, ...]) -> None:
    """Common thresholds that keep to stated rates of false alarms on development years."""
    for name in size:
        world = World(name)
        years = [
            stores.evidence.array(f"{name}/evidence-{seed}", lambda w=world, s=seed: learning.evidence(w, s))
            for seed in development(calm_years)
        ]
        found = {rate: round(learning.common_threshold(years, rate), 2) for rate in per_year}
        click.echo(f"{name}: {found}")


@main.command()
def learn() -> None:
    """Write the forecast's table from development storms, and print the factors of their ages."""
    cells, storms = [], []
    for name, years in LEARNING_YEARS.items():
        seeds = Extent("development", 0, years).stormy()
        brands = (World(name).year(seed, storms=True) for seed in seeds)
        found = [f for year in brands for f in found_storms(watched(year), year)]
        click.echo(f"{name}: true age / reckoned age {learning.age_factors(found)}")
        cells.append(learning.forecast_cells(found))
        storms += found
    learning.write_table([SIZES[name] for name in LEARNING_YEARS], cells)
    click.echo(f"true age / reckoned age, 10 %, 50 %, 90 %: {learning.age_factors(storms)}")


@main.command()
@click.option("--storms", default=200, show_default=True, help="Organic storms.")
@click.option("--campaigns", default=100, show_default=True, help="Storms with a campaign.")
@click.option("--seed", default=40_000, show_default=True)
@click.pass_obj
def coordination(stores: Stores, storms: int, campaigns: int, seed: int) -> None:
    """Accounts of generated campaigns found in organic storms, beside the published rule."""
    store = stores.spread
    called = [
        store.result(f"organic-{seed}-{i}", lambda i=i: spread.organic_called_bought(seed, i))
        for i in range(storms)
    ]
    found = [
        store.result(f"campaign-{seed}-{i}", lambda i=i: spread.campaign_found(seed, i))
        for i in range(campaigns)
    ]
    rate = rate_with_interval(sum(called), storms)
    click.echo(
        f"organic storms called bought: {sum(called)} of {storms}, at most {rate.high:.1%} with 97.5 %"
    )
    for title in ("rings", "rule"):
        precision, recall = figures.precision_and_recall([f[title] for f in found])
        click.echo(f"{title}: precision {precision:.2%}, recall {recall:.2%}")


@main.command()
@click.option("--posts", default=2000, show_default=True, help="Posts of each kind.")
@click.option("--seed", default=53_000, show_default=True)
def reproduction(posts: int, seed: int) -> None:
    """How often the 80 % interval of R holds the truth, and how often R > 1 is thought likely."""
    drawn = [spread.some_post(seed, i) for i in range(posts)]
    for title, low, high in (("all", 0, np.inf), ("0 to 9 shares", 0, 10), ("10 and more", 10, np.inf)):
        _echo_posts(f"R between 0.4 and 2, {title}", [p for p in drawn if low <= p.shares < high])
    for r in (0.5, 0.8, 1.2, 1.6):
        fixed = [spread.post(r, seed, i) for i in range(posts)]
        _echo_posts(f"R {r}", fixed)
        _echo_posts(f"R {r}, 10 shares and more", [p for p in fixed if p.shares >= 10])


def _echo_posts(title: str, posts: list[spread.Post]) -> None:
    if len(posts) >= _FEWEST_POSTS:
        held, growing = (np.mean([getattr(p, name) for p in posts]) for name in ("held", "called_growing"))
        click.echo(f"{title}: {len(posts)} posts, held {held:.0%}, called growing {growing:.0%}")


@main.command()
@click.option("--topics", default=10_000, show_default=True)
def speed(topics: int) -> None:
    """Processor time for one minute of many topics, each with a memory of its own, and what a memory takes."""
    rng = np.random.default_rng(1)
    teacher, days = detection.Topic(), 21
    minutes, count = np.arange(days * DAY), rng.poisson(1.0, days * DAY).astype(float)
    teacher.observe_series(
        minutes, np.ones(len(minutes), np.int64), count, rng.binomial(count.astype(int), 0.2)
    )
    memory = teacher.memory()
    all_topics = [detection.Topic.resume(memory) for _ in range(topics)]
    began = time.process_time()
    for topic, n in zip(all_topics, rng.poisson(1.0, topics), strict=True):
        topic.observe(len(minutes), float(n), float(n) / 4)
    click.echo(
        f"{topics} topics, one minute: {time.process_time() - began:.1f} s, {len(memory)} bytes a topic"
    )


@main.command(name="mentions")
@click.option("--world", type=click.Choice(list(MENTIONS)), default="mentions", show_default=True)
@click.option("--series", default=100, show_default=True)
@click.option("--seed", default=60_000, show_default=True, help="Development: 2000 and a few after it.")
@click.pass_obj
def company_mentions(stores: Stores, world: str, series: int, seed: int) -> None:
    """Simulated company mentions in rows of five minutes, without moods: our default, and what ten lines reach."""
    ways: dict[str, mentions.Detector] = {PRODUCT: mentions.our_alarms}
    for z in (3.0, 4.0, 5.0):
        ways[f"robust z of the root above {z:g}, once per episode"] = partial(mentions.robust_z, threshold=z)
    for z in (5.0, 6.0):
        ways[f"robust z of the root above {z:g}, every row"] = partial(
            mentions.robust_z, threshold=z, cool_down_rows=0
        )
    for z in (16.0, 20.0):
        ways[f"seasonal hybrid ESD above {z:g}, every row"] = partial(mentions.hybrid_esd, threshold=z)
    for title, detector in ways.items():
        marks = [
            stores.plain.result(
                f"{world}-{of}/{title}", lambda of=of, d=detector: mentions.marks(d, MENTIONS[world](of))
            )
            for of in range(seed, seed + series)
        ]
        said = (f"{name} {figures.mark([m[name] for m in marks]):.1f}" for name in mentions.PROFILES)
        click.echo(f"{title}: {', '.join(said)}")


if __name__ == "__main__":
    main()
