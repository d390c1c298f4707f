"""Undertow: leveraged crypto markets, simulated down to every margin account and order.

    import undertow
    run = undertow.run("october-2025", seed=7, scale=50)
    run.minutes.to_polars()

Nothing here is investment advice.
"""

from __future__ import annotations

from ._native import VERSION
from .answers import adl, attribute, cascade, check, command, fragility, reverse, scenarios, venues
from .books import Stress, StressOptions, import_book, stress
from .ensembles import Ensemble, calibrate, sweep
from .errors import CheckFailed, InputError, UndertowError
from .market import Account, Book, Order
from .runs import Page, Run, compare, open_run, run
from .table import Table
from .world import Strategy, World

__version__ = VERSION

__all__ = [
    "Account",
    "Book",
    "CheckFailed",
    "Ensemble",
    "InputError",
    "Order",
    "Page",
    "Run",
    "Strategy",
    "Stress",
    "StressOptions",
    "Table",
    "UndertowError",
    "World",
    "adl",
    "attribute",
    "calibrate",
    "cascade",
    "check",
    "command",
    "compare",
    "fragility",
    "import_book",
    "open_run",
    "reverse",
    "run",
    "scenarios",
    "stress",
    "sweep",
    "venues",
]
