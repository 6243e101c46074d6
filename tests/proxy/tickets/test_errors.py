import pytest

from proxy.tickets import errors


@pytest.mark.parametrize(
    "kind",
    [
        errors.TicketBad,
        errors.TicketExpired,
        errors.TicketUnknownKey,
        errors.CodeProblem,
        errors.KeyringProblem,
    ],
)
def test_every_error_of_the_package_is_a_ticket_problem_and_stands_in_the_tree(kind):
    assert issubclass(kind, errors.TicketProblem)
    assert kind.__name__ in errors.__doc__
