"""Which address leads to which of the pages about incidents?"""

from django.urls import path

from proxy.console.incidents.views import incident, lifting, listing, steps

app_name = "incidents"
urlpatterns = [
    path("incidents/", listing.incidents, name="incidents"),
    path("incidents/<int:incident_id>/", incident.incident, name="incident"),
    path("incidents/<int:incident_id>/take-up/", steps.take_up, name="take_up"),
    path("incidents/<int:incident_id>/give-back/", steps.give_back, name="give_back"),
    path("incidents/<int:incident_id>/end/", steps.end, name="end"),
    path("incidents/<int:incident_id>/follow-up/", steps.follow_up, name="follow_up"),
    path("incidents/<int:incident_id>/means/", steps.means, name="means"),
    path("incidents/<int:incident_id>/name/", steps.show_name, name="show_name"),
    path("incidents/innocent/", lifting.innocent, name="innocent"),
    path("incidents/innocent/count/<int:pardon_id>/", lifting.count_again, name="count_again"),
    path("incidents/innocent/stop/<int:permit_id>/", lifting.stop_again, name="stop_again"),
]
