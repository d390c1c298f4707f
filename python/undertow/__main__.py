"""The command line of the package: `undertow` or `python -m undertow`."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Becomes the program, whose sweeps may come back to this interpreter for a fleet."""
    program = str(Path(__file__).resolve().parent / "native" / "undertow")
    os.environ.setdefault("UNDERTOW_PYTHON", sys.executable)
    os.execv(program, [program, *sys.argv[1:]])


if __name__ == "__main__":
    main()
