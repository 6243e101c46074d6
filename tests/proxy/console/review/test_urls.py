from proxy.console.people.gates import Who, admits_of
from proxy.console.review.urls import urlpatterns


def test_every_page_is_for_people_on_duty():
    assert {admits_of(pattern.callback).who for pattern in urlpatterns} == {Who.ON_DUTY}
