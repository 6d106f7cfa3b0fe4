"""Sign-in: a code by e-mail or a passkey, a second factor for some roles; nobody signs up by themselves."""

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
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS = dict.fromkeys(("request_login_code", "login_failed", "login", "reauthenticate"))
"""Codes asked for and codes typed are counted by us (``LIMITS``): the library would shut offices out."""

MFA_ADAPTER = "tenants.accounts.signing_in.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "COLLECTO"
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": None}

DEVICE_COOKIE_NAME = "device"
DEVICE_COOKIE_AGE = 400 * 24 * 3600
DEVICE_COOKIE_SECURE = False
"""The browsers that people know: a cookie of the host, signed, which says who signed in from there."""

SECOND_FACTOR_ROLES = environment.words("SECOND_FACTOR_ROLES", "manager,federation,operator")
"""Whoever holds one of these roles works on a host only after a second factor."""
SECOND_FACTOR_GRACE_DAYS = int(environment.value("SECOND_FACTOR_GRACE_DAYS", "0"))
"""Days after such a role was given during which the person may still work without one."""
CONFIRMED_SECONDS = 900
"""A grave act is asked no confirmation for so long after the last one."""

INVITATION_DAYS = int(environment.value("INVITATION_DAYS", "14"))
"""Days during which an invitation may be accepted."""
DECLARATION_LINK_DAYS = int(environment.value("DECLARATION_LINK_DAYS", "365"))
"""Days during which a donor may declare food through the link that was made for it."""

EMAIL_BACKEND = environment.value("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = environment.value("EMAIL_HOST", "localhost")
EMAIL_PORT = int(environment.value("EMAIL_PORT", "25"))
EMAIL_HOST_USER = environment.value("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = environment.value("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
"""Seconds that a mail server may take to answer: it holds up whoever waits for a letter to leave."""
DEFAULT_FROM_EMAIL = environment.value("DEFAULT_FROM_EMAIL", "COLLECTO <noreply@localhost>")

PROCONNECT_ISSUER = environment.value("PROCONNECT_ISSUER", "")
"""Address of the issuer of identities (ProConnect, or another OpenID Connect one). Empty: no such button."""
PROCONNECT_CLIENT_ID = environment.value("PROCONNECT_CLIENT_ID", "")
PROCONNECT_CLIENT_SECRET = environment.value("PROCONNECT_CLIENT_SECRET", "")
PROCONNECT_STRONG_ACR = environment.words("PROCONNECT_STRONG_ACR")
"""Words by which the issuer says that it asked two factors itself; ours is not asked then."""
SOCIALACCOUNT_ADAPTER = "tenants.accounts.signing_in.proconnect.adapter.ProConnectAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
