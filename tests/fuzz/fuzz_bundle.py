"""Does anything that lies where a bundle should be come out as something other than a policy or a refusal?

    python tests/fuzz/fuzz_bundle.py --seconds 60

Three things are spoiled in turn: a file of a published base or overlay, which must be refused or mean the
same; such a file under a fresh checksum, as another version would have written it, so that what lies
behind the checksum is reached; and an overlay file that a person wrote.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fakes"))

from proxy.bundle.envelope import seal
from proxy.bundle.errors import BundleRefused, PublishRefused
from proxy.bundle.load import load_current
from proxy.bundle.manifest import MANIFEST, mark_of, read_manifest
from proxy.bundle.overlay import Overlay, read_overlay_file
from proxy.bundle.publish_overlay import publish_overlay
from proxy.decision.policy import Correction
from written_school import WrittenSchool, write_school

WRITTEN = """overrides:
  - id: "2026-0142"
    action: allow
    target: {host: example.org, path: /labs}
    audience: {classes: [science-7b]}
    reason: lesson on optics
    decided_by: principal's office
    ends: 2026-12-18T15:00:00-06:00
corrections:
  - {id: c-17, name: clinic.example.org, category: pornography, why: a clinic, by: [a, b]}
"""
PIECES = (
    *("{", "}", "[", "]", ",", ":", '"', "null", "true", "-1", "1e999", "0", "\0", "\n", " ", "\ud7ff", "é"),
    *(
        "!!bool x",
        "!!int ''",
        "!!timestamp x",
        "&a [*a]",
        "*a",
        "? ",
        "- ",
        "99999999999999999999",
        "[" * 2000,
    ),
)
VALUES = (None, True, -1, 10**30, 1.5, "", "x", "é" * 300, [], {}, [[]], {"": {}}, [None])


def mutated(text: str, dice: random.Random) -> str:
    """Change, cut or insert a few pieces."""
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(text) + 1)
        text = text[:at] + dice.choice(PIECES) + text[at + dice.choice((0, 0, 1, 4, 30)) :]
    return text


def respelled(data: object, dice: random.Random) -> object:
    """JSON data with one value somewhere in it replaced or gone."""
    if isinstance(data, dict) and data and dice.random() < 0.9:
        key = dice.choice(sorted(data))
        rest = {k: v for k, v in data.items() if k != key}
        return rest if dice.random() < 0.05 else {**data, key: respelled(data[key], dice)}
    if isinstance(data, list) and data and dice.random() < 0.9:
        at = dice.randrange(len(data))
        return [*data[:at], respelled(data[at], dice), *data[at + 1 :]]
    return dice.choice(VALUES)


def damaged(school: WrittenSchool, dice: random.Random) -> None:
    """Octets that differ from what was published never make another policy."""
    good = load_current(school.state)
    file = dice.choice([*school.base(1).iterdir(), school.overlay(1)])
    original = file.read_bytes()
    octets = bytearray(original)
    for _ in range(dice.randint(1, 3)):
        octets[dice.randrange(len(octets))] = dice.randrange(256)
    file.write_bytes(octets[: dice.choice((len(octets), dice.randrange(len(octets))))])
    try:
        loaded = load_current(school.state)
        assert loaded.settings == good.settings
        assert loaded.identities.directory == good.identities.directory
        assert loaded.policy.corrections in ((), good.policy.corrections)
    except BundleRefused:
        pass
    finally:
        file.write_bytes(original)


def of_another_version(school: WrittenSchool, dice: random.Random) -> None:
    """What is sealed and says something else is a policy too, or refused."""
    base, overlay = school.base(1), school.overlay(1)
    file = dice.choice([*(base / f"{name}.json" for name in PARTS), overlay])
    kept = {path: path.read_bytes() for path in (file, base / MANIFEST)}
    data = json.loads(kept[file])
    if file == overlay:
        body = respelled(data["body"], dice)
        file.write_bytes(seal(1, body if isinstance(body, dict) else {}))
    else:
        file.write_text(json.dumps(respelled(data, dice)))
        manifest = read_manifest(base, 1)
        files = {**manifest.files, file.name: mark_of(file)}
        (base / MANIFEST).write_bytes(replace(manifest, files=files).to_bytes())
    try:
        load_current(school.state)
    except BundleRefused:
        pass
    finally:
        for path, octets in kept.items():
            path.write_bytes(octets)


def by_hand(school: WrittenSchool, dice: random.Random) -> None:
    """An overlay file is an overlay or a list of problems."""
    file = school.root / "overlay.yaml"
    file.write_text(mutated(WRITTEN, dice), encoding="utf-8")
    problems: tuple[object, ...] = ("none",)
    try:
        read_overlay_file(file)
    except PublishRefused as refused:
        problems = refused.problems
    assert problems


PARTS = ("settings", "categories", "supplements", "identity", "bypass")
TARGETS = (damaged, of_another_version, by_hand)


def main() -> int:
    """Fuzz until the time is up; a failure prints the seed that brings it back."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="run only this seed")
    args = parser.parse_args()
    seed, runs = args.seed if args.seed is not None else random.randrange(1 << 48), Counter[str]()
    with tempfile.TemporaryDirectory() as directory:
        school = write_school(Path(directory))
        school.know_of("vpn.example")
        school.publish()
        mended = Correction("c1", "games.example", "games", "a library", ("library",))
        publish_overlay(Overlay(corrections=(mended,)), school.state)
        ends = time.monotonic() + args.seconds
        while time.monotonic() < ends:
            dice = random.Random(seed)
            target = dice.choice(TARGETS)
            try:
                target(school, dice)
            except BaseException:
                print(f"failed: --seed {seed} ({target.__name__})", file=sys.stderr)
                raise
            runs[target.__name__] += 1
            if args.seed is not None:
                break
            seed += 1
    print(", ".join(f"{name}: {count}" for name, count in sorted(runs.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
