"""The pages about incidents: the list, and one incident."""

import pytest

from found_incidents import TECHNIQUE, Act, subject_of
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import desk
from proxy.console.incidents.spoken import spoken
from proxy.console.incidents.states import State
from proxy.console.people.duties import DutyKind
from review_office import MONDAY

OTHERS = ("student", "teacher", "reviewer", "counselor", "technician", "administrator")
HOSTILE = "<script>alert(1)</script>"


def text(answer):
    return answer.content.decode()


def page(school, found, by=None):
    return text(school.browser(by or school.safeguarding).get(f"/incidents/{found.pk}/"))


class TestTheList:
    def test_it_leads_to_each_incident_and_names_no_site_and_nobody(self, school):
        found = school.incident(about=school.student)
        seen = text(school.browser(school.safeguarding).get("/incidents/"))
        assert f'href="/incidents/{found.pk}/"' in seen
        assert "Waiting to be looked at" in seen
        for secret in ("uv.example", "Student", found.subject):
            assert secret not in seen

    def test_an_empty_one_says_so(self, school):
        browser = school.browser(school.safeguarding)
        assert "Nothing waits" in text(browser.get("/incidents/"))
        assert "Nothing fits these filters" in text(browser.get("/incidents/?family=vpn"))

    def test_it_goes_on_on_the_next_page_with_its_filters(self, school, monkeypatch):
        monkeypatch.setattr("proxy.console.incidents.listing.page.__defaults__", ("", 1))
        for number in (1, 2):
            school.incident(client=f"192.0.2.{number}")
        browser = school.browser(school.safeguarding)
        first = browser.get("/incidents/?family=webproxy").context
        assert first["next"].startswith("/incidents/?family=webproxy&after=0-")
        second = browser.get(first["next"]).context
        assert (second["first"], second["next"]) == ("/incidents/?family=webproxy", "")
        assert {row.incident.client for row in (*first["rows"], *second["rows"])} == {
            "192.0.2.1",
            "192.0.2.2",
        }

    def test_a_filter_that_there_is_not_is_said_and_not_used(self, school):
        found = school.incident()
        answer = school.browser(school.safeguarding).get("/incidents/?show=everything")
        assert answer.status_code == 200
        assert [row.incident for row in answer.context["rows"]] == [found]


class TestOneIncident:
    def test_it_says_what_happened_where_when_and_how_often(self, school):
        seen = page(school, school.incident(Act("uv.example", times=7)))
        for words in (
            spoken(TECHNIQUE).sentence,
            "uv.example",
            "7 times",
            "Monday 30 November 2026, 8:00",
            "/uv/service/hvtrs8%2F-game",
            "One sure sign was enough",
            "very sure",
        ):
            assert words in seen

    def test_several_weak_signs_are_told_from_a_sure_one(self, school):
        weak = [Act(f"{name}.example", weight=0.4) for name in ("a", "b", "c")]
        assert "Several signs within a short time" in page(school, school.incident(*weak))

    def test_innocent_causes_stand_there_before_anybody_has_taken_it_up(self, school):
        found = school.incident(Act(technique="dns.doh"))
        assert "a browser or an app whose setting" in page(school, found)

    def test_what_came_from_outside_is_text(self, school):
        found = school.incident(Act(evidence={HOSTILE: HOSTILE}))
        seen = page(school, found)
        assert HOSTILE not in seen
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in seen

    def test_the_score_is_nowhere(self, school):
        found = school.incident(score=1.2345)
        assert "1.23" not in page(school, found)

    def test_nobodys_name_stands_there_until_it_is_asked_for(self, school):
        found = school.incident(about=school.student)
        seen = page(school, found)
        assert "Student" not in seen.replace("Student's", "")
        assert found.subject[:12] in seen
        assert found.subject not in seen

    def test_a_policy_that_no_longer_knows_the_technique_does_not_matter(self, school):
        seen = page(school, school.ended(State.UNCLEAR, Act(technique="webproxy.gone")))
        assert "Web proxy" in seen

    def test_events_that_cannot_be_read_do_not_matter(self, school, monkeypatch):
        def broken(*args):
            raise OSError

        monkeypatch.setattr("proxy.console.incidents.views.incident.around", broken)
        assert "uv.example" in page(school, school.incident())


class TestWhoSees:
    @pytest.mark.parametrize("who", OTHERS)
    def test_nobody_without_the_duty(self, school, who):
        found = school.incident(about=school.student)
        browser = school.browser(school.person(who))
        for path in ("/incidents/", f"/incidents/{found.pk}/", "/incidents/999/", "/incidents/innocent/"):
            assert browser.get(path).status_code == 403

    def test_what_is_about_oneself_does_not_exist(self, school):
        own = school.incident(about=school.safeguarding)
        browser = school.browser(school.safeguarding)
        assert browser.get(f"/incidents/{own.pk}/").status_code == 404
        for step in ("take-up", "give-back", "end", "name", "means"):
            assert browser.post(f"/incidents/{own.pk}/{step}/").status_code == 404
        assert "Nothing waits" in text(browser.get("/incidents/"))
        assert page(school, own, school.safeguarding_b)

    def test_another_schools_does_not_exist(self, school):
        found = school.incident(school="maple-elementary")
        browser = school.browser(school.safeguarding)
        assert browser.get(f"/incidents/{found.pk}/").status_code == 404
        assert browser.post(f"/incidents/{found.pk}/take-up/").status_code == 404

    def test_the_districts_officer_sees_every_schools(self, school):
        found = school.incident(school="maple-elementary")
        school.charge(school.teacher, DutyKind.SAFEGUARDING, school="")
        assert "Take it under review" in page(school, found, school.teacher)

    def test_an_auditor_reads_and_gets_no_button(self, school):
        found = school.taken(about=school.student)
        seen = page(school, found, school.auditor)
        assert "uv.example" in seen
        for button in ("Show the name", "End the incident", "Put it back", "Take it under review"):
            assert button not in seen
        browser = school.browser(school.auditor)
        for step in ("take-up", "give-back", "end", "name", "means"):
            assert browser.post(f"/incidents/{found.pk}/{step}/").status_code == 403

    def test_a_student_learns_nothing_from_a_number(self, school):
        there = school.incident(about=school.student).pk
        browser = school.browser(school.student)
        here, nowhere = browser.get(f"/incidents/{there}/"), browser.get("/incidents/999999/")
        assert (here.status_code, len(here.content)) == (nowhere.status_code, len(nowhere.content))


class TestTheName:
    def show(self, school, found, by=None):
        return school.browser(by or school.safeguarding).post(f"/incidents/{found.pk}/name/")

    def test_it_is_shown_once_and_the_look_is_recorded(self, school):
        found = school.incident(about=school.student)
        assert "Student" in text(self.show(school, found))
        record = AuditRecord.objects.get(action="incident.look")
        assert record.about == f"incident:{found.pk}"
        assert "Student" not in str(record.detail)
        assert "Who it is" not in page(school, found)

    def test_where_nobody_is_known_that_is_said_and_recorded_too(self, school):
        found = school.incident()
        assert "Nobody is known" in text(self.show(school, found))
        assert AuditRecord.objects.filter(action="incident.look").count() == 1

    def test_nothing_keeps_a_copy_of_the_page(self, school):
        answer = self.show(school, school.incident(about=school.student))
        assert "no-store" in answer["Cache-Control"]

    def test_reading_the_page_records_no_look(self, school):
        page(school, school.incident(about=school.student))
        assert AuditRecord.objects.filter(action="incident.look").count() == 0


def test_what_was_done_stands_beside_it(school):
    found = school.taken()
    desk.give_back(found.pk, school.safeguarding, at=MONDAY, note="ill today")
    seen = page(school, found)
    assert "Taken up" in seen
    assert "ill today" in seen
    assert subject_of(school.student) not in seen


def test_a_technique_is_told_in_the_readers_language_and_nothing_there_is_marked_as_english(school):
    officer, found = school.safeguarding, school.incident()
    officer.language = "es"
    officer.save()
    pages = [text(school.browser(officer).get(path)) for path in ("/incidents/", f"/incidents/{found.pk}/")]
    for page in pages:
        assert "Ultraviolet: una dirección que codificó" in page
        assert 'lang="en"' not in page.partition("<main")[2].partition("</main>")[0]
    assert "un enlace que envió otra persona" in pages[1]
