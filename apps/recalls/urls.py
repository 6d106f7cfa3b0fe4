"""Pages of the stage."""

from django.urls import URLPattern, path

from apps.recalls.views import partner, staff

urlpatterns: list[URLPattern] = [
    path("", staff.CaseList.as_view(), name="recalls_case_list"),
    path("new/", staff.CaseCreate.as_view(), name="recalls_case_create"),
    path("mine/", partner.OwnList.as_view(), name="recalls_mine_list"),
    path("mine/<uuid:pk>/", partner.OwnDetail.as_view(), name="recalls_mine_detail"),
    path("answer/<str:word>/", partner.answer_by_link, name="recalls_answer"),
    path("<uuid:pk>/", staff.CaseDetail.as_view(), name="recalls_case_detail"),
    path("<uuid:pk>/pdf/", staff.CasePaper.as_view(), name="recalls_case_pdf"),
    path("<uuid:pk>/search/", staff.CaseSearch.as_view(), name="recalls_case_search"),
    path("<uuid:pk>/close/", staff.CaseClose.as_view(), name="recalls_case_close"),
    path("lots/<uuid:pk>/confirm/", staff.MatchConfirm.as_view(), name="recalls_match_confirm"),
    path("lots/<uuid:pk>/dismiss/", staff.MatchDismiss.as_view(), name="recalls_match_dismiss"),
    path("partners/<uuid:pk>/phone/", staff.ReachPhone.as_view(), name="recalls_reach_phone"),
    path("partners/<uuid:pk>/remind/", staff.ReachRemind.as_view(), name="recalls_reach_remind"),
    path("partners/<uuid:pk>/explain/", staff.ReachExplain.as_view(), name="recalls_reach_explain"),
]
