"""Many worlds in one process: memory that comes back, threads that do not meet, Ctrl-C that is heard."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import EXAMPLES, QUICK
from test_stress import candles

import undertow

RUNS = int(os.environ.get("UNDERTOW_LEAK_RUNS", "200"))
SECONDS = float(os.environ.get("UNDERTOW_THREAD_SECONDS", "15"))
PLAN = "scenario: october-2025-btc\nuntil: 2025-10-10T20:20:00Z\nsweep:\n  seed: [1, 2]\n"


def resident_mb() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Runs, worlds, copies and tables in one process: what is kept after the second half is what was kept after the first."""

    def work(i: int) -> None:
        run = undertow.run(QUICK, seed=i, until="2025-10-10T20:40:00Z", out=tmp_path)
        run.minutes.to_arrow()
        with undertow.World(QUICK, seed=i, until="2025-10-10T20:40:00Z") as world:
            world.step(100)
            world.copy().step(100)
            world.open_account("hyperliquid", usd=1e6).buy("BTC", usd=1000)
            world.step(2)
        with pytest.raises(undertow.InputError):
            undertow.run(QUICK, scale=-1)

    marks = []
    for i in range(RUNS):
        work(i)
        if i + 1 in (RUNS // 4, RUNS // 2, RUNS):
            gc.collect()
            marks.append(resident_mb())
    quarter, half, end = marks
    # The allocator keeps some pages either way: what leaks, leaks at every run.
    assert end - half < 8, marks
    assert undertow._native.lib.undertow_live_arrays() == 0


def test_eight_threads_at_once(tmp_path: Path) -> None:
    """Everything at once, also on one world: the same hashes as alone."""
    until = "2025-10-10T20:15:00Z"
    alone = {
        seed: undertow.run(QUICK, seed=seed, until=until, out=tmp_path / "alone", threads=1).hash for seed in range(4)
    }
    shared = undertow.World(QUICK, seed=0)
    failures: list[BaseException] = []
    counts = [0] * 8
    end = time.monotonic() + SECONDS

    def work(k: int) -> None:
        try:
            while time.monotonic() < end:
                seed = counts[k] % 4
                if k % 4 == 0:
                    found = undertow.run(QUICK, seed=seed, until=until, out=tmp_path / str(k), threads=1 + k % 3)
                    assert found.hash == alone[seed]
                    assert found.minutes.to_arrow().num_rows == 15
                elif k % 4 == 1:
                    world = undertow.World(QUICK, seed=seed, until=until)
                    world.run_until()
                    assert world.hash == alone[seed]
                elif k % 4 == 2:
                    with pytest.raises(undertow.InputError):
                        undertow.run(QUICK, set={"no.such": k})
                    shared.step(1)
                    mine = shared.open_account("hyperliquid", usd=1000)
                    order = mine.buy("BTC", usd=100)
                    shared.step(1)
                    assert order.is_answered and not order.refused
                    assert shared.copy().summary()["zero_sum_micro_usd"] == 0
                else:
                    list(undertow.venues("binance").rows())
                    bid, ask, _, _, index = shared.book("BTC", "hyperliquid").quote()
                    assert 0 < bid < ask < 2 * index
                    shared.book("BTC", "hyperliquid").look()
                    with undertow.World(QUICK, seed=9, until=until) as closing:
                        closing.step(1)
                    with pytest.raises(undertow.InputError):
                        undertow.command(["run", QUICK, "--seed", f"x{k}"])
                counts[k] += 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]
    assert all(counts)
    shared.run_until()
    assert shared.summary()["zero_sum_micro_usd"] == 0


def test_a_world_is_not_closed_under_another_thread() -> None:
    """Looked at by four threads while it is closed, again and again: they are told, nothing else happens."""
    old = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(30):
            world = undertow.World(QUICK, seed=1, until="2025-10-10T20:05:00Z", set={"accounts.total": 1000})
            book = world.book("BTC", "hyperliquid")
            told: list[bool] = []

            def look(book: undertow.Book = book, told: list[bool] = told) -> None:
                try:
                    while True:
                        bid, ask, *_ = book.quote()
                        assert bid < ask
                except undertow.UndertowError:
                    told.append(True)

            threads = [threading.Thread(target=look) for _ in range(4)]
            for thread in threads:
                thread.start()
            time.sleep(0.01)
            world.close()
            for thread in threads:
                thread.join()
            assert told == [True] * 4
    finally:
        sys.setswitchinterval(old)


SCRIPTS = {
    "run": "undertow.run('october-2025', seed=7, scale=20, out='runs', threads=1)",
    "building": "print('now', flush=True); undertow.run('october-2025', seed=7, out='runs', threads=1)",
    "world": "w = undertow.World('october-2025', seed=7, scale=50); print('now', flush=True); w.run_until()",
    "open": "print('now', flush=True); undertow.World('october-2025', seed=7)",
    "stress": "print('now', flush=True); undertow.stress('desk', bootstrap='BTCUSDT_1h.csv', n_paths=100_000)",
    "compare": "print('now', flush=True); undertow.compare('plan.yaml', out='rules')",
}


@pytest.mark.parametrize("work", list(SCRIPTS))
def test_control_c_is_heard(tmp_path: Path, work: str) -> None:
    """While it is simulated, built, stepped, opened, stressed: within a second on an idle machine, and the folder can be read.

    Full scale where it is built or opened: looks are farther apart there, and this machine may be slow. A run has to close what
    it wrote.
    """
    if work == "stress":
        if not (EXAMPLES / "desk").is_dir():
            pytest.skip("examples/desk is not beside the tests")
        shutil.copytree(EXAMPLES / "desk", tmp_path / "desk")
        candles(tmp_path)
    (tmp_path / "plan.yaml").write_text(
        "scenario: october-2025\nscale: 50\nseeds: [1, 2]\nrules:\n  more: {rules.fund_multiple: 3}\n"
    )
    child = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import undertow\nprint('up', flush=True)\ntry:\n    {SCRIPTS[work]}\nexcept KeyboardInterrupt:\n    print('heard', flush=True)",
        ],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "up"
    if work == "run":
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("runs/*/run.sqlite")) and time.monotonic() < deadline:
            time.sleep(0.1)
    else:
        assert child.stdout.readline().strip() == "now"
    time.sleep(1)
    began = time.monotonic()
    child.send_signal(signal.SIGINT)
    assert child.stdout.readline().strip() == "heard"
    seconds = time.monotonic() - began
    child.wait(30)
    # What a run wrote is closed properly, which takes a moment more than the step.
    assert seconds < {"run": 3, "building": 4, "open": 4}.get(work, 1.5), seconds
    if work == "run":
        [folder] = tmp_path.glob("runs/*")
        run = undertow.open_run(folder)
        assert run.manifest["status"] == "interrupted"
        assert run.minutes.columns[0] == "time_utc"
    if work == "building":
        assert not list(tmp_path.glob("runs/*"))


def test_a_second_control_c_is_raised_at_once() -> None:
    """Where nothing hears the first one; the work is left to end by itself."""
    script = """
import ctypes, threading, time, undertow
from undertow import _native
def work():
    print("now", flush=True)
    time.sleep(30)
try:
    _native.in_thread(work, ctypes.c_int32(0))
except KeyboardInterrupt:
    print("heard", flush=True)
"""
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdout.readline().strip() == "now"
    child.send_signal(signal.SIGINT)
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    time.sleep(2.5)
    assert child.poll() is None
    child.send_signal(signal.SIGINT)
    assert child.stdout.readline().strip() == "heard"
    assert child.wait(5) == 0
