"""A sweep on a cluster gives the bytes of a sweep on one machine, whatever dies on the way."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import EXAMPLES
from distributed import Client, LocalCluster
from test_stress import candles

import undertow
import undertow.fleet

POINTS = int(os.environ.get("UNDERTOW_FLEET_POINTS", "400"))
SWEEP = f"""scenario: october-2025-btc
until: 2025-10-10T21:00:00Z
sweep:
  accounts.leverage_multiple: [0.9, 1.1]
  seed: {{from: 1, to: {POINTS // 2}, steps: {POINTS // 2}}}
"""
CALIBRATION = """scenario: october-2025-btc
until: 2025-10-10T21:30:00Z
free:
  accounts.leverage_multiple: {from: 0.8, to: 1.2}
targets:
  - {measure: fall_pct(asset=BTC), low: 3, high: 4}
seeds: [1, 2]
points: 6
rounds: 2
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=4, threads_per_worker=1, processes=True, dashboard_address=None) as made:
        yield made


@pytest.fixture(scope="module")
def client(cluster: LocalCluster) -> Iterator[Client]:
    with Client(cluster) as made:
        yield made


def tables(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in ("results.csv", "results.sqlite")]


def test_workers_die_and_the_client_is_restarted(cluster: LocalCluster, client: Client, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(SWEEP)
    undertow.sweep(plan, tmp_path / "alone")
    # The client is a process of its own, killed once and begun again.
    command = [
        sys.executable,
        "-m",
        "undertow.fleet",
        "sweep",
        str(plan),
        "--out",
        str(tmp_path / "fleet"),
        "--dask",
        cluster.scheduler_address,
    ]
    done = tmp_path / "fleet" / "points"

    def count() -> int:
        return len(list(done.glob("*/result.json")))

    first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: count() >= POINTS // 8, first)
    kill_a_worker(client)
    wait_for(lambda: count() >= POINTS // 4, first)
    first.kill()
    first.wait()
    assert POINTS // 4 <= count() < POINTS
    second = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: count() >= POINTS // 2, second)
    kill_a_worker(client)
    output, errors = second.communicate(timeout=600)
    assert second.returncode == 0, errors
    assert tables(tmp_path / "fleet") == tables(tmp_path / "alone")


def wait_for(reached: object, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 300
    while not reached():  # type: ignore[operator]
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def kill_a_worker(client: Client) -> None:
    pids = client.run(os.getpid)
    os.kill(random.choice(list(pids.values())), signal.SIGKILL)


def test_a_failed_point_is_tried_again_and_then_a_row(client: Client, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "scenario: october-2025\nuntil: 2025-10-10T20:01:00Z\n"
        "set: {universe.assets: 4, universe.open_interest_usd: 80e9, accounts.hedged_accounts: 60}\n"
        "sweep:\n  accounts.total: [100, 6000]\n  seed: [1, 2]\n"
    )
    alone = undertow.sweep(plan, tmp_path / "alone")
    there = undertow.fleet.sweep(plan, tmp_path / "fleet", client, retries=1)
    assert there.result["failed"] == alone.result["failed"] == 2
    assert tables(tmp_path / "fleet") == tables(tmp_path / "alone")


def test_results_and_plans_in_a_store(client: Client, tmp_path: Path) -> None:
    import fsspec
    import pyarrow.parquet

    with fsspec.open("memory://plans/plan.yaml", "w") as file:
        file.write("scenario: textbook-waterfall\nsweep:\n  seed: [1, 2, 3]\n")
    found = undertow.fleet.sweep("memory://plans/plan.yaml", tmp_path / "out", client, results="memory://results/one")
    local = undertow.fleet.sweep("memory://plans/plan.yaml", tmp_path / "out", client, results=str(tmp_path / "store"))
    assert found.result["done"] == local.result["done"] == 3
    with fsspec.open("memory://results/one/results.parquet", "rb") as file:
        table = pyarrow.parquet.read_table(file)
    assert table.num_rows == 3
    assert table.equals(pyarrow.parquet.read_table(tmp_path / "store" / "results.parquet"))
    import duckdb

    with duckdb.connect(str(tmp_path / "store" / "results.duckdb"), read_only=True) as base:
        assert base.execute("SELECT count(DISTINCT state_hash) FROM results").fetchone() == (3,)
    with pytest.raises(undertow.InputError):
        undertow.fleet.sweep("memory://plans/none.yaml", tmp_path / "x", client)


def test_a_calibration_is_the_same(client: Client, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(CALIBRATION)
    undertow.calibrate(plan, tmp_path / "alone")
    stop = threading.Event()

    def kill() -> None:
        # Two workers die while it goes.
        for _ in range(2):
            if stop.wait(0.4):
                return
            kill_a_worker(client)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        undertow.fleet.calibrate(plan, tmp_path / "fleet", client, results=str(tmp_path / "store"))
    finally:
        stop.set()
        killer.join()
    assert tables(tmp_path / "fleet") == tables(tmp_path / "alone")
    # No recording came home: what is measured is.
    assert not list((tmp_path / "fleet").glob("points/*/*/*/run.sqlite"))
    assert (tmp_path / "store" / "results.parquet").is_file()
    assert (tmp_path / "fleet" / "calibration.md").read_bytes() == (tmp_path / "alone" / "calibration.md").read_bytes()


def test_a_bootstrap_is_the_same(client: Client, tmp_path: Path) -> None:
    desk = EXAMPLES / "desk"
    if not desk.is_dir():
        pytest.skip("examples/desk is not beside the tests")
    import fsspec

    file = candles(tmp_path)
    store = fsspec.filesystem("memory")
    store.put(str(desk), "/books/desk", recursive=True)
    store.put(str(file), "/candles/BTCUSDT_1h.csv")
    alone = undertow.stress(desk, bootstrap=file, n_paths=24, out=tmp_path / "alone")
    there = undertow.fleet.bootstrap_stress(desk, client, bootstrap=file, n_paths=24, out=tmp_path / "fleet", tasks=5)
    stored = undertow.fleet.bootstrap_stress(
        "memory://books/desk",
        client,
        bootstrap=["memory://candles/BTCUSDT_1h.csv"],
        n_paths=24,
        out=tmp_path / "stored",
        results="memory://results/desk",
    )
    assert stored.intervals["liquidations_at_risk_95_usd"] == alone.intervals["liquidations_at_risk_95_usd"]
    assert store.exists("/results/desk/report.html")
    for result in (alone.result, there.result):
        result.pop("folder")
    assert alone.result == there.result
    with pytest.raises(undertow.InputError, match="nothing.csv"):
        undertow.fleet.bootstrap_stress(desk, client, bootstrap="memory://candles/nothing.csv", out=tmp_path / "x")


def test_workers_need_no_file_of_the_callers(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative paths, a link, an event of one's own: workers stand elsewhere and have none of them."""
    monkeypatch.chdir(tmp_path)
    client.run(os.chdir, "/")
    undertow.command(["scenarios", "export", "october-2025-btc", "--out", "mine"])
    Path("own.yaml").write_text("extends: october-2025-btc\naccounts:\n  total: {value: 3000, source: assumption}\n")
    for name in ("mine", "own.yaml"):
        Path("plan.yaml").write_text(f"scenario: {name}\nuntil: 2025-10-10T20:10:00Z\nsweep:\n  seed: [1, 2]\n")
        alone = undertow.sweep("plan.yaml", f"alone-{name}")
        there = undertow.fleet.sweep("plan.yaml", f"fleet-{name}", client)
        assert there.result["done"] == alone.result["done"] == 2, there.result
        assert tables(Path(f"fleet-{name}")) == tables(Path(f"alone-{name}"))
    if (EXAMPLES / "desk").is_dir():
        Path("book").symlink_to(EXAMPLES / "desk")
        candles(Path())
        found = undertow.fleet.bootstrap_stress("book", client, bootstrap="BTCUSDT_1h.csv", n_paths=12, out="stress")
        assert found.intervals == undertow.stress("book", bootstrap="BTCUSDT_1h.csv", n_paths=12, out="s").intervals


def with_total(scenario: str, accounts: int) -> str:
    """An exported scenario with so many accounts; a hundred are too few for the whole market, which only a run finds out."""
    changed = re.sub(r"( total: *\{ *value: *)[0-9_]+", rf"\g<1>{accounts}", scenario)
    assert changed != scenario
    return changed


def test_an_event_travels_with_what_it_extends(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above, below and beside it, in quotes, folders that extend: as the engine reads it. Failures name the caller's files."""
    monkeypatch.chdir(tmp_path)
    client.run(os.chdir, "/")
    Path("events/more").mkdir(parents=True)
    Path("base.yaml").write_text("extends: october-2025-btc\naccounts.total: {value: 3000, source: assumption}\n")
    Path("events/more/own.yaml").write_text("extends: '../../base.yaml'  # up\n")
    undertow.command(["scenarios", "export", "october-2025", "--out", "events/folder"])
    folder = Path("events/folder/scenario.yaml")
    folder.write_text(with_total(folder.read_text(), 100))
    Path("events/of-folder.yaml").write_text('extends: "folder"\n')
    undertow.command(["scenarios", "export", "october-2025-btc", "--out", "mine"])
    Path("scenario.yaml").write_text("extends: mine/scenario.yaml\n")
    for number, (name, failed) in enumerate(
        [
            ("events/more/own.yaml", 0),
            ("events/of-folder.yaml", 2),
            (str(tmp_path / "base.yaml"), 0),
            ("base.yaml", 0),
            ("mine/scenario.yaml", 0),
            ("mine/", 0),
            ("scenario.yaml", 0),
            ("events/folder/", 2),
            ("events/folder/scenario.yaml", 2),
        ]
    ):
        Path("plan.yaml").write_text(f"scenario: {name}\nuntil: 2025-10-10T20:05:00Z\nsweep:\n  seed: [1, 2]\n")
        alone = undertow.sweep("plan.yaml", f"alone-{number}")
        there = undertow.fleet.sweep("plan.yaml", f"fleet-{number}", client, retries=0)
        assert there.result["failed"] == alone.result["failed"] == failed, there.result
        assert tables(Path(f"fleet-{number}")) == tables(Path(f"alone-{number}"))


def test_a_built_in_name_is_not_a_folder_beside(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    undertow.command(["scenarios", "export", "october-2025-btc", "--out", "october-2025-btc"])
    file = Path("october-2025-btc/scenario.yaml")
    file.write_text(with_total(file.read_text(), 3000))
    Path("plan.yaml").write_text("scenario: october-2025-btc\nuntil: 2025-10-10T20:05:00Z\nsweep:\n  seed: [1]\n")
    undertow.sweep("plan.yaml", "alone")
    undertow.fleet.sweep("plan.yaml", "fleet", client)
    assert tables(Path("fleet")) == tables(Path("alone"))


def test_results_may_lie_in_the_ensembles_folder(client: Client, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("scenario: textbook-waterfall\nsweep:\n  seed: [1, 2]\n")
    undertow.sweep(plan, tmp_path / "alone")
    found = undertow.fleet.sweep(plan, tmp_path / "out", client, results=str(tmp_path / "out"))
    assert len(list(found.points.rows())) == 2
    assert tables(tmp_path / "out") == tables(tmp_path / "alone")


def test_runs_come_home_where_they_are_asked_for(client: Client, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("scenario: textbook-waterfall\nsweep:\n  seed: [1, 2]\n")
    undertow.fleet.sweep(plan, tmp_path / "out", client, keep_runs=True)
    for point in ("00001", "00002"):
        [manifest] = (tmp_path / "out" / "points" / point).glob("*/manifest.json")
        assert undertow.open_run(manifest.parent).replay()


def test_a_worker_of_another_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(undertow.UndertowError, match="the worker has undertow"):
        undertow._workers.run_points([], False, "0.1.0+somethingelse")
    with pytest.raises(undertow.UndertowError, match="the worker has undertow"):
        undertow._workers.share(b"", [], "1/1", "0.1.0+somethingelse")
    assert undertow._workers.run_points([], False, undertow._native.build()) == []


def test_a_folder_has_one_fleet(client: Client, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("scenario: textbook-waterfall\nsweep:\n  seed: [1]\n")
    with undertow._cluster.Fleet(["sweep", str(plan)], tmp_path / "out", client, 0, None, False):
        with pytest.raises(undertow.InputError, match="another fleet"):
            undertow.fleet.sweep(plan, tmp_path / "out", client)


def test_from_the_shell(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("scenario: textbook-waterfall\nsweep:\n  seed: [1, 2]\n")
    words = [str(undertow._native.program()), "sweep", str(plan), "--out", str(tmp_path / "out"), "--dask", "local"]
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "UNDERTOW_PYTHON": sys.executable})
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "results.csv").is_file()
    nowhere = subprocess.run(
        [*words[:-1], "tcp://127.0.0.1:1"],
        capture_output=True,
        text=True,
        env={**os.environ, "UNDERTOW_PYTHON": sys.executable, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"},
    )
    assert nowhere.returncode == 2 and "tcp://127.0.0.1:1" in nowhere.stderr
