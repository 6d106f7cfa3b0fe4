"""The report of a period, on paper and by e-mail: at every bank and at the federation."""

from django.urls import path

from tenants.federation import views_reports

urlpatterns = [
    path("period/", views_reports.report_paper, name="report_paper"),
    path("letter/", views_reports.report_letter, name="report_letter"),
    path("subscription/", views_reports.report_subscription, name="report_subscription"),
    path("stop/<str:word>/", views_reports.report_stop, name="report_stop"),
]
