"""Where are the figures?"""

from django.urls import path

from proxy.console.reports import incident_pages, views

app_name = "reports"

urlpatterns = [
    path("figures/", views.figures, name="figures"),
    path("figures/incidents/", incident_pages.incidents, name="incidents"),
    path("figures/incidents/incidents.csv", incident_pages.incidents_csv, name="incidents_csv"),
    path("figures.json", views.figures_json, name="figures_json"),
    path("figures/<slug:name>.csv", views.figures_csv, name="figures_csv"),
]
