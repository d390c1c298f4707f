"""Runs of a scenario: simulating one, opening one, and what it says."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ._native import Answer, call, positional, text
from ._words import Settings, Time, assigned, number_text, repeated, time_text
from .errors import CheckFailed, InputError
from .table import Table


def run_options(
    scenario: str | os.PathLike[str],
    *,
    seed: int = 1,
    scale: int = 1,
    set: Settings | None = None,
    until: Time | None = None,
    index_path: str | os.PathLike[str] | None = None,
    book: str | os.PathLike[str] | None = None,
    changes: Sequence[str] = (),
    threads: int | None = None,
) -> list[str]:
    """The options of `undertow run` that decide a world."""
    words = [
        positional(scenario, "scenario"),
        "--seed",
        number_text(seed, "seed"),
        "--scale",
        number_text(scale, "scale"),
    ]
    words += ["--threads", number_text(min(os.cpu_count() or 1, 256) if threads is None else threads, "threads")]
    words += assigned(set)
    if until is not None:
        words.append("--until=" + time_text(until, "until"))
    if index_path is not None:
        words.append("--index-path=" + text(index_path, "index_path"))
    if book is not None:
        words.append("--book=" + text(book, "book"))
    return words + repeated("change", changes)


def run(
    scenario: str | os.PathLike[str],
    *,
    seed: int = 1,
    scale: int = 1,
    set: Settings | None = None,
    until: Time | None = None,
    record: str = "full",
    index_path: str | os.PathLike[str] | None = None,
    book: str | os.PathLike[str] | None = None,
    changes: Sequence[str] = (),
    threads: int | None = None,
    out: str | os.PathLike[str] = "runs",
    record_limit_mb: int = 4096,
    fragility: bool = False,
    measures: Sequence[str] = (),
    twins: bool = False,
    progress: object = None,
) -> Run:
    """Simulates a scenario and leaves a run folder, as `undertow run` does: same seed, same bytes.

    - scenario: a built-in event (`undertow.scenarios()`), an event's folder or a YAML file.
    - scale: one account stands for so many alike; 1 is the whole market, 50 a quick look.
    - set: keys of the scenario, as `{"rules.fund_multiple": 3}`.
    - until: UTC, before the scenario's end.
    - record: `off`, `minute` or `full` (every forced order, too).
    - changes: done to the running world, as `"2025-10-10T21:15:00Z rules.fund_multiple=3"`.
    - threads: the result does not depend on it; all processors where nothing is said.
    - fragility: also the fall that the same news causes again at the start, the low and the end.
    - measures: asked of the run at its end, as `"fall_pct(asset=BTC)"`: `summary["measures"]`. `undertow scenarios measures` lists them.
    - progress: True for tqdm, or a class like it.

    Ctrl-C ends it after its step, with a readable folder, and raises KeyboardInterrupt.

    Raises InputError for bad input, CheckFailed where a ledger does not balance.
    """
    words = [
        "run",
        *run_options(
            scenario,
            seed=seed,
            scale=scale,
            set=set,
            until=until,
            index_path=index_path,
            book=book,
            changes=changes,
            threads=threads,
        ),
    ]
    words += ["--record=" + text(record, "record"), "--out=" + text(out, "out")]
    words += ["--record-limit-mb", number_text(record_limit_mb, "record_limit_mb"), "--json"]
    words += ["--fragility"] * bool(fragility) + ["--twins"] * bool(twins) + repeated("measure", measures)
    answer = call(words, progress)
    return Run(Path(answer.json()["run"]), answer)


def open_run(folder: str | os.PathLike[str]) -> Run:
    """A run that was simulated before, by its folder."""
    path = Path(text(folder, "folder"))
    if not (path / "manifest.json").is_file():
        raise InputError(str(path), found="no manifest.json", allowed="the folder of a run")
    return Run(path)


class Run:
    """A run that has been: its summary, its recording as tables, its page."""

    def __init__(self, folder: Path, answer: Answer | None = None) -> None:
        self.folder = folder
        """The run's folder."""
        self.notes = answer.notes.splitlines() if answer else []
        """Warnings of the simulation."""
        self._summary: dict[str, Any] | None = answer.json() if answer else None
        self._facts: Table | None = None

    @property
    def summary(self) -> dict[str, Any]:
        """Every figure of `undertow run --json`, keys with their units; falls are positive, in per cent."""
        if self._summary is None:
            self._summary = self._read("summary.json")
        return self._summary

    @property
    def manifest(self) -> dict[str, Any]:
        """What decided the run: settings with their sources, seed, versions."""
        return self._read("manifest.json")

    def _read(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        try:
            content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(str(path), found=str(error), allowed="a folder that `undertow run` wrote") from None
        return content

    @property
    def hash(self) -> str:
        """Of the state at the end: two runs with one hash went the same way."""
        return str(self.summary["state_hash"])

    @property
    def seed(self) -> int:
        """Of every random stream."""
        return int(self.summary["seed"])

    @property
    def scale(self) -> int:
        """How many accounts one stands for."""
        return int(self.summary["scale"])

    def table(self, name: str) -> Table:
        """A table of the recording by its name; one that is none names those that are."""
        return Table.recording(self.folder, name)

    @property
    def minutes(self) -> Table:
        """The whole market by minute."""
        return self.table("minutes")

    @property
    def venue_minutes(self) -> Table:
        """Perpetual venues by minute."""
        return self.table("venue_minutes")

    @property
    def asset_minutes(self) -> Table:
        """Assets by minute: index, volatility, makers' presence."""
        return self.table("asset_minutes")

    @property
    def book_minutes(self) -> Table:
        """Order books by minute: mid, trades, depth."""
        return self.table("book_minutes")

    @property
    def events(self) -> Table:
        """Forced orders, takeovers, deleveraging and payments, one by one; needs `record="full"`."""
        if self.manifest.get("record") != "full":
            raise InputError(
                str(self.folder), key="record", found=str(self.manifest.get("record")), allowed="full, to have events"
            )
        return self.table("events")

    @property
    def venues(self) -> Table:
        """What came of each venue; its own falls stand in `.summary["by_venue"]`."""
        rows = []
        for venue, figures in sorted(self.summary["by_venue"].items()):
            rows.append(
                {"venue": venue, **{k: v for k, v in sorted(figures.items()) if not isinstance(v, (dict, list))}}
            )
        return Table.of_rows(rows)

    @property
    def assets(self) -> Table:
        """How far each asset's index fell, and when it was lowest; TOTAL, TOTAL2 and TOTAL3 among them."""
        lows = self.summary.get("fall_time_utc", {})
        return Table.of_rows(
            [
                {"asset": asset, "fall_pct": float(fall), "low_utc": lows.get(asset)}
                for asset, fall in sorted(self.summary["fall_pct"].items(), key=lambda item: -item[1])
            ],
            {"fall_pct": "%"},
        )

    @property
    def facts(self) -> Table:
        """The event's recorded facts beside this run: band, role (fit, held_out, …), simulated, inside or not."""
        if self._facts is None:
            rows = compare(self, facts=True)["rows"]
            self._facts = Table.of_rows(rows, first=_FACT_COLUMNS)
        return self._facts

    def page(self) -> Page:
        """The run's page, shown in a notebook where it is; made where it is missing."""
        path = self.folder / "report.html"
        if not path.exists():
            call(["report", str(self.folder)])
        return Page(path)

    def anatomy(self) -> dict[str, Any]:
        """What happened and why: waves, cascade tree, branching ratio, amplification, who paid."""
        found: dict[str, Any] = call(["anatomy", str(self.folder), "--json"]).json()
        return found

    def explain(self, account: str | None = None, *, most: int = 20, again: bool = False) -> dict[str, Any]:
        """One account's story, step by step; without an account, whose stories there are.

        - account: `VENUE:NUMBER`, of a coin-margined venue `VENUE/COIN:NUMBER`.
        - again: simulates once more and tells everything.
        """
        words = ["explain", str(self.folder), "--json", "--most", number_text(most, "most")]
        if account is not None:
            words.append("--account=" + text(account, "account"))
        found: dict[str, Any] = call(words + ["--again"] * bool(again)).json()
        return found

    def claims(self) -> str:
        """What the press reported of the day beside the evidence and this run, in Markdown."""
        return call(["claims", str(self.folder)]).results

    def export(self, to: str | os.PathLike[str]) -> Path:
        """The recording as CSV files in a new folder."""
        return Path(call(["export", str(self.folder), "--to=" + text(to, "to"), "--quiet"]).results.strip())

    def replay(self, *, progress: object = None) -> bool:
        """Simulates it once more and compares every minute's hash; False where one differs."""
        return call(["replay", str(self.folder)], progress, checked=False).code == 0

    def _who_paid(self) -> list[tuple[str, float]]:
        s = self.summary
        return [
            ("insurance funds", s["fund_draw_usd"]),
            ("deleveraged winners, forgone", s.get("deleveraged_forgone_usd", 0)),
            ("nobody: bad debt", s["bad_debt_usd"]),
            ("socialised", s.get("socialised_loss_usd", 0)),
        ]

    def __repr__(self) -> str:
        s = self.summary
        falls = ", ".join(
            f"{name} {s['fall_pct'][name]:.1f} %"
            for name in [*s.get("majors", [])[:3], "TOTAL", "TOTAL2", "TOTAL3"]
            if name in s["fall_pct"]
        )
        lines = [
            str(s.get("title", s["scenario"])),
            f"seed {s['seed']}, scale {s['scale']}, hash {s['state_hash']}, {s['status']} at {s['simulated_until_utc']}",
            f"falls       {falls}",
            f"liquidated  longs {money(s['liquidated_long_usd'])}, shorts {money(s['liquidated_short_usd'])}, "
            f"{s['accounts_liquidated']:,} accounts, {s['margin_calls']:,} margin calls",
            "who paid    " + ", ".join(f"{who} {money(usd)}" for who, usd in self._who_paid() if usd),
        ]
        misses = self._misses()
        if misses:
            lines.append(misses)
        lines.append(f"folder      {self.folder}")
        return "\n".join(lines)

    def _misses(self) -> str:
        """How the run stands beside the facts, the fitted and the held-out apart; nothing where the event has none."""
        try:
            rows = list(self.facts.rows())
        except (InputError, CheckFailed):
            return ""
        parts = []
        for role in dict.fromkeys(row["role"] for row in rows):
            of = [row for row in rows if row["role"] == role and row["inside"] is not None]
            missed = sum(1 for row in of if not row["inside"])
            if not of:
                continue
            parts.append(f"{missed} of {len(of)} {str(role).replace('_', ' ')}")
        return "misses      " + ", ".join(parts) if parts else ""

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(repr(self))}</pre>"


_FACT_COLUMNS = [
    "fact",
    "name",
    "unit",
    "role",
    "recorded_low",
    "recorded_high",
    "simulated_median",
    "simulated_p5",
    "simulated_p95",
    "inside",
]


class Page:
    """A page of one file that loads nothing from anywhere; a notebook shows it inline."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _repr_html_(self) -> str:
        content = html.escape(self.path.read_text(encoding="utf-8"), quote=True)
        return f'<iframe srcdoc="{content}" style="width:100%;height:720px;border:0" title="{html.escape(self.path.name)}"></iframe>'

    def __repr__(self) -> str:
        return str(self.path)


def money(usd: float) -> str:
    """Dollars in few characters."""
    size = abs(usd)
    for unit, name in ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if size >= unit:
            return f"${usd / unit:.2f} {name}"
    return f"${usd:.0f}"


def compare(
    *runs: Run | str | os.PathLike[str],
    facts: bool | str | os.PathLike[str] = False,
    out: str | os.PathLike[str] | None = None,
    by: str | None = None,
    threads: int | None = None,
    progress: object = None,
) -> dict[str, Any]:
    """Runs side by side, against recorded facts, or, given a plan, rules against each other on the same seeds.

    - facts: True for the event's own table, or a table's path. A fact that does not hold is a row, no exception.
    - out: with a plan, the folder of its runs.
    - by: with a plan, the loss that ranks its rules.
    - threads, progress: with a plan, of its runs.
    """
    words = ["compare"]
    words += [positional(one.folder if isinstance(one, Run) else one, "runs") for one in runs]
    if facts:
        words.append("--facts=" + ("built-in" if facts is True else text(facts, "facts")))
    if out is not None:
        words.append("--out=" + text(out, "out"))
    if by is not None:
        words.append("--by=" + text(by, "by"))
    if threads is not None:
        words += ["--threads", number_text(threads, "threads")]
    answer = call([*words, "--json"], progress, checked=False)
    found: dict[str, Any] = answer.json()
    return found
