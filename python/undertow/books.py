"""Books of your own accounts: importing one, and what breaks in it at which move."""

from __future__ import annotations

import os
from collections.abc import Sequence
from numbers import Real
from pathlib import Path
from typing import Any, cast

from ._native import call, positional, text
from .errors import InputError
from .runs import Page, number_text
from .table import Table

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def paths(value: Paths | None, name: str) -> list[str]:
    """One path or several."""
    if value is None:
        return []
    many = [value] if isinstance(value, (str, os.PathLike)) else list(value)
    return [text(one, name) for one in many]


def import_book(
    files: Paths,
    out: str | os.PathLike[str],
    *,
    format: str | None = None,
    account: str | None = None,
    symbol: str | None = None,
    venue: str | None = None,
    strict: bool = False,
    allow: Sequence[str] = (),
) -> dict[str, Any]:
    """Files of venues, protocols, libraries or our own tables as a book's folder: what was read, and its health.

    - out: the folder to make; it must not exist.
    - strict: refuse any warning but those of `allow`.
    """
    words = [
        "import",
        *(positional(one, "files") for one in paths(files, "files")),
        "--out=" + text(out, "out"),
        "--json",
    ]
    for key, value in (("as", format), ("account", account), ("symbol", symbol), ("venue", venue)):
        if value is not None:
            words.append(f"--{key}={text(value, key)}")
    words += ["--strict"] * bool(strict) + [f"--allow={text(one, 'allow')}" for one in allow]
    found: dict[str, Any] = call(words).json()
    return found


def stress_options(
    book: str | os.PathLike[str],
    *,
    shock: str | float | Sequence[str | float] = (),
    shocks: Paths | None = None,
    impact: str = "none",
    reverse: Sequence[str] = (),
    grid: bool = False,
    beta: Paths | None = None,
    recommend: str | None = None,
    path: Paths | None = None,
    event: str | None = None,
    bootstrap: Paths | None = None,
    n_paths: int = 200,
    margin_period_minutes: int = 0,
    horizon_hours: int = 48,
    seed: int = 1,
    rules: Sequence[str] = (),
    day: str | None = None,
    accounts: bool = False,
    threads: int | None = None,
    strict: bool = False,
    allow: Sequence[str] = (),
) -> list[str]:
    """The options of `undertow stress`."""
    words = [positional(book, "book"), "--impact=" + text(impact, "impact")]
    several = [shock] if isinstance(shock, (str, Real)) else list(cast("Sequence[str | float]", shock))
    for one in several:
        words.append("--shock=" + (text(one, "shock") if isinstance(one, str) else number_text(one, "shock")))
    lists = {
        "shocks": paths(shocks, "shocks"),
        "reverse": paths(reverse, "reverse"),
        "beta": paths(beta, "beta"),
        "path": paths(path, "path"),
        "bootstrap": paths(bootstrap, "bootstrap"),
        "rules": paths(rules, "rules"),
        "allow": paths(allow, "allow"),
    }
    for key, values in lists.items():
        words += [f"--{key}={one}" for one in values]
    for key, value in (("recommend", recommend), ("event", event), ("day", day)):
        if value is not None:
            words.append(f"--{key}={text(value, key)}")
    numbers = {
        "paths": n_paths,
        "margin-period-minutes": margin_period_minutes,
        "horizon-hours": horizon_hours,
        "seed": seed,
        "threads": min(os.cpu_count() or 1, 256) if threads is None else threads,
    }
    words += [f"--{key}={number_text(number, key)}" for key, number in numbers.items()]
    return words + ["--grid"] * bool(grid) + ["--accounts"] * bool(accounts) + ["--strict"] * bool(strict)


def stress(
    book: str | os.PathLike[str], *, out: str | os.PathLike[str] = "runs", progress: object = None, **options: Any
) -> Stress:
    """A book under shocks, along paths, or on paths drawn from candles, cleared by the venues' own rules.

    - shock: per cent: `-20`, `"-10,-20"` (two shocks), `"BTC=-10,alts=-30"` (one); several in a list.
    - impact: `none`, `book`, `linear:DEPTH`, `sqrt:Y,SIGMA,V`.
    - reverse: limits such as `fund_left_usd=0`: the smallest move that breaks each.
    - bootstrap: hourly candles that `n_paths` paths of `horizon_hours` are drawn from.
    - rules: `VENUE:key=value`, in place of a rulebook's.

    The further options are those of `undertow stress` (docs/stress.md).
    """
    answer = call(["stress", *stress_options(book, **options), "--out=" + text(out, "out"), "--json"], progress)
    return Stress(answer.json())


class Stress:
    """What came of a stress test."""

    def __init__(self, result: dict[str, Any]) -> None:
        self.result = result
        """Everything, as `undertow stress --json` prints it."""
        self.folder = Path(result["folder"])

    @property
    def scenarios(self) -> Table:
        """A row a shock: who failed, what funds paid, what was left; dollars."""
        rows = [
            {key: value for key, value in one.items() if not isinstance(value, (dict, list))}
            for one in self.result["scenarios"]
        ]
        return Table.of_rows(rows)

    @property
    def intervals(self) -> dict[str, Any]:
        """What deficits come to over the drawn paths, each with its own interval."""
        found = self.result.get("intervals")
        if not found:
            raise InputError("stress", found="no drawn paths", allowed="a stress test with bootstrap=…")
        return dict(found)

    def table(self, name: str) -> Table:
        """A table of the result's folder by its file name without `.csv`."""
        path = self.folder / (text(name, "name") + ".csv")
        if not path.is_file():
            known = sorted(one.stem for one in self.folder.glob("*.csv"))
            raise InputError(str(self.folder), found=f"no table `{name}`", allowed=", ".join(known))
        return Table.of_csv(path)

    def page(self) -> Page:
        return Page(self.folder / "report.html")

    def __repr__(self) -> str:
        return f"Stress of {self.result.get('book', 'a book')}: {self.folder}\n{self.scenarios!r}"

    def _repr_html_(self) -> str:
        return self.scenarios._repr_html_()
