"""Pages of the federation."""

from django.urls import path

from tenants.federation import views

urlpatterns = [
    path("", views.network_figures, name="home"),
    path("banks/<slug:slug>/", views.bank_detail, name="federation_bank_detail"),
]
