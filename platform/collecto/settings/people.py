"""Sign-in: a code by e-mail, nobody signs up by themselves."""

from collecto.settings import environment

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "tenants.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {"request_login_code": None}
"""Requests for codes are counted by us, per bank (``LIMITS``); the library counts the rest."""

EMAIL_BACKEND = environment.value("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = environment.value("EMAIL_HOST", "localhost")
EMAIL_PORT = int(environment.value("EMAIL_PORT", "25"))
EMAIL_HOST_USER = environment.value("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = environment.value("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS")
DEFAULT_FROM_EMAIL = environment.value("DEFAULT_FROM_EMAIL", "COLLECTO <noreply@localhost>")
