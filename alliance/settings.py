"""Settings, all read from the environment; safe by default.

Nothing needs to be set on one machine for the demonstration; production needs at least
ALLIANCE_SECRET_KEY, ALLIANCE_HOSTS, ALLIANCE_ORIGINS, DATABASE_URL and REDIS_URL.
"""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("ALLIANCE_DEBUG", default=False)
TESTING = "pytest" in sys.modules
# Tests have a data folder of their own: their server is a hasty one, and a portal may run from the other beside them.
ALLIANCE_DATA = Path(env("ALLIANCE_DATA", default=str(BASE_DIR / "var" / ("check" if TESTING else "")))).resolve()

# Local means: one machine, plain HTTP on loopback (the demonstration, development, tests).
LOCAL = env.bool("ALLIANCE_LOCAL", default=DEBUG or TESTING or not env("DATABASE_URL", default=""))


def local_secret() -> str:
    """Return the secret key kept in the data folder, made at the first start."""
    from django.core.management.utils import get_random_secret_key

    path = ALLIANCE_DATA / "secret-key"
    if not path.exists():
        ALLIANCE_DATA.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = env("ALLIANCE_SECRET_KEY", default="") or (local_secret() if LOCAL else "")
ALLOWED_HOSTS = env.list("ALLIANCE_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if LOCAL else [])
CSRF_TRUSTED_ORIGINS = env.list("ALLIANCE_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "alliance.core.assets.CollectedFiles",
    "django.forms",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "alliance",
    "funds",
    "proposals",
    "governance",
    "reporting",
]
# The demonstration, its made-up people and their tools. A portal that serves named hosts is a real one and leaves them out.
ALLIANCE_SCENARIOS = env.bool("ALLIANCE_SCENARIOS", default=LOCAL or not env.list("ALLIANCE_HOSTS", default=[]))
if ALLIANCE_SCENARIOS:
    INSTALLED_APPS.append("scenarios")

MIDDLEWARE = [
    "alliance.core.requests.RequestIdMiddleware",
    "alliance.core.requests.OneMomentMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "alliance.core.requests.NoNulMiddleware",
    "alliance.core.requests.KeepTypedMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "alliance.people.acting.ActingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "alliance.accounts.middleware.SecondFactorMiddleware",
    "alliance.access.NotAllowedMiddleware",
]

ROOT_URLCONF = "alliance.urls"
WSGI_APPLICATION = "alliance.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["alliance.core.layout.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "alliance.core.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def database_url() -> str:
    """Return DATABASE_URL, or the address of the embedded server of the data folder."""
    if url := env("DATABASE_URL", default=""):
        return url
    from alliance.runtime.database import default_url

    return default_url(ALLIANCE_DATA)


DATABASES = {"default": environ.Env.db_url_config(database_url())}
DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"])  # a Unix socket folder stands percent-encoded
DATABASES["default"].update(
    CONN_MAX_AGE=env.int("ALLIANCE_CONN_MAX_AGE", default=0 if DEBUG or TESTING else 600),
    CONN_HEALTH_CHECKS=True,
    TEST={"NAME": env("ALLIANCE_TEST_DB", default="test_alliance")},
)
# Limits, so that whoever waits for a database that is stuck gets an answer: those that the server keeps, then those of
# the line to it. A line that is idle inside a transaction holds locks: a program that hangs must not keep them.
DATABASE_LIMITS = {
    "statement_timeout": env("ALLIANCE_DB_STATEMENT_TIMEOUT", default="60s"),
    "lock_timeout": env("ALLIANCE_DB_LOCK_TIMEOUT", default="15s"),
    "idle_in_transaction_session_timeout": env("ALLIANCE_DB_IDLE_TIMEOUT", default="300s"),
}
NETWORK_SECONDS = env.int("ALLIANCE_DB_NETWORK_TIMEOUT", default=30)
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=env.int("ALLIANCE_DB_CONNECT_TIMEOUT", default=5),
    options=" ".join(f"-c {name}={limit}" for name, limit in DATABASE_LIMITS.items()),
    tcp_user_timeout=NETWORK_SECONDS * 1000,
    keepalives_idle=NETWORK_SECONDS,
    keepalives_interval=max(1, NETWORK_SECONDS // 3),
    keepalives_count=3,
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "alliance.User"
# allauth's alone looks at passwords: Django's beside it would hash each of them a second time.
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_AUTO_PREFETCH = False
GUARDIAN_MONKEY_PATCH_USER = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "reporting:home"
LOGOUT_REDIRECT_URL = "reporting:public_home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "alliance.people.passwords.ShortEnough"},
    *(
        {"NAME": "django.contrib.auth.password_validation." + name}
        for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator")
    ),
]
AUTH_PASSWORD_VALIDATORS.append(
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}}
)

# Accounts. A person signs in by address and password; addresses are confirmed by the invitation and by each change.
ACCOUNT_ADAPTER = "alliance.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody who has no account gets a mail
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_FORMS = {
    "login": "alliance.accounts.forms.SignInForm",
    "reset_password": "alliance.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "alliance.accounts.forms.NewPasswordForm",
    "change_password": "alliance.accounts.forms.ChangePasswordForm",
    "reauthenticate": "alliance.accounts.forms.PasswordAgainForm",
}
MFA_ADAPTER = "alliance.accounts.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL  # plain HTTP on localhost
MFA_TOTP_ISSUER = "International Alliance"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "alliance.accounts.forms.CodeForm",
    "reauthenticate": "alliance.accounts.forms.CodeAgainForm",
    "activate_totp": "alliance.accounts.forms.SetUpForm",
    "add_webauthn": "alliance.accounts.forms.PasskeyForm",
}
# Roles that must have a second factor, and after how many minutes a person is asked again before an act that weighs (0: never).
# A portal that serves named hosts asks for more than a demonstration.
ALLIANCE_SECOND_FACTOR = env.list(
    "ALLIANCE_SECOND_FACTOR",
    default=[] if ALLIANCE_SCENARIOS else ["committee", "officer", "finance_officer", "head", "auditor"],
)
ALLIANCE_ASK_AGAIN_MINUTES = env.int("ALLIANCE_ASK_AGAIN_MINUTES", default=0 if ALLIANCE_SCENARIOS else 15)
# How many attempts may go wrong: in how many minutes or hours, and by what. `alliance/accounts/attempts.py` has the first five.
ACCOUNT_RATE_LIMITS = {
    "sign_in_address": "20/5m/ip,200/h/ip",
    "sign_in_pair": "5/5m/key",
    "sign_in_known": "10/5m/key",
    "sign_in_account": "50/h/key",
    "sign_in_few": "3/h/ip",
    "login": None,
    "login_failed": "5/5m/key",  # codes of a second factor
    "reset_password": "30/h/ip,3/h/key",
    "reset_password_from_key": "30/h/ip",
    "change_password": "10/h/user",
    "change_address": "5/h/user",
    "reauthenticate": "10/5m/user",
}
PASSWORD_RESET_TIMEOUT = 2 * 3600
# The machines in front of the portal that add to X-Forwarded-For: with too few of them everybody has the address of one.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int(
    "ALLIANCE_PROXIES", default=1 if env.bool("ALLIANCE_BEHIND_PROXY", default=False) else 0
)
CACHES = {
    "default": {  # of all processes: what is counted in one is counted for all
        "BACKEND": "alliance.core.cache.JsonCache",
        "LOCATION": "cached",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # dates of record are the fund's calendar days; pages add the reader's own time

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env("ALLIANCE_STATIC_ROOT", default=str(ALLIANCE_DATA / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "alliance.core.assets.BundledStaticFilesStorage"
    },
}
WHITENOISE_AUTOREFRESH = DEBUG or TESTING
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.int("ALLIANCE_SESSION_SECONDS", default=8 * 3600)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = not LOCAL
SECURE_HSTS_SECONDS = 0 if LOCAL else 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
if env.bool("ALLIANCE_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
CSRF_FAILURE_VIEW = "alliance.people.views.csrf_failure"

# Scheme and host that links in mail begin with; without it, the first of ALLIANCE_ORIGINS (alliance/core/origin.py).
ALLIANCE_ADDRESS = env("ALLIANCE_ADDRESS", default="")
# The page that shows the mail of a portal on one machine to whoever sits there: `demo` switches it on, nothing else should.
ALLIANCE_LOCAL_MAIL = LOCAL and env.bool("ALLIANCE_LOCAL_MAIL", default=False)
# Who reports mail that came back proves itself with it; without it nobody can.
ALLIANCE_BOUNCE_SECRET = env("ALLIANCE_BOUNCE_SECRET", default="")
DEFAULT_FROM_EMAIL = env("ALLIANCE_MAIL_FROM", default="alliance@localhost")
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env("ALLIANCE_MAIL_HOST", default="localhost"),
            "port": env.int("ALLIANCE_MAIL_PORT", default=25),
            "username": env("ALLIANCE_MAIL_USER", default=""),
            "password": env("ALLIANCE_MAIL_PASSWORD", default=""),
            "use_tls": env.bool("ALLIANCE_MAIL_TLS", default=False),
            "timeout": 10,
        },
    }
    if env("ALLIANCE_MAIL_HOST", default="")
    else {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(ALLIANCE_DATA / "mail")},
    }
}

# The queue, and nothing else. Timeouts keep a hung broker from holding a page.
REDIS_URL = env("REDIS_URL", default="")
ALLIANCE_BROKER_TIMEOUT = env.float("ALLIANCE_BROKER_TIMEOUT", default=10.0)
ALLIANCE_BROKER_CONNECT_TIMEOUT = env.float("ALLIANCE_BROKER_CONNECT_TIMEOUT", default=5.0)
ALLIANCE_DOORBELL_TIMEOUT = env.float("ALLIANCE_DOORBELL_TIMEOUT", default=1.0)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}

# Rules on which the source document is silent: ours, and configurable.
ALLIANCE_RULES = {
    "fee_percent": env("ALLIANCE_FEE_PERCENT", default="1.00"),
    "seed_ceiling_percent": env("ALLIANCE_SEED_CEILING_PERCENT", default="15.00"),
    "indirect_cost_percent": env("ALLIANCE_INDIRECT_COST_PERCENT", default="7.00"),
    # A donor is reminded of an instalment so many days before it is due, on the day, and so many days after.
    "reminder_days_before": env.int("ALLIANCE_REMINDER_DAYS_BEFORE", default=30),
    "reminder_days_after": env.int("ALLIANCE_REMINDER_DAYS_AFTER", default=30),
    "waiting_months": env.int("ALLIANCE_WAITING_MONTHS", default=12),
    "import_lines": env.int("ALLIANCE_IMPORT_LINES", default=500),
    "direct_cost_ceiling_percent": env("ALLIANCE_DIRECT_COST_CEILING_PERCENT", default="5.00"),
    "refund_in_transit_days": env.int("ALLIANCE_REFUND_IN_TRANSIT_DAYS", default=30),
    "invitation_days": env.int("ALLIANCE_INVITATION_DAYS", default=14),
    "upload_megabytes": env.int("ALLIANCE_UPLOAD_MEGABYTES", default=10),
}

# Whose open data the IATI files are. A fund that does not exist has no registered identifier: this is a placeholder.
ALLIANCE_IATI_PUBLISHER = env("ALLIANCE_IATI_PUBLISHER", default="XI-IATI-EXAMPLE")
# Of a ledger with more postings the files are made once a day, not while a visitor waits. Ours.
ALLIANCE_IATI_POSTINGS = env.int("ALLIANCE_IATI_POSTINGS", default=20_000)

ALLIANCE_ACCESS_LOG = env.bool("ALLIANCE_ACCESS_LOG", default=not LOCAL)  # one line per request
LOGGING_CONFIG = None if TESTING else "alliance.core.logs.configure"
LOGGING = {"level": env("ALLIANCE_LOG_LEVEL", default="INFO"), "json": env.bool("ALLIANCE_LOG_JSON", default=not LOCAL)}
SILENCED_SYSTEM_CHECKS: list[str] = []
APP_NAME = _("International Alliance on Migration and Development")
