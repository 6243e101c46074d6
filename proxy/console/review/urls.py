"""Which address leads to which of the reviewers' pages?"""

from django.urls import path

from proxy.console.review.views import case, deciding, openings, queue, steps, tellings, times

app_name = "review"
urlpatterns = [
    path("queue/", queue.queue, name="queue"),
    path("appeals/", queue.appeals, name="appeals"),
    path("cases/<int:case_id>/", case.case, name="case"),
    path("cases/<int:case_id>/claim/", steps.claim, name="claim"),
    path("cases/<int:case_id>/release/", steps.release, name="release"),
    path("cases/<int:case_id>/take-over/", steps.take_over, name="take_over"),
    path("cases/<int:case_id>/ask/", steps.ask, name="ask"),
    path("cases/<int:case_id>/hand-over/", steps.hand_over, name="hand_over"),
    path("cases/<int:case_id>/return/", steps.return_appeal, name="return_appeal"),
    path("cases/<int:case_id>/decide/", deciding.decide, name="decide"),
    path("cases/<int:case_id>/opens/", deciding.what_opens, name="opens"),
    path("cases/<int:case_id>/revoke/", steps.revoke, name="revoke"),
    path("cases/<int:case_id>/keep/", steps.keep, name="keep"),
    path("openings/", openings.openings, name="openings"),
    path("tellings/", tellings.tellings, name="tellings"),
    path("tellings/<int:telling_id>/take-up/", tellings.take_up, name="take_up"),
    path("due-times/", times.times, name="times"),
]
