"""Which address leads to which page of the record?"""

from django.urls import path

from proxy.console.auditing import views

app_name = "audit"
urlpatterns = [
    path("", views.records, name="records"),
    path("<int:number>/", views.record, name="record"),
    path("verify/", views.verify, name="verify"),
    path("record.csv", views.as_csv, name="csv"),
    path("record.jsonl", views.as_json, name="json"),
]
