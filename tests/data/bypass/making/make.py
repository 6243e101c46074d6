"""Writes the rows of both sets from what was recorded.

python make.py recorded.json greetings.json ..
"""

import json
import sys
from pathlib import Path

import names
import openings

import exchanges


def main() -> None:
    recording, greetings, folder = (Path(text) for text in sys.argv[1:4])
    held_apart: set[str] = set()
    for kind in ("apart", "tuned"):
        for file, rows in (
            ("requests", exchanges.rows_of(kind, recording)),
            ("dns", names.rows_of(kind)),
            ("handshakes", openings.rows_of(kind, greetings)),
        ):
            lines = []
            for row in rows:
                same = json.dumps({**row, "id": ""}, sort_keys=True)
                if kind == "apart":
                    held_apart.add(same)
                elif same in held_apart:
                    continue
                lines.append(json.dumps(row) + "\n")
            (folder / kind / f"{file}.jsonl").write_text("".join(lines))
            print(kind, file, len(lines))


main()
