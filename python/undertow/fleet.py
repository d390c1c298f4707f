"""Sweeps, calibrations and bootstrap stress tests on a Dask cluster: the plans of the command line, the same bytes.

    from distributed import Client
    client = Client("tcp://scheduler:8786")
    undertow.fleet.sweep("plan.yaml", "runs/sweep", client)

Whoever calls is the only one who writes to the folder. Workers need this package, nothing else: the plan's event, a book and its
candles travel. They run points in their own process and send back what each printed. A finished point is in the folder and
is never run again, whatever dies.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ._cluster import Fleet, bar_of, check_client, cluster_errors
from ._native import build, call, positional, text
from ._stores import Results, local, put
from ._words import whole
from ._workers import packed_options, same, share
from .books import Stress, StressOptions, paths, stress_options
from .ensembles import Ensemble
from .errors import InputError, UndertowError

if TYPE_CHECKING:
    from distributed import Client
    from typing_extensions import Unpack


def sweep(
    plan: str | os.PathLike[str],
    out: str | os.PathLike[str],
    client: Client,
    *,
    batch: int | None = None,
    retries: int = 2,
    keep_runs: bool = False,
    results: str | None = None,
    progress: object = None,
) -> Ensemble:
    """Every point of a plan on a cluster; resumable. The tables are those of `undertow.sweep`, byte by byte.

    - plan: a file, or an address of fsspec's (`s3://…`).
    - batch: points a task; as many as make ten seconds where nothing is said.
    - retries: how often a point that failed is tried again, alone, before it is a failed row. A task whose worker dies is given
      to up to three others by Dask itself (`distributed.scheduler.allowed-failures`) before that counts as a failure.
    - keep_runs: brings the points' run folders back, too.
    - results: also writes results.parquet, results.duckdb and results.csv to this folder or address as points are done.
    """
    return _ensemble("sweep", plan, out, client, retries, batch, keep_runs, results, progress)


def calibrate(
    plan: str | os.PathLike[str],
    out: str | os.PathLike[str],
    client: Client,
    *,
    batch: int | None = None,
    retries: int = 2,
    keep_runs: bool = False,
    results: str | None = None,
    progress: object = None,
) -> Ensemble:
    """A calibration's rounds on a cluster, one round after the other; resumable. As `undertow.calibrate`, byte by byte.

    - batch, retries, keep_runs, results: as for `sweep`. Workers measure what the targets ask; recordings stay there and are
      thrown away.
    """
    return _ensemble("calibrate", plan, out, client, retries, batch, keep_runs, results, progress)


def _ensemble(
    verb: str,
    plan: str | os.PathLike[str],
    out: str | os.PathLike[str],
    client: Client,
    retries: int,
    batch: int | None,
    keep_runs: bool,
    results: str | None,
    progress: object,
) -> Ensemble:
    with (
        local(plan, "plan") as file,
        Fleet([verb, positional(file, "plan")], Path(text(out, "out")), client, retries, batch, keep_runs) as fleet,
    ):
        store = Results(results, fleet.out) if results else None
        # A sweep has one round.
        while fleet.run_left(progress, store):
            pass
        found = Ensemble(fleet.out, fleet.tables())
        if store:
            store.finish(found)
        return found


def bootstrap_stress(
    book: str | os.PathLike[str],
    client: Client,
    *,
    out: str | os.PathLike[str] = "runs",
    tasks: int | None = None,
    results: str | None = None,
    progress: object = None,
    **options: Unpack[StressOptions],
) -> Stress:
    """`undertow.stress` with `bootstrap=…`, its paths shared out among workers: the same figures, byte by byte.

    - book, bootstrap: paths, or addresses of fsspec's (`s3://…`). They travel to the workers.
    - tasks: shares; four a worker where nothing is said.
    - results: also copies the files of the result's folder to this folder or address.
    """
    check_client(client)
    candles = options.get("bootstrap")
    if not candles:
        raise InputError("bootstrap", found="nothing", allowed="hourly candles that paths are drawn from")
    with contextlib.ExitStack() as copies:
        files = [copies.enter_context(local(one, "bootstrap")) for one in paths(candles, "bootstrap")]
        said = {"threads": 1, **options, "bootstrap": files}
        words = stress_options(copies.enter_context(local(book, "book")), said)
        drawn = whole(options.get("n_paths") or 200, "n_paths", 2**31, first=1)
        packed, moved = packed_options(words)
        with cluster_errors():
            workers = max(1, len(client.nthreads()))
            count = max(1, min(drawn, 4 * workers if tasks is None else whole(tasks, "tasks", 2**31)))
            inputs = client.submit(same, packed, pure=False)
            futures = [
                client.submit(share, inputs, moved, f"{i + 1}/{count}", build(), pure=False, retries=2)
                for i in range(count)
            ]
        shown = bar_of(progress, count, "shares", "stress")
        folder = Path(copies.enter_context(tempfile.TemporaryDirectory()))
        parts = []
        for i, future in enumerate(futures):
            with cluster_errors():
                done = future.result()
            part = folder / f"part-{i + 1:05}.json"
            part.write_text(done, encoding="utf-8")
            parts.append(str(part))
            shown(1)
        answer = call(["stress", *words, f"--out={text(out, 'out')}", "--json", "--parts", *parts])
    found = Stress(answer.json())
    if results:
        where = text(results, "results").rstrip("/")
        if "://" not in where:
            os.makedirs(where, exist_ok=True)
        for one in sorted(found.folder.iterdir()):
            put(one, f"{where}/{one.name}")
    return found


def connected(address: str) -> Client:
    """A client of a scheduler; `local` starts a cluster on this machine, a worker a processor."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise UndertowError("a fleet needs Dask: `pip install 'undertow[fleet]'`") from None
    if address == "local":
        return Client(LocalCluster(n_workers=os.cpu_count() or 1, threads_per_worker=1, dashboard_address=None))
    try:
        return Client(address, timeout=20)
    except (OSError, ValueError) as error:
        raise InputError(
            "--dask", found=f"`{address}`: {error}", allowed="tcp://HOST:PORT of a scheduler, or `local`"
        ) from None


class _Lines:
    """Progress as lines, for whoever reads a log."""

    def __init__(self, total: float, unit: str, desc: str) -> None:
        self.total, self.unit, self.desc, self.done, self.shown = total, unit, desc, 0.0, time.monotonic()

    def update(self, count: float) -> None:
        self.done += count
        if time.monotonic() - self.shown > 10 or self.done >= self.total:
            self.shown = time.monotonic()
            print(f"{self.desc}: {self.done:.0f} of {self.total:.0f}{self.unit}", file=sys.stderr)

    def close(self) -> None:
        pass


def main(arguments: Sequence[str] | None = None) -> int:
    """`undertow sweep PLAN --out DIR --dask ADDRESS` comes here."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m undertow.fleet", description=__doc__.split("\n")[0])
    parser.add_argument("verb", choices=["sweep", "calibrate"])
    parser.add_argument("plan")
    parser.add_argument("--out", required=True)
    parser.add_argument("--dask", required=True, help="tcp://HOST:PORT of a scheduler, or `local`")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        with connected(asked.dask) as client:
            work = sweep if asked.verb == "sweep" else calibrate
            found = work(asked.plan, asked.out, client, progress=None if asked.quiet else _Lines)
    except UndertowError as error:
        print(f"undertow: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("The same command goes on.", file=sys.stderr)
        return 130
    # What the command prints where it is alone.
    words = [asked.verb, asked.plan, "--out", asked.out, "--tables"]
    print(call([*words, "--json"] if asked.json else words, checked=False).results, end="")
    return 1 if asked.verb == "sweep" and found.result["failed"] == found.result["points"] else 0


if __name__ == "__main__":
    sys.exit(main())
