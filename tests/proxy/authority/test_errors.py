from proxy.authority import errors


def test_every_error_of_the_package_is_an_authority_problem_and_stands_in_the_tree():
    assert issubclass(errors.NoLeaf, errors.AuthorityProblem)
    assert all(name in errors.__doc__ for name in ("AuthorityProblem", "NoLeaf"))
