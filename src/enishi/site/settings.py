"""Django settings. A laptop needs none set; a deployment sets the ENISHI_* variables named here."""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url

VAR = Path(os.environ.get("ENISHI_VAR", "var")).resolve()
DEBUG = os.environ.get("ENISHI_DEBUG", "") == "1"
DEMO = os.environ.get("ENISHI_DEMO", "") == "1"
PUBLIC_URL = os.environ.get("ENISHI_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")


def secret_key() -> str:
    """The key from ENISHI_SECRET_KEY, or one made once and kept in var/ (laptop)."""
    if key := os.environ.get("ENISHI_SECRET_KEY"):
        return key
    from enishi.platform.keys import own_secret

    return own_secret(VAR / "keys" / "site").hex()


SECRET_KEY = secret_key()
ALLOWED_HOSTS = os.environ.get("ENISHI_HOSTS", "127.0.0.1,localhost,testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "enishi.platform",
    "enishi.number",
    "enishi.names",
    "enishi.register",
    "enishi.benefits",
    "enishi.web",
]

MIDDLEWARE = [
    "enishi.web.security.guard_pages",
    "enishi.platform.problems.problems_only",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "enishi.web.delivery.carry_messages",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "enishi.site.urls"
WSGI_APPLICATION = "enishi.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("ENISHI_DATABASE_URL", f"sqlite:///{VAR / 'enishi.sqlite3'}"), conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
DATABASE_ROUTERS = ["enishi.platform.tenancy.MunicipalityRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
WHITENOISE_USE_FINDERS = True

LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60
SESSION_SAVE_EVERY_REQUEST = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if os.environ.get("ENISHI_HTTPS", "") == "1":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
