"""What can be filled in about what follows, apart from any page."""

from found_incidents import end_form


def test_where_is_ticked_beforehand_and_what_is_allowed_is_not():
    two = end_form(
        ways=[("1 a b", "Tor"), ("2 c d", "a VPN")], places=[("b a", "Tor at b"), ("d c", "a VPN at d")]
    )
    assert two["what"].value() is None
    assert [value for value, _words in two["what"].field.choices] == ["1 a b", "2 c d"]
    assert two["pardon_at"].value() == ["b a", "d c"]


def test_where_no_site_is_known_it_is_for_one_alone():
    told = {"places": [("- vpn.ike", "anywhere: IKE")], "pardon_for": [("who", "one"), ("groups:a", "all")]}
    said = {
        "end-outcome": "innocent", "end-words": "w", "end-pardon": "on", "end-pardon_at": ["- vpn.ike"],
    }  # fmt: skip
    assert end_form({**said, "end-pardon_for": "who"}, **told).is_valid()
    assert list(end_form({**said, "end-pardon_for": "groups:a"}, **told).errors) == ["pardon_for"]


def test_it_is_told_when_more_was_seen_than_was_shown():
    said = {
        "end-outcome": "innocent", "end-words": "w", "end-pardon": "on", "end-pardon_for": "who",
        "end-pardon_at": ["a.example webproxy"], "end-permit": "on", "end-permit_for": "who",
        "end-permit_ends": "2026-12-18", "end-permit_reason": "r", "end-what": ["1 webproxy.uv a.example"],
    }  # fmt: skip
    same = end_form(said)
    assert same.is_valid()
    assert not same.is_outdated
    for change in (
        {"places": [("a.example vpn webproxy", "both")]}, {"ways": [("1 webproxy.uv b.a.example", "other")]},
    ):  # fmt: skip
        other = end_form(said, **change)
        assert not other.is_valid()
        assert other.is_outdated
        again = end_form(other.as_it_is(), **change)
        assert again.is_valid()
        assert not again.is_outdated
        assert again.cleaned_data["words"] == "w"
    for untold in ({"end-outcome": "unclear"}, {"end-pardon": ""}):
        less = end_form({**said, **untold}, places=[("a.example vpn webproxy", "both")])
        less.is_valid()
        assert not less.is_outdated


def test_where_nobody_can_be_allowed_anything_it_is_not_offered():
    permit = {"permit", "what", "permit_for", "permit_ends", "permit_reason"}
    assert permit <= set(end_form().fields)
    assert not permit & set(end_form(permit_for=[]).fields)
    assert not permit & set(end_form(ways=[]).fields)


def test_whom_something_is_allowed_is_never_chosen_beforehand():
    offered = end_form()["permit_for"]
    assert (offered.value(), offered.field.choices[0][0], offered.field.choices[1:]) == (
        None,
        "",
        [("who", "one")],
    )
    said = {
        "end-outcome": "innocent", "end-words": "w", "end-what": ["1 webproxy.uv a.example"],
        "end-permit": "on", "end-permit_reason": "a lesson",
    }  # fmt: skip
    ended = end_form({**said, "end-permit_ends": "2026-12-18"})
    assert list(ended.errors) == ["permit_for"]
    assert end_form({**said, "end-permit_ends": "2026-12-18", "end-permit_for": "who"}).is_valid()


def test_a_last_day_ends_with_its_midnight_in_the_schools_zone():
    ended = end_form(
        {
            "end-outcome": "innocent", "end-words": "w", "end-pardon": "on", "end-pardon_for": "who",
            "end-pardon_at": ["a.example webproxy"], "end-pardon_ends": "2026-12-18",
        }
    )  # fmt: skip
    assert ended.is_valid()
    assert ended.end("pardon_ends").isoformat() == "2026-12-19T00:00:00-06:00"
