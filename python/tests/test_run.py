"""A run from Python is the command line's run."""

from __future__ import annotations

import datetime
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import EXAMPLES, QUICK

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
        (lambda: undertow.stress("nowhere", schock=-10), "stress", "shock"),  # type: ignore[call-arg]
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


def test_models_and_checks_answer(tmp_path: Path) -> None:
    found = undertow.fragility("october-2025", seeds=2)
    assert found["cells"] if "cells" in found else found
    reverse = undertow.reverse("october-2025", seeds=2, limit="fall_pct=20")
    assert reverse
    examples = tmp_path / "examples.csv"
    row = "id,venue,topic,revision,kind,inputs,expected,tolerance,source,url\n"
    examples.write_text(row + 'a,nowhere,x,,rule,"{}","{}",0,,\n')
    assert undertow.check(examples)["unsupported"] == 1


def test_runs_side_by_side(run: undertow.Run, tmp_path: Path) -> None:
    other = undertow.run("october-2025", seed=8, scale=50, until="2025-10-10T21:22:00Z", out=tmp_path, record="minute")
    found = undertow.compare(run, other)
    assert found["runs"] == [str(run.folder), str(other.folder)]
    rows = {row["figure"]: row["values"] for row in found["rows"]}
    assert rows["seed"] == [7, 8]
    assert rows["longs liquidated, USD"] == [
        pytest.approx(one.summary["liquidated_long_usd"], rel=1e-9) for one in (run, other)
    ]
    rules = tmp_path / "rules.yaml"
    rules.write_text("shocks: [-10]\nimpact: none\nrules:\n  more: {fund_multiple: 3}\n")
    if (EXAMPLES / "desk").is_dir():
        assert undertow.compare(EXAMPLES / "desk", rules)["rows"][0]["rule"] == "more"


def test_a_run_is_measured(run: undertow.Run, tmp_path: Path) -> None:
    measures = ["fall_pct(asset=BTC)", "liquidated_usd(side=long)"]
    measured = undertow.run(QUICK, out=tmp_path, measures=measures).summary["measures"]
    assert [one["measure"] for one in measured] == measures
    assert measured[0]["kind"] == "value" and measured[0]["value"] > 0 and measured[0]["unit"] == "pct"
    with pytest.raises(undertow.InputError) as caught:
        undertow.run(QUICK, out=tmp_path, measures=["fal_pct(asset=BTC)"])
    assert caught.value.nearest == "fall_pct"
    with pytest.raises(undertow.InputError):
        undertow.run(QUICK, out=tmp_path, measures="fall_pct(asset=BTC)")


def test_a_check_that_does_not_hold_is_no_input_error(tmp_path: Path) -> None:
    run = undertow.run(QUICK, out=tmp_path, until="2025-10-10T20:30:00Z")
    base = sqlite3.connect(run.folder / "run.sqlite")
    base.execute("UPDATE minute_hashes SET state_hash = 'other' WHERE rowid = 10")
    base.commit()
    base.close()
    assert not run.replay()
    with pytest.raises(undertow.CheckFailed) as caught:
        undertow.command(["replay", str(run.folder)])
    assert "differs" in caught.value.results + str(caught.value)


def test_what_is_not_installed_is_said(run: undertow.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "polars", None)
    for work in (run.minutes.to_arrow, run.minutes.to_polars, run.minutes.to_pandas):
        with pytest.raises(undertow.UndertowError, match="pip install"):
            work()


def test_polars_and_duckdb_need_no_pyarrow(run: undertow.Run) -> None:
    script = """
import sys
sys.modules["pyarrow"] = None
import duckdb, polars, undertow
minutes = undertow.open_run(sys.argv[1]).minutes
print(polars.DataFrame(minutes).height, duckdb.sql("SELECT count(*) FROM minutes").fetchall()[0][0])
"""
    done = subprocess.run([sys.executable, "-c", script, str(run.folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(len(list(run.minutes.rows())))] * 2


def test_a_page_loads_nothing(run: undertow.Run) -> None:
    text = run.page().path.read_text()
    assert not re.findall(r"(?:src|href)=[\"'](?:https?:)?//", text)
    assert "srcdoc" in run.page()._repr_html_()


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
