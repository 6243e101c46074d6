"""Files of regular expressions."""

from list_world import entries
from proxy.lists.formats import Format


def test_each_line_is_one_expression_as_it_stands():
    assert entries(Format.EXPRESSIONS, "# note\n\n(/ads/|#x)\n (^|[-.])win \n") == [
        (3, "expression", "(/ads/|#x)"),
        (4, "expression", "(^|[-.])win"),
    ]
