"""Shoot pages of the running product into screenshots/: desktop and phone, light and dark, German and English.

    python -m tools.screenshots                     every page, German, light, both sizes
    python -m tools.screenshots --all today inbox   two pages in every variant
    python -m tools.screenshots --data DIR          with the data of an installation (read and written!)

The server runs in this process on a free port of loopback; the browser is Debian's chromium.
"""

from __future__ import annotations

import argparse
import itertools
import os
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUT = ROOT / "screenshots"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
BROWSER = os.environ.get("RESONANZ_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

# name → address. {w} is the workspace, {c} the newest conversation; a leading "-" means: not signed in.
PAGES = {
    "login": "-/account/login/",
    "forgotten": "-/account/password/reset/",
    "today": "/w/{w}/today/",
    "inbox": "/w/{w}/inbox/",
    "inbox-search": "/w/{w}/inbox/?view=all&q=filter",
    "conversation": "/w/{w}/inbox/{c}/",
    "person": "/w/{w}/inbox/{c}/?show=person",
    "week": "/w/{w}/plan/?view=week",
    "plan": "/w/{w}/plan/?view=month",
    "drafts": "/w/{w}/plan/drafts/",
    "ledger": "/w/{w}/plan/ledger/",
    "not-out": "/w/{w}/plan/not-out/",
    "composer": "/w/{w}/plan/new/",
    "channels": "/w/{w}/channels/",
    "choose": "/w/{w}/channels/connect/",
    "connect": "/w/{w}/channels/connect/mastodon/",
    "settings": "/w/{w}/settings/",
    "people": "/w/{w}/settings/people/",
    "departments": "/w/{w}/settings/departments/",
    "privacy": "/w/{w}/settings/privacy/?q=e",
    "models": "/w/{w}/settings/understanding/models/",
    "audit": "/w/{w}/settings/audit/",
    "profile": "/w/{w}/settings/profile/",
    "security": "/w/{w}/settings/security/",
    "two-factor": "/account/two-factor/",
    "totp": "/account/two-factor/totp/activate/",
    "components": "/w/{w}/components/",
    "missing": "/w/nowhere/",
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Shoot pages into screenshots/")
    parser.add_argument(
        "pages", nargs="*", help=f"of {', '.join(PAGES)}; or an address that begins with /w/{{w}}/"
    )
    parser.add_argument("--all", action="store_true", help="every size, theme and language")
    parser.add_argument("--themes", nargs="+", default=["light"], choices=["light", "dark"])
    parser.add_argument("--languages", nargs="+", default=["de"])
    parser.add_argument("--sizes", nargs="+", default=list(SIZES), choices=list(SIZES))
    parser.add_argument("--full", action="store_true", help="the whole page, not only what is seen first")
    parser.add_argument("--data", help="the data folder of an installation; otherwise a fresh company")
    return parser.parse_args()


def prepared(data: str) -> tuple[str, str]:
    """Migrate, make a company where there is none; the workspace's slug and the session key of its owner."""
    os.environ |= {"RESONANZ_DATA": data, "RESONANZ_DEBUG": "yes", "RESONANZ_LOG_LEVEL": "ERROR"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from resonanz.foundation.workspaces import services
    from resonanz.foundation.workspaces.models import Member

    call_command("migrate", verbosity=0)
    member = Member.objects.filter(role="owner").select_related("user", "workspace").first()
    if member is None:
        member = services.set_up(
            company="Lindner Maschinenbau",
            name="Petra Lang",
            email="petra@lindner.example",
            password="only for pictures",
            language="de",
        )
    session = SessionStore()
    session[SESSION_KEY] = str(member.user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    # Some pages ask for the password again unless it was given a moment ago.
    session["account_authentication_methods_user"] = str(member.user.pk)
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session.save()
    return member.workspace.slug, str(session.session_key)


def newest_conversation(slug: str) -> int:
    """The number of the conversation that somebody wrote in last; 0 where there is none."""
    from resonanz.inbound.conversations.models import Conversation

    found = Conversation.objects.filter(workspace__slug=slug).order_by("-last_at")
    return found.values_list("pk", flat=True).first() or 0


def served() -> str:
    """Start the web server in a thread; its address."""
    from waitress import create_server

    from resonanz.config.wsgi import application

    server = create_server(application, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    return f"http://127.0.0.1:{server.effective_port}"


def shoot(options: argparse.Namespace, base: str, slug: str, session: str) -> None:
    from playwright.sync_api import sync_playwright

    conversation = newest_conversation(slug)
    OUT.mkdir(exist_ok=True)
    themes = ["light", "dark"] if options.all else options.themes
    languages = ["de", "en"] if options.all else options.languages
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        for size, theme, language in itertools.product(options.sizes, themes, languages):
            width, height = SIZES[size]
            set_language(language)
            for name in options.pages or PAGES:
                address = PAGES.get(name, name)
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    locale=language,
                    color_scheme="dark" if theme == "dark" else "light",
                    is_mobile=size == "phone",
                    has_touch=size == "phone",
                )
                if not address.startswith("-"):
                    context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
                page = context.new_page()
                page.on(
                    "console", lambda m, n=name: m.type in {"error", "warning"} and print(f"{n}: {m.text}")
                )
                page.on("pageerror", lambda e, n=name: print(f"{n}: {e}"))
                page.goto(base + address.lstrip("-").format(w=slug, c=conversation), wait_until="networkidle")
                overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                if overflow > 0:
                    print(f"{name}: {overflow} px wider than the {size}")
                stem = name.strip("/").replace("/", "_").replace("{w}", "w")
                page.screenshot(path=OUT / f"{stem}-{size}-{theme}-{language}.png", full_page=options.full)
                context.close()
        browser.close()


def set_language(language: str) -> None:
    """The owner's pages speak `language`. In a thread of its own: Playwright's loop forbids the database here."""
    from resonanz.foundation.workspaces.models import Member

    def change() -> None:
        member = Member.objects.filter(role="owner").select_related("user").first()
        assert member
        member.user.language = language
        member.user.save(update_fields=["language"])

    thread = threading.Thread(target=change)
    thread.start()
    thread.join()


if __name__ == "__main__":
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="resonanz-pictures-") as folder:
        slug, session = prepared(options.data or folder)
        shoot(options, served(), slug, session)
