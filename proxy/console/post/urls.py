"""At which addresses are the letters and messages that did not arrive?"""

from django.urls import path

from proxy.console.post import views

app_name = "post"

urlpatterns = [
    path("letters/", views.letters, name="letters"),
    path("letters/<int:letter_id>/try-again/", views.try_again, name="try_again"),
    path("letters/messages/<int:call_id>/try-again/", views.call_again, name="call_again"),
]
