"""What becomes of answers of a base that is in force no more?"""

from proxy.dns.laid_by import FREED_AT_ONCE, LAID_BY_S, MOST_VIEWS, LaidBy

NOW = 100.0


def numbers(count: int, first: int = 0) -> dict[int, str]:
    return {number: str(number) for number in range(first, first + count)}


def test_each_answer_is_had_once_whatever_the_view() -> None:
    laid = LaidBy[int, str]()
    laid.lay([{1: "one"}, {1: "uno", 2: "due"}], NOW)
    assert sorted(filter(None, (laid.take(1) for _ in range(3)))) == ["one", "uno"]
    assert (laid.take(2), laid.take(2), laid.take(9)) == ("due", None, None)


def test_they_are_had_for_a_minute() -> None:
    laid = LaidBy[int, str]()
    laid.lay([numbers(3)], NOW)
    laid.at(NOW + LAID_BY_S - 0.1)
    assert laid.take(0) == "0"
    laid.at(NOW + LAID_BY_S)
    assert laid.take(1) is None


def test_those_of_the_largest_views_are_laid_by() -> None:
    laid = LaidBy[int, str]()
    laid.lay([numbers(1 + n % 3, 10 * n) for n in range(MOST_VIEWS + 4)], NOW)
    assert sum(laid.take(10 * n) is not None for n in range(MOST_VIEWS + 4)) == MOST_VIEWS
    assert (laid.take(21), laid.take(0)) == ("21", None)


def test_what_is_let_go_is_freed_little_by_little() -> None:
    laid = LaidBy[int, str]()
    views = [numbers(FREED_AT_ONCE + 1), numbers(1)]
    laid.let_go(views)
    left = []
    for _ in range(4):
        laid.at(NOW)
        left.append(sum(map(len, views)))
    assert left == [FREED_AT_ONCE + 1, 1, 0, 0]


def test_another_base_takes_the_place_of_what_was_laid_by() -> None:
    laid = LaidBy[int, str]()
    former = numbers(3)
    laid.lay([former], NOW)
    laid.lay([{7: "seven"}], NOW)
    assert (laid.take(0), laid.take(7)) == (None, "seven")
    laid.at(NOW)
    assert former == {}
    laid.clear()
    assert laid.take(7) is None
