"""Pages of the stage."""

from django.urls import URLPattern, path

from apps.catalogue.views import staff

urlpatterns: list[URLPattern] = [
    path("products/", staff.ProductList.as_view(), name="catalogue_product_list"),
    path("products/new/", staff.ProductCreate.as_view(), name="catalogue_product_create"),
    path("products/<uuid:pk>/", staff.ProductDetail.as_view(), name="catalogue_product_detail"),
    path("products/<uuid:pk>/edit/", staff.ProductEdit.as_view(), name="catalogue_product_edit"),
    path("products/<uuid:pk>/archive/", staff.ProductArchive.as_view(), name="catalogue_product_archive"),
    path("families/", staff.FamilyList.as_view(), name="catalogue_family_list"),
    path("families/new/", staff.FamilyCreate.as_view(), name="catalogue_family_create"),
    path("families/<uuid:pk>/", staff.FamilyDetail.as_view(), name="catalogue_family_detail"),
    path("families/<uuid:pk>/edit/", staff.FamilyEdit.as_view(), name="catalogue_family_edit"),
    path("families/<uuid:pk>/archive/", staff.FamilyArchive.as_view(), name="catalogue_family_archive"),
]
