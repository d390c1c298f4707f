"""Speed and memory of the Python package, with checked answers: python python/tests/bench.py [ROWS_IN_MILLIONS]

A figure is of one machine; docs/fleets.md and python/README.md quote one sitting.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import undertow

LIBRARIES = {
    "pyarrow": "import pyarrow; t = table.to_arrow(); n, s = t.num_rows, float(t.column('coins').to_pandas().sum())",
    "polars": "import polars; t = polars.DataFrame(table); n, s = t.height, float(t['coins'].sum())",
    "pandas": "import pandas; t = table.to_pandas(); n, s = len(t), float(t['coins'].sum())",
    "pandas, Arrow's types": "import pandas; t = table.to_pandas(arrow=True); n, s = len(t), float(t['coins'].sum())",
    "duckdb": "import duckdb; n, s = duckdb.sql('select count(*), sum(coins) from table_').fetchall()[0]",
}
CHILD = """
import json, os, resource, sys, time
import undertow, {module}
def resident():
    return int(open('/proc/self/statm').read().split()[1]) * os.sysconf('SC_PAGE_SIZE') / 1e6
table = table_ = undertow.Table.recording({folder!r}, 'events')
before = resident()
began = time.perf_counter()
{work}
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
print(json.dumps(dict(rows=n, sum=s, seconds=seconds, peak_mb=peak - before, kept_mb=resident() - before)))
"""


def reading(millions: float) -> None:
    """A recording's events, multiplied, read by four libraries, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        run = undertow.run("october-2025", seed=7, scale=50, until="2025-10-10T21:30:00Z", out=folder)
        base = sqlite3.connect(run.folder / "run.sqlite")
        columns = [row[1] for row in base.execute("PRAGMA table_info(events)")]
        have = base.execute("SELECT count(*) FROM events").fetchone()[0]
        base.execute("CREATE TEMP TABLE one AS SELECT * FROM events")
        while have < millions * 1e6:
            take = min(have, int(millions * 1e6) - have, 2_000_000)
            base.execute(f"INSERT INTO events SELECT {', '.join(columns)} FROM events LIMIT {take}")
            have += take
        base.commit()
        told = base.execute("SELECT count(*), sum(coins) FROM events").fetchone()
        base.close()
        width = 8 + 3 * 4 + 8 * 8
        print(f"{told[0]:,} rows of {len(columns)} columns, about {told[0] * width / 1e6:,.0f} MB as Arrow")
        print("| read by | seconds | million rows/s | peak MB | kept MB |\n| --- | --- | --- | --- | --- |")
        for name, work in LIBRARIES.items():
            script = CHILD.format(folder=str(run.folder), work=work, module=name.split(",")[0])
            done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
            found = json.loads(done.stdout.splitlines()[-1])
            assert found["rows"] == told[0], found
            assert abs(found["sum"] - told[1]) <= 1e-6 * abs(told[1]), (found, told)
            rate = found["rows"] / found["seconds"] / 1e6
            print(f"| {name} | {found['seconds']:.1f} | {rate:.1f} | {found['peak_mb']:.0f} | {found['kept_mb']:.0f} |")


class Quoter(undertow.Strategy):
    """Looks at five books each step and sells a little when they fall."""

    def begin(self, world: undertow.World) -> None:
        self.account = world.open_account("hyperliquid", usd=1e9)
        self.books = [world.book(one, "hyperliquid") for one in ("BTC", "ETH", "SOL", "XRP", "DOGE")]
        self.before = [book.quote()[2] for book in self.books]

    def act(self, view: undertow.World) -> None:
        for i, book in enumerate(self.books):
            last = book.quote()[2]
            if last < self.before[i] * 0.9995:
                self.account.sell(book.asset, usd=100_000)
            self.before[i] = last


def stepping() -> None:
    """Steps a second at scale 50, with a strategy and without."""
    print("\n| steps at scale 50 | to 21:10 | to 24:00 |\n| --- | --- | --- |")
    for name, strategy in (("alone", None), ("with a strategy in Python", Quoter())):
        rates: list[float] = []
        world = undertow.World("october-2025", seed=7, scale=50)
        if strategy:
            world.add(strategy)
        for end in ("2025-10-10T21:10:00Z", "2025-10-11T00:00:00Z"):
            began = time.perf_counter()
            steps = world.run_until(end)
            rates.append(steps / (time.perf_counter() - began))
        print(f"| {name} | {rates[0]:,.0f}/s | {rates[1]:,.0f}/s |")
    world = undertow.World("october-2025-btc", seed=7)
    book = world.book("BTC", "hyperliquid")
    began = time.perf_counter()
    for _ in range(100_000):
        book.quote()
    print(f"\na quote {(time.perf_counter() - began) * 10:.1f} us")


def fleet() -> None:
    """What a point costs beyond its own work."""
    from distributed import Client, LocalCluster

    import undertow._workers
    import undertow.fleet

    def sweep(client: Any, plan: Path, out: str, batch: int | None) -> float:
        began = time.perf_counter()
        undertow.fleet.sweep(plan, out, client, batch=batch)
        return time.perf_counter() - began

    print("\n| sweep of 400 points | seconds | ms a point |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.yaml"
        plan.write_text(
            "scenario: october-2025-btc\nuntil: 2025-10-10T21:00:00Z\nrecord: off\nsweep:\n  seed: {from: 1, to: 400, steps: 400}\n"
        )
        workers = os.cpu_count() or 1
        began = time.perf_counter()
        undertow._workers.run_points(
            [
                {
                    "folder": "x",
                    "arguments": [
                        "run",
                        "october-2025-btc",
                        "--record",
                        "off",
                        "--json",
                        "--until",
                        "2025-10-10T21:00:00Z",
                        "--seed",
                        str(seed),
                    ],
                }
                for seed in range(1, 101)
            ],
            False,
        )
        alone = (time.perf_counter() - began) * 10
        print(f"| in this process, one after the other | {alone * 0.4:.1f} | {alone:.1f} |")
        began = time.perf_counter()
        undertow.sweep(plan, folder + "/processes")
        seconds = time.perf_counter() - began
        print(f"| `undertow sweep`, {workers} processes | {seconds:.1f} | {seconds * 2.5:.1f} |")
        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            sweep(client, plan, folder + "/warm", None)
            for batch in (1, 10, None):
                seconds = sweep(client, plan, f"{folder}/batch{batch}", batch)
                print(
                    f"| Dask, {workers} workers, {batch or 'its own'} points a task | {seconds:.1f} | {seconds * 2.5:.1f} |"
                )
        for one in ("batch1", "batch10", "batchNone"):
            assert (Path(folder) / one / "results.csv").read_bytes() == (
                Path(folder) / "processes/results.csv"
            ).read_bytes()


if __name__ == "__main__":
    reading(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
    stepping()
    fleet()
