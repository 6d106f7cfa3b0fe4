"""Pages of the federation."""

from django.urls import path

from tenants.federation import views
from tenants.federation.alerts import views as alerts

urlpatterns = [
    path("", views.network_figures, name="home"),
    path("flows/", views.flow_board, name="federation_flow_list"),
    path("recalls/", alerts.NoticeList.as_view(), name="federation_recall_list"),
    path("recalls/new/", alerts.NoticeCreate.as_view(), name="federation_recall_create"),
    path("recalls/<uuid:pk>/", alerts.NoticeDetail.as_view(), name="federation_recall_detail"),
    path("recalls/source/", alerts.SourceList.as_view(), name="federation_source_list"),
    path("recalls/source/read/", alerts.SourceRead.as_view(), name="federation_source_read"),
    path("recalls/source/<uuid:pk>/", alerts.SourceDetail.as_view(), name="federation_source_detail"),
    path("recalls/source/<uuid:pk>/settle/", alerts.SourceSettle.as_view(), name="federation_source_settle"),
    path("banks/<slug:slug>/", views.bank_detail, name="federation_bank_detail"),
    path("departments/<slug:code>/", views.department_detail, name="federation_department_detail"),
]
