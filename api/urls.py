"""Addresses of the API, version 1."""

from django.urls import path, re_path

from api.resources import Unknown
from api.schema import SchemaView
from api.v1.indicators import Indicators
from api.v1.offers import Offers
from api.v1.orders import Orders
from api.v1.stock import Stock

urlpatterns = [
    path("offers/", Offers.as_view({"get": "list"}), name="api_offer_list"),
    path("offers/<uuid:pk>/", Offers.as_view({"get": "retrieve"}), name="api_offer_detail"),
    path("offers/<uuid:pk>/accept/", Offers.as_view({"post": "accept"}), name="api_offer_accept"),
    path("offers/<uuid:pk>/decline/", Offers.as_view({"post": "decline"}), name="api_offer_decline"),
    path("stock/lots/", Stock.as_view({"get": "lots"}), name="api_stock_lots"),
    path("stock/products/", Stock.as_view({"get": "products"}), name="api_stock_products"),
    path("orders/", Orders.as_view({"get": "list", "post": "create"}), name="api_order_list"),
    path("orders/<uuid:pk>/", Orders.as_view({"get": "retrieve"}), name="api_order_detail"),
    path("orders/<uuid:pk>/cancel/", Orders.as_view({"post": "cancel"}), name="api_order_cancel"),
    path("indicators/", Indicators.as_view({"get": "read"}), name="api_indicators"),
    path("schema/", SchemaView.as_view(), name="api_schema"),
    re_path("", Unknown.as_view(), name="api_unknown"),
]
