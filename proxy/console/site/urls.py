"""Which address leads to which part?"""

from django.urls import URLPattern, URLResolver, include, path

from proxy.console.site import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.health, name="health"),
    path("", include("proxy.console.look.urls")),
    path("", include("proxy.console.people.urls")),
    path("audit/", include("proxy.console.auditing.urls")),
    path("", include("proxy.console.post.urls")),
    path("", include("proxy.console.review.urls")),
    path("", include("proxy.console.portal.urls")),
    path("", include("proxy.console.reports.urls")),
    path("", include("proxy.console.incidents.urls")),
]

handler400 = "proxy.console.site.errors.wrong_request"
handler403 = "proxy.console.site.errors.forbidden"
handler404 = "proxy.console.site.errors.not_found"
handler500 = "proxy.console.site.errors.fault"
