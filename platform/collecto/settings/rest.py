"""The API: authentication, pages, one error shape, one schema."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.BankTokenAuthentication",
        "api.authentication.BankSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.authentication.HasHatHere"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.PerPerson"],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "api.description.ApiSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "api.errors.as_problem",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "COLLECTO",
    "DESCRIPTION": "Offers, stock, orders and indicators of one food bank.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_URLCONF": "collecto.urls_tenant",
    "SERVE_PERMISSIONS": ["api.authentication.HasHatHere"],
    "ENUM_NAME_OVERRIDES": {
        "OfferStatus": "apps.offers.states.OfferStatus",
        "OrderStatus": "apps.orders.states.OrderStatus",
        "LotStatus": "apps.stock.states.LotStatus",
        "OfferKind": "apps.offers.states.OfferKind",
        "DateKind": "apps.catalogue.states.DateKind",
        "SupplySource": "apps.donors.states.SupplySource",
        "JobState": "apps.kernel.jobs.states.JobState",
        "MatchState": "apps.recalls.states.MatchState",
        "ReachState": "apps.recalls.states.ReachState",
        "CaseState": "apps.recalls.states.CaseState",
    },
}
