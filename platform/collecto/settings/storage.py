"""Files of the banks: where they are kept, under a prefix for each bank."""

import json
from pathlib import Path
from typing import Any

from collecto.settings import environment

STATE = Path(environment.value("COLLECTO_STATE", str(Path(__file__).resolve().parents[3] / ".collecto")))

FILES_ROOT = Path(environment.value("FILES_ROOT", str(STATE / "files")))
"""Folder of the files where they are kept on a disk; nothing else may be there."""

FILES_BACKEND = environment.value("FILES_BACKEND", "")
"""Django storage that keeps the bytes instead of the disk: an object store such as S3, by its dotted name."""

FILES_OPTIONS: dict[str, Any] = json.loads(environment.value("FILES_OPTIONS", "{}"))
"""Options of that storage, as JSON: the name of the bucket, the address of the store."""


def bytes_in(folder: Path) -> dict[str, Any]:
    """Return the storage that keeps bytes in a folder that only we may read."""
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(folder),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


KEEPER = {"BACKEND": FILES_BACKEND, "OPTIONS": FILES_OPTIONS} if FILES_BACKEND else bytes_in(FILES_ROOT)
BANK_FILES: dict[str, Any] = {
    "BACKEND": "tenants.isolation.files.BankStorage",
    "OPTIONS": {"inner": KEEPER},
}
PLAIN_STATIC_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STORAGES: dict[str, dict[str, Any]] = {"default": BANK_FILES, "staticfiles": PLAIN_STATIC_FILES}

MEGABYTE = 1024 * 1024
FILE_BYTES_MOST = 10 * MEGABYTE
"""A file of a bank holds no more."""
REQUEST_BYTES_MOST = 2 * FILE_BYTES_MOST
"""A request that holds files is read no further; the proxy refuses it too."""
FILE_UPLOAD_HANDLERS = [
    "collecto.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

JOB_DAYS = int(environment.value("JOB_DAYS", "30"))
"""Days after its end during which a job, and the files it made, can still be looked at and taken."""
