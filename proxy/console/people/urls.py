"""At which addresses are log-in, one's own account, and the administration of people?"""

from allauth.account import views as account
from django.urls import include, path

from proxy.console.people.gates import entrance
from proxy.console.people.log_in import log_in
from proxy.console.people.views import administration, first_password, own
from proxy.console.people.views import people as listed

_people = [
    path("account/login/", log_in, name="login"),
    path("account/logout/", entrance(account.logout), name="logout"),
    path("account/", own.account, name="account"),
    path("account/sessions/end-others/", own.end_other_sessions, name="end_other_sessions"),
    path("account/sessions/<int:session_id>/end/", own.end_session, name="end_session"),
    path("account/first/<slug:uidb64>/<str:token>/", first_password.first_password, name="first_password"),
    path("people/", listed.people, name="people"),
    path("people/new/", administration.new, name="new"),
    path("people/<int:person_id>/", listed.person, name="person"),
    path("people/<int:person_id>/duties/", administration.give_duty, name="give_duty"),
    path("people/<int:person_id>/duties/<int:duty_id>/end/", administration.end_duty, name="end_duty"),
    path("people/<int:person_id>/switch/", administration.switch, name="switch"),
    path("people/<int:person_id>/last-day/", administration.set_end, name="set_end"),
    path("people/<int:person_id>/password/", administration.reset_password, name="reset_password"),
    path(
        "people/<int:person_id>/second-factor/",
        administration.reset_second_factor,
        name="reset_second_factor",
    ),
    path("people/<int:person_id>/sessions/end/", administration.end_sessions, name="end_sessions"),
]

urlpatterns = [
    path("", include((_people, "people"))),
    path("", include("proxy.console.people.account_urls")),
]
