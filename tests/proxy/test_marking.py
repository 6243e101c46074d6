from proxy.marking import marked


def test_a_marked_text_is_the_text():
    assert marked("100 % of it") == "100 % of it"
