"""Where are the figures?"""

from django.urls import path

from proxy.console.reports import views

app_name = "reports"

urlpatterns = [
    path("figures/", views.figures, name="figures"),
    path("figures.json", views.figures_json, name="figures_json"),
    path("figures/<slug:name>.csv", views.figures_csv, name="figures_csv"),
]
