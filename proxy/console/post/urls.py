"""At which addresses are the letters that did not arrive?"""

from django.urls import path

from proxy.console.post import views

app_name = "post"

urlpatterns = [
    path("letters/", views.letters, name="letters"),
    path("letters/<int:letter_id>/try-again/", views.try_again, name="try_again"),
]
