"""Pages of the operator of the platform, under ``/operator/`` of the public site."""

from django.urls import path

from tenants.registry.views.acts import BankAct, BankOpen, outbox, outbox_discard, outbox_retry
from tenants.registry.views.banks import BankDetail, BankList, bank_export_fetch, bank_proof, bank_step

urlpatterns = [
    path("", BankList.as_view(), name="operator_bank_list"),
    path("banks/new/", BankOpen.as_view(), name="operator_bank_create"),
    path("banks/<uuid:pk>/", BankDetail.as_view(), name="operator_bank_detail"),
    path("banks/<uuid:pk>/proof/", bank_proof, name="operator_bank_proof"),
    path("banks/<uuid:pk>/<slug:act>/", BankAct.as_view(), name="operator_bank_act"),
    path("steps/<uuid:pk>/", bank_step, name="operator_step"),
    path("steps/<uuid:pk>/export/", bank_export_fetch, name="operator_export"),
    path("outbox/", outbox, name="operator_outbox"),
    path("outbox/<int:row_id>/retry/", outbox_retry, name="operator_outbox_retry"),
    path("outbox/<int:row_id>/discard/", outbox_discard, name="operator_outbox_discard"),
]
