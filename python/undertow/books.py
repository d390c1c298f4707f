"""Books of your own accounts: importing one, and what breaks in it at which move."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from ._native import call, positional, text
from ._words import check_options, number_text, several
from .errors import InputError
from .runs import Page
from .table import Table

if TYPE_CHECKING:
    from typing_extensions import Unpack

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def paths(value: Paths | None, name: str) -> list[str]:
    """One path or several."""
    if value is None:
        return []
    many = [value] if isinstance(value, (str, os.PathLike)) else several(value, name)
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
    words += ["--strict"] * bool(strict) + [f"--allow={one}" for one in paths(allow, "allow")]
    found: dict[str, Any] = call(words).json()
    return found


class StressOptions(TypedDict, total=False):
    """What `stress` takes beside the book: the options of `undertow stress` (docs/stress.md)."""

    shock: str | float | Sequence[str | float]
    """Per cent: `-20`, `"-10,-20"` (two shocks), `"BTC=-10,alts=-30"` (one); several in a list."""
    shocks: Paths
    """A table of shocks."""
    impact: str
    """What forced sales do to prices: `none`, `book`, `linear:DEPTH`, `sqrt:Y,SIGMA,V`."""
    reverse: str | Sequence[str]
    """Limits such as `fund_left_usd=0`: the smallest move that breaks each."""
    grid: bool
    """Also every shock beside losses of depth."""
    beta: Paths
    """Candles that the other coins' moves are taken from."""
    recommend: str
    """A limit for which the smallest change of a rule is looked for; with `bootstrap`."""
    path: Paths
    """Prices by time that the book is taken along."""
    event: str
    """An event's recorded minutes, or a run's folder."""
    bootstrap: Paths
    """Hourly candles that paths are drawn from."""
    n_paths: int
    """How many are drawn; 200 where nothing is said."""
    horizon_hours: int
    """Hours of a drawn path; 48 where nothing is said."""
    margin_period_minutes: int
    """Between failing and being closed, along paths."""
    seed: int
    """Of the drawn paths."""
    rules: str | Sequence[str]
    """`VENUE:key=value`, in place of a rulebook's."""
    day: str
    """Of the rules."""
    accounts: bool
    """Keeps every account at every shock."""
    threads: int
    """The result does not depend on it; all processors where nothing is said."""
    strict: bool
    """Refuses any warning but those of `allow`."""
    allow: str | Sequence[str]
    """Kinds of warnings that `strict` lets pass."""


_LISTS = ("shocks", "reverse", "beta", "path", "bootstrap", "rules", "allow")
_TEXTS = ("impact", "recommend", "event", "day")
_NUMBERS = {
    "n_paths": "paths",
    "margin_period_minutes": "margin-period-minutes",
    "horizon_hours": "horizon-hours",
    "seed": "seed",
    "threads": "threads",
}
_FLAGS = ("grid", "accounts", "strict")


def stress_options(book: str | os.PathLike[str], options: Mapping[str, Any]) -> list[str]:
    """The options of `undertow stress`; None is as if nothing were said."""
    check_options("stress", options, StressOptions)
    said = {key: value for key, value in options.items() if value is not None}
    said.setdefault("threads", min(os.cpu_count() or 1, 256))
    words = [positional(book, "book")]
    shock = said.get("shock", ())
    for one in [shock] if isinstance(shock, (str, Real)) else several(shock, "shock"):
        words.append("--shock=" + (text(one, "shock") if isinstance(one, str) else number_text(one, "shock")))
    for key in _LISTS:
        words += [f"--{key}={one}" for one in paths(said.get(key), key)]
    words += [f"--{key}={text(said[key], key)}" for key in _TEXTS if key in said]
    words += [f"--{option}={number_text(said[key], key)}" for key, option in _NUMBERS.items() if key in said]
    return words + [f"--{key}" for key in _FLAGS if said.get(key)]


def stress(
    book: str | os.PathLike[str],
    *,
    out: str | os.PathLike[str] = "runs",
    progress: object = None,
    **options: Unpack[StressOptions],
) -> Stress:
    """A book under shocks, along paths, or on paths drawn from candles, cleared by the venues' own rules.

    - shock: per cent: `-20`, `"-10,-20"` (two shocks), `"BTC=-10,alts=-30"` (one); several in a list.
    - impact: `none`, `book`, `linear:DEPTH`, `sqrt:Y,SIGMA,V`.
    - reverse: limits such as `fund_left_usd=0`: the smallest move that breaks each.
    - bootstrap: hourly candles that `n_paths` paths of `horizon_hours` are drawn from.
    - rules: `VENUE:key=value`, in place of a rulebook's.

    `StressOptions` has all of them. Ctrl-C ends it after its shock or path; nothing is written until the end.
    """
    answer = call(["stress", *stress_options(book, options), "--out=" + text(out, "out"), "--json"], progress)
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
        """The result's page, shown inline in a notebook."""
        return Page(self.folder / "report.html")

    def __repr__(self) -> str:
        return f"Stress of {self.result.get('book', 'a book')}: {self.folder}\n{self.scenarios!r}"

    def _repr_html_(self) -> str:
        return self.scenarios._repr_html_()
