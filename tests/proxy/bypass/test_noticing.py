from proxy.bypass.knowledge import Knowledge
from proxy.bypass.noticing import notice
from proxy.decision.signs import Consequence, Nature, Sign

SEEN = Sign("tunnel.ssh", Nature.ANONYMIZER, Consequence.INCIDENT, 1.0, "This is SSH.")


def sees(what, knowledge):
    yield SEEN


def sees_nothing(what, knowledge):
    return ()


def fails(what, knowledge):
    yield SEEN
    raise ZeroDivisionError


def test_the_signs_of_all_detectors_come_in_order():
    assert notice((sees_nothing, sees, sees), "anything", Knowledge({}), print) == (SEEN, SEEN)


def test_a_detector_that_fails_refuses_the_attempt_and_is_told_and_the_others_are_asked():
    told = []

    signs = notice(
        (fails, sees), "anything", Knowledge({}), lambda name, error: told.append((name, type(error)))
    )

    assert told == [("fails", ZeroDivisionError)]
    assert [(sign.technique, sign.nature, sign.consequence) for sign in signs] == [
        ("tunnel.ssh", Nature.ANONYMIZER, Consequence.INCIDENT),
        ("fault.detector", Nature.FAULT, Consequence.BLOCK),
        ("tunnel.ssh", Nature.ANONYMIZER, Consequence.INCIDENT),
    ]
    assert signs[1].evidence == (("detector", "fails"),)
