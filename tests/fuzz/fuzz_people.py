"""Do any roster files or password file come out as something other than people or problems?

python tests/fuzz/fuzz_people.py --seconds 60
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

from proxy.identity.htpasswd import Htpasswd, HtpasswdProblem
from proxy.identity.roster import RosterFiles, read_roster

TODAY = date(2026, 11, 23)
FILES = {
    "users": "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,grades\n"
    's1,active,true,oak,student,pat,Pat,"Lee, Jr.",06\nt1,,true,"oak,elm",teacher,Kim,Kim,Roe,\n',
    "orgs": "sourcedId,name,type\noak,Oak,school\nelm,Elm,district\n",
    "classes": "sourcedId,title\nmath,Mathematics\n",
    "enrollments": "sourcedId,classSourcedId,userSourcedId,beginDate,endDate\n"
    "e1,math,s1,2026-08-19,2027-06-10\ne2,math,t1,,\n",
    "demographics": "sourcedId,birthDate\ns1,2014-02-28\n",
}
HASHES = (
    "$2y$04$abcdefghijklmnopqrstuu5Z9QTr8L1iKN8sG2G4zYf0nqOa8WpGW",
    "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
)
PASSWORDS = f"# staff\nkim:{HASHES[0]}\n\nlee:{HASHES[1]}\n"
PIECES = (
    *(
        b",",
        b'"',
        b'""',
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b" ",
        b"-",
        b":",
        b"$",
        b"#",
    ),
    *(b"s1", b"2026-02-31", b"0000-00-00", b"TOBEDELETED", b"false", "é\u2028\x85".encode(), b"9" * 400),
    *(b"$2y$99$", b"$2b$", b"$argon2id$v=19$m=99999999999,t=1,p=1$", b"=" * 9, b"a" * 140_000),
)


def mutated(octets: bytes, dice: random.Random) -> bytes:
    """Change, cut, repeat or insert a few pieces."""
    for _ in range(dice.randint(0, 5)):
        at = dice.randrange(len(octets) + 1)
        if dice.random() < 0.1:
            octets = octets[:at] + octets[: dice.randrange(len(octets) + 1)]
        else:
            octets = octets[:at] + dice.choice(PIECES) + octets[at + dice.choice((0, 0, 1, 5, 40)) :]
    return octets


def roster(dice: random.Random, directory: Path) -> None:
    """Each person once, each problem with its file."""
    paths = {name: directory / f"{name}.csv" for name in FILES}
    for name, path in paths.items():
        path.write_bytes(mutated(FILES[name].encode(), dice))
    found = read_roster(RosterFiles(**paths), TODAY)
    ids = [person.id for person in found.people]
    assert len(ids) == len(set(ids))
    assert all(ids)
    assert all(".csv" in str(problem) for problem in found.problems)


def passwords(dice: random.Random, directory: Path) -> None:
    """Nobody logs in with a password that is not theirs, and the file is usable or named line by line."""
    path = directory / "htpasswd"
    path.write_bytes(mutated(PASSWORDS.encode(), dice))
    try:
        source = Htpasswd.read(path)
    except HtpasswdProblem:
        return
    if dice.random() < 0.05:
        assert not source.verify(dice.choice(("kim", "lee", "", "né")), mutated(b"x", dice).decode("latin-1"))


TARGETS = (roster, passwords)


def main() -> int:
    """Fuzz until the time is up; a failure prints the seed that brings it back."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="run only this seed")
    args = parser.parse_args()
    seed, runs = args.seed if args.seed is not None else random.randrange(1 << 48), Counter[str]()
    ends = time.monotonic() + args.seconds
    with tempfile.TemporaryDirectory() as directory:
        while time.monotonic() < ends:
            dice = random.Random(seed)
            target = dice.choice(TARGETS)
            try:
                target(dice, Path(directory))
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
