"""How fast texts are understood, and how well: ours beside what a user would pick, in one go.

`python -m benchmarks.understanding [--data FOLDER] [--texts 20000] [--speed-only]`. One core, CPU time, texts as Python
strings in and labels out; the best of three. Alternatives are measured where they are installed (`pip install gersent
vaderSentiment`). Without a folder the texts are synthetic posts (`benchmarks.posts`), which repeat words as people do,
and the quality is left out; with one, they are drawn from all its sets, and `training.evaluate --shipped-only` follows.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core: a second thread's waiting would count as work

from training.data import Folder, Task
from training.metrics import macro_f1
from training.peers import word_list

from benchmarks.posts import world
from resonanz.understanding import TierMissing, compiled
from resonanz.understanding import load as tier
from resonanz.understanding.fast import Fast
from resonanz.understanding.model import WEIGHTS, load, shipped

Reader = Callable[[Sequence[str]], object]
SENTIMENT = ("negative", "neutral", "positive")


def readers() -> dict[str, Reader]:
    """What reads texts, by name."""
    model = load()
    ours, plain = Fast(model, use_compiled=compiled.AVAILABLE), Fast(model, use_compiled=False)

    def with_evidence(texts: Sequence[str]) -> object:
        readings = ours.label(texts).readings()
        return [ours.evidence(text, r.given) for text, r in zip(texts, readings, strict=True)]

    found: dict[str, Reader] = {
        "ours, fast: all labels as columns": ours.label,
        "ours, fast: a reading for each text": lambda texts: ours.label(texts).readings(),
        "ours, fast: readings and evidence": with_evidence,
        "ours, fast, without a compiler": plain.label,
    }
    with suppress(TierMissing):
        found["ours, careful: all labels as columns"] = tier("careful").label
    for name, language in (("gersent, sentiment only", "de"), ("vaderSentiment, sentiment only", "en")):
        peer = word_list(Task("", "sentiment", SENTIMENT, macro_f1, language))
        if peer:
            found[name] = lambda texts, peer=peer: peer(list(texts))
    if not compiled.AVAILABLE:
        del found["ours, fast: all labels as columns"]
    return found


def speed(reader: Reader, texts: Sequence[str]) -> float:
    """Texts a second of CPU time, the best of three, after a round that loads what is loaded once."""
    reader(texts[:200])
    start = time.process_time()
    reader(texts[:500])
    pace = 500 / max(time.process_time() - start, 1e-6)
    few = max(500, min(len(texts), int(pace)))  # about a second's worth
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        reader(texts[:few])
        best = max(best, few / (time.process_time() - start))
    return best


def start_seconds() -> float:
    """From nothing to the first label in a fresh process, without Python's own start."""
    code = (
        "import time; t = time.perf_counter()\n"
        "from resonanz.understanding import load\n"
        "load().label(['Guten Tag'])\n"
        "print(time.perf_counter() - t)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def texts_of(folder: Path | None, most: int) -> list[str]:
    if folder is None:
        return world(most, 10).posts
    there = Folder(folder)
    texts = [text for name in there.names() for text in there.main(name).texts]
    return random.Random(1).sample(texts, min(most, len(texts)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of NAME.SPLIT.jsonl")
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--speed-only", action="store_true", help="leave out the quality")
    arguments = parser.parse_args()
    texts = texts_of(arguments.data, arguments.texts)
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) / len(texts)
    weights = os.path.getsize(shipped("fast") / WEIGHTS)
    print(f"{len(texts)} texts of {size:.0f} bytes; weights {weights / 1e6:.2f} MB on disk")
    for name in ("first label in a fresh process", "and once more"):
        print(f"{name}: {start_seconds():.2f} s")
    print("\n| reader | texts/s of CPU time |\n|---|---:|")
    for name, reader in readers().items():
        print(f"| {name} | {speed(reader, texts):,.0f} |", flush=True)
    if arguments.data and not arguments.speed_only:
        command = [sys.executable, "-m", "training.evaluate", "--data", str(arguments.data), "--shipped-only"]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
