"""Where in the portal is what?"""

from django.urls import path

from proxy.console.portal.views import approved, asking, guardian, home, mine, receipt, telling

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("ask", asking.from_block_page, name="ask"),
    path("ask/code", asking.by_code, name="code"),
    path("ask/new/<slug:kind>", asking.anew, name="new"),
    path("receipt/<str:token>", receipt.receipt, name="receipt"),
    path("mine/", mine.mine, name="mine"),
    path("mine/<int:number>/", mine.case, name="case"),
    path("mine/<int:number>/answer", mine.answer, name="answer"),
    path("mine/<int:number>/appeal", mine.appeal, name="appeal"),
    path("mine/<int:number>/withdraw", mine.withdraw, name="withdraw"),
    path("mine/<int:number>/appeal/withdraw", mine.withdraw_appeal, name="withdraw_appeal"),
    path("guardian/<int:number>/", guardian.guardian, name="guardian"),
    path("guardian/<int:number>/withdraw", guardian.take_back, name="guardian_withdraw"),
    path("tell/", telling.tell, name="tell"),
    path("tell/done", telling.told, name="told"),
    path("approved/", approved.approved_page, name="approved"),
    path("approved.csv", approved.approved_csv, name="approved_csv"),
    path("approved.json", approved.approved_json, name="approved_json"),
]
