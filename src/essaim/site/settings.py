"""All settings of an installation. What members may vote on is a bylaw article, not a setting."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp import constants as csp

from essaim import __version__
from essaim.kernel import trades
from essaim.site import embedded_database, env

VERSION = __version__
CODE_ROOT = Path(__file__).resolve().parents[3]
DATA_DIR = env.folder("ESSAIM_DATA_DIR", CODE_ROOT / ".essaim" / "home")
env.load(DATA_DIR)
DEMO = env.flag("ESSAIM_DEMO")
DEBUG = env.flag("ESSAIM_DEBUG")


def _secret_key() -> str:
    """Return the key of the environment, else the one kept in the data folder (made once)."""
    if key := env.text("ESSAIM_SECRET_KEY"):
        return key
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.words("ESSAIM_HOSTS", "localhost,127.0.0.1,[::1]")
BASE_URL = env.text("ESSAIM_BASE_URL", "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [BASE_URL]


def _next_port(url: str) -> str:
    """The live updates of a site that no proxy stands before: the port above the pages'."""
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.port is None:
        return url
    return f"{parts.scheme}://{parts.hostname}:{parts.port + 1}"


LIVE_URL: str = env.text("ESSAIM_LIVE_URL", _next_port(BASE_URL)).rstrip("/")

DATABASE_URL = env.text("DATABASE_URL") or embedded_database.cluster_at(DATA_DIR).dsn()


def _database(url: str) -> dict[str, object]:
    """Turn a DSN into Django's parts; psycopg reads every libpq parameter of it."""
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(url)
    known = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    database: dict[str, object] = {"ENGINE": "django.db.backends.postgresql"}
    database |= {django: str(parts.pop(libpq, "")) for libpq, django in known.items()}
    # Without a threshold Django switches prepared statements off; its own cursors never use them.
    database["OPTIONS"] = {**parts, "application_name": "essaim", "prepare_threshold": 5}
    database["CONN_MAX_AGE"] = 600
    database["CONN_HEALTH_CHECKS"] = True
    return database


DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "essaim.web",  # first: its templates and French come before those of libraries
    "essaim.core.members",  # then: its words for their sign-in pages
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "ninja",
    "procrastinate.contrib.django",
    "essaim.core.bylaws",
    "essaim.core.messages",
    "essaim.core.territories",
    "essaim.core.roads",
    "essaim.core.ledger",
    "essaim.core.catalogue",
    "essaim.core.agreements",
    "essaim.core.payments",
    "essaim.core.documents",
    "essaim.commons.statutes",
    "essaim.commons.cooperative",
    "essaim.commons.ballots",
    "essaim.commons.urn",
    "essaim.commons.assembly",
    "essaim.commons.minutes",
    "essaim.commons.belenios",
    "essaim.commons.sortition",
    "essaim.commons.postal",
    "essaim.commons.secretariat",
    "essaim.commons.deliberation",
    "essaim.commons.consultation",
    "essaim.commons.sharing",
    "essaim.commons.titles",
    "essaim.commons.campaigns",
    *trades.discover(),
    "essaim.site",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "essaim.core.members.token_sign_in.AccessTokenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "essaim.web.refusals.RefusalMiddleware",
]
ROOT_URLCONF = "essaim.site.urls"
WSGI_APPLICATION = "essaim.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "essaim.web.environment.environment",
            "context_processors": [
                "essaim.web.environment.page_context",
                "essaim.web.navigation.navigation",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

# People
AUTH_USER_MODEL = "members.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/my/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "essaim.core.members.forms.SignupDetails"
ACCOUNT_FORMS = {
    "signup": "essaim.core.members.library_forms.SignupForm",
    "change_password": "essaim.core.members.library_forms.ChangePasswordForm",
    "set_password": "essaim.core.members.library_forms.SetPasswordForm",
    "reset_password_from_key": "essaim.core.members.library_forms.ResetPasswordKeyForm",
}
ACCOUNT_ADAPTER = "essaim.core.members.sign_in.AccountAdapter"
ACCOUNT_USER_DISPLAY = "essaim.core.members.sign_in.shown_name"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # an e-mail may take minutes, and so may reading it
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # other sessions end all the same: their hash changes
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
MFA_FORMS = {
    "add_webauthn": "essaim.core.members.library_forms.AddKeyForm",
    "edit_webauthn": "essaim.core.members.library_forms.EditKeyForm",
}
MFA_TOTP_ISSUER = "Essaim"
MFA_TOTP_TOLERANCE = 1  # clocks of telephones are not always right
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO

# Language and time
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [CODE_ROOT / "src" / "essaim" / "kernel" / "locale"]  # the kernel is no app
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

# Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# E-mail: written to the outbox with the transaction, sent by the worker
EMAIL_BACKEND = "essaim.core.messages.outbox.OutboxBackend"
DEFAULT_FROM_EMAIL = env.text("ESSAIM_FROM_EMAIL", "Essaim <essaim@localhost>")
SMTP_HOST = env.text("ESSAIM_SMTP_HOST")
SMTP_PORT = env.integer("ESSAIM_SMTP_PORT", 587)
SMTP_USER = env.text("ESSAIM_SMTP_USER")
SMTP_PASSWORD = env.text("ESSAIM_SMTP_PASSWORD")
SMTP_USE_TLS = env.flag("ESSAIM_SMTP_USE_TLS", default=True)

# Links of every page: what the words of `essaim.web.navigation` lead to
ESSAIM_NAVIGATION = {
    "search": "search",
    "basket": "basket",
    "space": "my_space",
    "cooperative": "cooperative:cooperative",
    "rules": "bylaws:rules",
    "legal": "legal",
    "source": "source",
}

# Roads: a server of one's own; without it, those that were imported
ROUTER_URL = env.text("ESSAIM_ROUTER_URL")

# Safety
HTTPS = BASE_URL.startswith("https://")
SECURE_SSL_REDIRECT = False  # the reverse proxy does it; `essaim doctor` looks
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 60 * 24 * 3600
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "connect-src": ["'self'", LIVE_URL],
        "script-src": ["'self'", csp.NONCE],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}
SILENCED_SYSTEM_CHECKS = ["fields.W344"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("ESSAIM_LOG_LEVEL", "WARNING")},
}
