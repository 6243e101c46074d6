"""Does any text in a settings directory come out as something other than settings or problems?

    python tests/fuzz/fuzz_settings.py --seconds 10

Lines of the example settings are cut, doubled, swapped and spoiled at random. Whatever comes out must
be settings without problems or problems without settings; any exception is a finding, and the text that
caused it is kept beside this file's `corpus`.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from proxy.settings import Settings, load

PROJECT = Path(__file__).resolve().parents[2]
SEEDS = [*(PROJECT / "config" / "demo").glob("*.yaml"), *(PROJECT / "config" / "examples").glob("*/*.yaml")]
SPOILS = [*"\t:[]{}|>'\"#%~\x00\ufeff\u2028é"]
SPOILS += ["- ", "? ", "&a ", "*a", "!!str ", "<<: *a", "---\n", "null", "yes", "-1"]
SPOILS += ["999999999999999999999", "12:99", "2026-02-31", "x" * 3000, "&a [*a]"]


def mutated(text: str, dice: random.Random) -> str:
    """The text with some changes."""
    lines = text.split("\n")
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(lines))
        kind = dice.randrange(5)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, lines[dice.randrange(len(lines))])
        elif kind == 2:
            lines[at] = lines[at][: dice.randrange(len(lines[at]) + 1)]
        else:
            place = dice.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:place] + dice.choice(SPOILS) + lines[at][place:]
        lines = lines or [""]
    return "\n".join(lines)


def check(directory: Path) -> None:
    """Load a directory. Raises AssertionError when the outcome is neither settings nor problems."""
    loaded = load(directory)
    assert (loaded.settings is None) == bool(loaded.problems)
    assert all(str(problem) for problem in loaded.problems)
    if loaded.settings is not None:
        assert Settings.model_validate_json(loaded.settings.model_dump_json()) == loaded.settings


def main() -> int:
    """Fuzz for a while; exit status 1 when something was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=None, help="repeat a run")
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else random.SystemRandom().randrange(1 << 32)
    dice, runs, ends = random.Random(seed), 0, time.monotonic() + args.seconds
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary) / "a" / "b"
        directory.mkdir(parents=True)
        (Path(temporary) / "blocklists").symlink_to(PROJECT / "blocklists")
        while time.monotonic() < ends:
            for old in directory.glob("*.yaml"):
                old.unlink()
            folder = dice.choice(SEEDS).parent
            spoiled = dice.choice(sorted(folder.glob("*.yaml")))
            for file in folder.glob("*.yaml"):
                text = file.read_text()
                text = mutated(text, dice) if file == spoiled else text
                (directory / file.name).write_text(text, encoding="utf-8")
            try:
                check(directory)
            except Exception:
                corpus = Path(__file__).parent / "corpus" / "settings"
                corpus.mkdir(parents=True, exist_ok=True)
                kept = corpus / f"{seed}-{runs}.yaml"
                kept.write_bytes((directory / spoiled.name).read_bytes())
                print(f"found with seed {seed} after {runs} runs; kept as {kept}", file=sys.stderr)
                raise
            runs += 1
    print(f"settings: {runs} texts, seed {seed}, nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
