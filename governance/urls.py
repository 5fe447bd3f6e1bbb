from django.urls import path

from governance.views import committee, decisions, home, items, receipts, sessions

app_name = "governance"
urlpatterns = [
    path("", home.home, name="home"),
    path("decisions/<str:name>/", decisions.decision, name="decision"),
    path("decisions/<str:name>/receipts/<str:code>/", receipts.own_receipt, name="receipt"),
    path("decisions/<str:name>/recusal/", decisions.recusal, name="recusal"),
    path("decisions/<str:name>/opening/", items.opening, name="opening"),
    path("decisions/<str:name>/close/", decisions.closing, name="close"),
    path("decisions/<str:name>/defer/", decisions.deferral, name="defer"),
    path("decisions/<str:name>/cancel/", items.cancellation, name="cancel"),
    path("items/new/", items.choose, name="item_new"),
    path("items/text/", items.text, name="text_new"),
    path("items/<str:reference>/<int:number>/", items.table, name="table"),
    path("receipts/", receipts.receipts, name="receipts"),
    path("sessions/", sessions.session_list, name="sessions"),
    path("sessions/new/", sessions.session_new, name="session_new"),
    path("sessions/<str:reference>/", sessions.session, name="session"),
    path("seats/", committee.seats, name="seats"),
    path("seats/founding/", committee.founding, name="founding"),
    path("seats/<int:number>/appointment/", committee.appointment, name="appointment"),
    path("chair/", committee.chair, name="chair"),
    path("rules/new/", committee.rules_new, name="rules_new"),
]
