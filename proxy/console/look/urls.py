"""Where is the language chosen?"""

from django.urls import path

from proxy.console.look import views

app_name = "look"

urlpatterns = [path("language/", views.choose_language, name="language")]
