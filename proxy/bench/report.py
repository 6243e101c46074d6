"""How are the figures shown, to people as tables and to programs as lines of JSON?"""

import json
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from proxy.bench.goals import Outcome, outcomes, ratios
from proxy.bench.results import GOAL, Results, as_json, unit_of

STOLEN_TOO_MUCH = 0.1


def print_tables(results: Results, size: int, console: Console) -> None:
    """Show every figure of every peer, and the goals."""
    table = Table(title=f"schoolgate bench {results.area}: medians; ratio: schoolgate to the peer")
    for column, justify in (("figure", "left"), ("of", "left"), ("median", "right"), ("min - max", "right")):
        table.add_column(column, justify="left" if justify == "left" else "right", no_wrap=True)
    table.add_column("stolen", justify="right")
    table.add_column("ratio", justify="right")
    for row in rows(results):
        table.add_row(*row)
    console.print(table)
    for line in remarks(results):
        console.print(line, highlight=False, markup=False)
    wanted = outcomes(results, size)
    if wanted:
        goals = Table(title="goals")
        goals.add_column("goal", no_wrap=True)
        for column in ("bound", "here", "kept"):
            goals.add_column(column, justify="right")
        for outcome in wanted:
            goals.add_row(*goal_row(outcome))
        console.print(goals)


def rows(results: Results) -> Iterator[tuple[str, ...]]:
    """The cells of the table of figures."""
    for figure in results.figures():
        for place, peer in enumerate(results.peers(figure)):
            spread, ratio = results.spread(figure, peer), results.ratio(figure, peer)
            assert spread is not None
            stolen = results.stolen.get((figure.rpartition(".")[0], peer))
            void = peer in results.void
            yield (
                f"{figure} ({unit_of(figure)})".replace(" ()", "") if place == 0 else "",
                peer,
                "void" if void else number(spread.median),
                f"{number(spread.least)} - {number(spread.most)}" if spread.samples > 1 else "",
                "" if stolen is None else f"{stolen:.0%}",
                "" if ratio is None else f"{ratio:.2f}",
            )


def remarks(results: Results) -> Iterator[str]:
    """What a reader of the table must know: what is void, skipped, or was disturbed."""
    for peer, why in results.void.items():
        yield f"void: {peer}: {why}"
    for peer, why in results.skipped.items():
        yield f"not measured: {peer}: {why}"
    if _is_single(results):
        yield "one sample of each figure: a ratio may be chance; take --rounds 3 or more for a claim"
    disturbed = sorted({case for (case, _), stolen in results.stolen.items() if stolen > STOLEN_TOO_MUCH})
    if disturbed:
        yield f"repeat: more than {STOLEN_TOO_MUCH:.0%} of the time was stolen during {', '.join(disturbed)}"


def _is_single(results: Results) -> bool:
    """Whether what is measured in rounds was measured in one round only."""
    spreads = [
        spread
        for figure in results.figures()
        for peer in results.peers(figure)
        if figure.endswith(".cpu") and (spread := results.spread(figure, peer)) is not None
    ]
    return bool(spreads) and all(spread.samples == 1 for spread in spreads)


def goal_row(outcome: Outcome) -> tuple[str, ...]:
    """The cells of one goal."""
    goal = outcome.goal
    kept = {None: "not measured", True: "yes", False: "NO"}[outcome.kept]
    unit = f" {unit_of(goal.figure)}".rstrip() if goal.peer == GOAL else ""
    name = goal.figure if goal.peer == GOAL else goal.key
    value = "" if outcome.value is None else f"{number(outcome.value)}{unit}"
    return name, f"<= {number(goal.at_most)}{unit}", value, kept


def number(value: float) -> str:
    """A figure with as many digits as mean something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def json_lines(results: Results, size: int) -> Iterator[str]:
    """Everything measured, then the goals, then one line with nothing but the ratios."""
    yield json.dumps({**as_json(results), "size": size})
    goals = [
        {"goal": one.goal.key, "at_most": one.goal.at_most, "value": one.value, "kept": one.kept}
        for one in outcomes(results, size)
    ]
    yield json.dumps({"goals": goals})
    yield json.dumps({"ratios": ratios(results, size)})
