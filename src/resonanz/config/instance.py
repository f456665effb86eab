"""What belongs to one installation: its data folder and the keys in it, made at the first start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet


def data_folder() -> Path:
    """The folder that holds everything worth a backup: RESONANZ_DATA, else the user's data folder."""
    if value := os.environ.get("RESONANZ_DATA"):
        return Path(value).expanduser().resolve()
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "resonanz"


def _kept(path: Path, make: str) -> str:
    """The content of the private file `path`, written with `make` if there is none yet.

    Two processes may start at once: the file is made complete beside its place and linked, so the first one wins
    and nobody ever reads half a key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def signing_key(folder: Path) -> str:
    """Django's SECRET_KEY: RESONANZ_SECRET_KEY, else the file `secret-key` in the data folder."""
    return os.environ.get("RESONANZ_SECRET_KEY") or _kept(folder / "secret-key", secrets.token_urlsafe(48))


def encryption_keys(folder: Path) -> list[str]:
    """Fernet keys for channel secrets, newest first: RESONANZ_ENCRYPTION_KEYS (commas), else `encryption-keys`."""
    if value := os.environ.get("RESONANZ_ENCRYPTION_KEYS"):
        return [key.strip() for key in value.split(",") if key.strip()]
    return _kept(folder / "encryption-keys", Fernet.generate_key().decode()).split()


def add_encryption_key(folder: Path) -> None:
    """Put a new key in front of the others in `encryption-keys`. A crash leaves the old file or the new one."""
    path = folder / "encryption-keys"
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join([Fernet.generate_key().decode(), *encryption_keys(folder)]))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def audit_key(folder: Path) -> str:
    """The key that seals the audit trail: RESONANZ_AUDIT_KEY, else the file `audit-key`. It never changes."""
    return os.environ.get("RESONANZ_AUDIT_KEY") or _kept(folder / "audit-key", secrets.token_urlsafe(48))


def flag(name: str, default: bool = False) -> bool:
    """An environment variable read as yes or no."""
    return os.environ.get(name, "yes" if default else "no").strip().lower() in {"1", "yes", "true", "on"}


def listed(name: str) -> list[str]:
    """An environment variable read as a list separated by commas."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]
