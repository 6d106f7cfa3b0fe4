"""Files of the banks: where they are kept, under a prefix for each bank."""

import json
from pathlib import Path
from typing import Any

from collecto.settings import environment

STATE = Path(environment.value("COLLECTO_STATE", str(Path(__file__).resolve().parents[3] / ".collecto")))

FILES_ROOT = environment.value("FILES_ROOT", str(STATE / "files"))
"""Folder of the files where they are kept on a disk; nothing else may be there."""

FILES_BACKEND = environment.value("FILES_BACKEND", "django.core.files.storage.FileSystemStorage")
"""Django storage that keeps the bytes: a disk, or an object store such as S3."""

FILES_OPTIONS: dict[str, Any] = json.loads(environment.value("FILES_OPTIONS", "{}"))
"""Options of that storage, as JSON: the name of the bucket, the address of the store."""

if FILES_BACKEND.endswith(".FileSystemStorage"):
    FILES_OPTIONS = {
        "location": FILES_ROOT,
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
        **FILES_OPTIONS,
    }

BANK_FILES = {
    "BACKEND": "tenants.isolation.files.BankStorage",
    "OPTIONS": {"inner": {"BACKEND": FILES_BACKEND, "OPTIONS": FILES_OPTIONS}},
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
