"""A run from Python is the command line's run."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import QUICK

import undertow

Shell = Callable[..., dict[str, Any]]


def test_same_hash_as_the_command_line(shell: Shell, run: undertow.Run, tmp_path: Path) -> None:
    told = shell("run", "october-2025", "--seed", "7", "--scale", "50", "--until", "2025-10-10T21:22:00Z")
    assert run.hash == told["state_hash"]
    assert run.folder.name == Path(told["run"]).name
    quick = undertow.run(
        QUICK,
        seed=3,
        set={"venues.hyperliquid.rulebook": "okx"},
        threads=2,
        out=tmp_path,
        until=datetime.datetime(2025, 10, 10, 21, 30, tzinfo=datetime.timezone.utc),
    )
    told = shell(
        "run", QUICK, "--seed", "3", "--set", "venues.hyperliquid.rulebook=okx", "--until", "2025-10-10T21:30:00Z"
    )
    assert quick.hash == told["state_hash"] != run.hash


def test_opened_again_it_says_the_same(run: undertow.Run) -> None:
    again = undertow.open_run(run.folder)
    assert (again.hash, again.seed, again.scale) == (run.hash, 7, 50)
    assert again.summary["zero_sum_micro_usd"] == 0
    assert repr(again) == repr(run)
    words = repr(run)
    for part in ("seed 7, scale 50", run.hash, "falls", "who paid", "misses", " fit"):
        assert part in words
    assert len(words.splitlines()) < 25


def test_facts_tell_fitted_from_held_out(run: undertow.Run) -> None:
    roles = {row["role"] for row in run.facts.rows()}
    assert {"fit", "held_out"} <= roles


def test_page_loads_nothing(run: undertow.Run) -> None:
    page = run.page()
    assert page.path.name == "report.html"
    assert "srcdoc" in page._repr_html_()


def test_stories_and_anatomy(run: undertow.Run) -> None:
    listed = run.explain(most=2)
    assert "liquidated" in listed
    assert run.anatomy()
    assert "|" in run.claims()


def test_replay_and_export(tmp_path: Path) -> None:
    run = undertow.run(QUICK, out=tmp_path / "runs", until="2025-10-10T21:00:00Z")
    assert run.replay()
    tables = run.export(tmp_path / "tables")
    assert (tables / "columns.csv").is_file()


@pytest.mark.parametrize(
    ("work", "file", "nearest"),
    [
        (lambda: undertow.run("october-2026"), "october-2026", "october-2025"),
        (lambda: undertow.run(QUICK, set={"rules.fund_multipel": 1}), "--set", "rules.fund_multiple"),
        (lambda: undertow.run(QUICK, seed=-1), "--seed", None),
        (lambda: undertow.run(QUICK, scale=0), "--scale", None),
        (lambda: undertow.run(QUICK, until="yesterday"), "--until", None),
        (lambda: undertow.run(QUICK, record="everything"), "--record", None),
        (lambda: undertow.run("--help"), "scenario", None),
        (lambda: undertow.run("a\0b"), "scenario", None),
        (lambda: undertow.open_run("nowhere"), "nowhere", None),
        (lambda: undertow.venues("binanse"), "venues show", "binance"),
        (lambda: undertow.command(["rum"]), "command line", "run"),
        (lambda: undertow.command(["lab"]), "undertow lab", None),
        (lambda: undertow.stress("nowhere"), "nowhere", None),
        (lambda: undertow.Table.recording("nowhere", "minutes").columns, "nowhere/run.sqlite", None),
    ],
)
def test_errors_say_where(work: Callable[[], object], file: str, nearest: str | None) -> None:
    with pytest.raises(undertow.InputError) as caught:
        work()
    assert caught.value.file == file, caught.value
    assert caught.value.nearest == nearest, caught.value
    assert caught.value.found and caught.value.allowed


def test_error_names_the_line(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("scenario: october-2025-btc\nsweep:\n  seed: [1]\ndesing: grid\n")
    with pytest.raises(undertow.InputError) as caught:
        undertow.sweep(plan, tmp_path / "out")
    assert (caught.value.line, caught.value.nearest) == (4, "design")


def test_every_verb_answers(tmp_path: Path) -> None:
    names = {row["name"] for row in undertow.scenarios().rows()}
    assert {"october-2025", QUICK} <= names
    assert "binance" in {row["name"] for row in undertow.venues().rows()}
    assert all(row["confidence"] in "ABC" for row in undertow.venues("binance").rows())
    triggers = tmp_path / "triggers.csv"
    triggers.write_text("drawdown_from,drawdown_to,notional_per_log\n0,0.2,1e9\n")
    [row] = undertow.cascade(triggers, impact="linear:2e9", shock=0.05).rows()
    assert row["amplification"] == pytest.approx(2)
    rows = [
        {"account": name, "pnl_usd": pnl, "effective_leverage": 5, "cap": 1, "score": pnl}
        for name, pnl in (("a", 100), ("b", 300))
    ]
    allocations = undertow.adl(rows, budget=100)["allocations"]
    assert sum(allocations["pro_rata"].values()) == pytest.approx(100)
    shares = undertow.attribute("october-2025", seeds=2)
    assert shares["coalitions"] == 256


def test_numbers_of_numpy_are_numbers(tmp_path: Path) -> None:
    import numpy

    triggers = tmp_path / "triggers.csv"
    triggers.write_text("drawdown_from,drawdown_to,notional_per_log\n0,0.2,1e9\n")
    table = undertow.cascade(triggers, impact="linear:2e9", shock=numpy.linspace(0.01, 0.05, 3))
    assert len(list(table.rows())) == 3
    one = undertow.World(QUICK, seed=numpy.int64(3), set={"rules.fund_multiple": numpy.float64(2)})
    other = undertow.World(QUICK, seed=3, set={"rules.fund_multiple": 2.0})
    assert one.step(numpy.int64(5)) == other.step(5) == 5
    assert one.hash == other.hash


def test_progress_counts_like_tqdm(tmp_path: Path) -> None:
    class Bar:
        made: list[Bar] = []

        def __init__(self, total: float, unit: str, desc: str) -> None:
            self.total, self.done, self.is_closed = total, 0.0, False
            Bar.made.append(self)

        def update(self, count: float) -> None:
            self.done += count

        def close(self) -> None:
            self.is_closed = True

    undertow.run(QUICK, out=tmp_path, progress=Bar)
    assert Bar.made and all(bar.is_closed for bar in Bar.made)
    assert 0 < Bar.made[-1].done <= Bar.made[-1].total


def test_version_is_the_packages() -> None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        assert version("undertow") == undertow.__version__
    except PackageNotFoundError:
        pytest.skip("not installed: run from the source tree")
