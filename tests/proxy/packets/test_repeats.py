"""The same thing is told of once a minute, in bounded memory."""

from proxy.packets.repeats import Repeats


def test_the_same_is_new_again_after_its_time() -> None:
    repeats = Repeats(quiet_s=60)

    assert [repeats.is_new("a", at) for at in (0.0, 1.0, 59.9, 60.0, 61.0)] == [
        True,
        False,
        False,
        True,
        False,
    ]
    assert repeats.is_new("b", 61.0)


def test_no_more_than_so_many_are_kept_and_the_oldest_leaves_first() -> None:
    repeats = Repeats(quiet_s=60, max_kept=2)

    told = [repeats.is_new(key, 0.0) for key in "abcb"]

    assert (told, len(repeats)) == ([True, True, True, False], 2)
    assert repeats.is_new("a", 0.0)
