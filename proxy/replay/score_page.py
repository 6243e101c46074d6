"""How are scores written: as a table for people, as one object for programs?"""

from collections.abc import Iterator

from proxy.replay.scoring import Score, Scores, Share

HEADS = ("", "rows", "bypass", "recall", "precision", "incident precision")
NOTHING = "no row carries a label, so there is nothing to score"


def table(scores: Scores) -> str:
    """A plain table, each ratio with the counts behind it."""
    if not scores.kinds:
        return NOTHING
    lines = [HEADS, *_lines(scores)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    return "\n".join(
        "  ".join(
            [line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]
        )
        for line in lines
    )


def _lines(scores: Scores) -> Iterator[tuple[str, ...]]:
    for kind, techniques in scores.techniques.items():
        yield _line(kind, scores.kinds[kind])
        for name, score in techniques.items():
            yield _line(f"  {name}", score)
    yield _line("all", scores.overall)


def _line(name: str, score: Score) -> tuple[str, ...]:
    shares = (score.recall, score.precision, score.incidents)
    return name, str(score.rows), str(score.bypasses), *(_ratio(share) for share in shares)


def _ratio(share: Share) -> str:
    if share.ratio is None:
        return "-"
    return f"{share.ratio:.3f} ({share.part}/{share.whole})"


def as_json(scores: Scores) -> dict[str, object]:
    """The same as plain JSON values."""
    return {
        "all": _values(scores.overall),
        "kinds": {
            kind: {
                **_values(score),
                "techniques": {name: _values(one) for name, one in scores.techniques[kind].items()},
            }
            for kind, score in scores.kinds.items()
        },
    }


def _values(score: Score) -> dict[str, object]:
    return {
        "rows": score.rows,
        "bypasses": score.bypasses,
        "recall": _share(score.recall),
        "precision": _share(score.precision),
        "incident_precision": _share(score.incidents),
    }


def _share(share: Share) -> dict[str, object]:
    ratio = None if share.ratio is None else round(share.ratio, 4)
    return {"ratio": ratio, "part": share.part, "whole": share.whole}
