"""Builders of papers: small valid files, and papers attached to a partner's agreement."""

from base64 import b64decode
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.kernel.abilities import software
from apps.kernel.models import StoredFile
from apps.partners.services import paper_attach
from collecto.demo.papers import pdf, png
from tests.making.partners import make_agreement

PDF, PNG = pdf(["Agreement"]), png(width=8, height=6)
JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8Q"
    "EBEQCgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k="
)
HTML = b"<!doctype html><script>alert(1)</script>"


def make_paper(subject: Any = None, *, content: bytes = PDF, name: str = "agreement.pdf") -> StoredFile:
    """Return a paper attached to an agreement (a new one by default)."""
    record = subject or make_agreement()
    return paper_attach(software("test"), subject=record, file=ContentFile(content, name=name))


def upload(content: bytes = PDF, *, name: str = "agreement.pdf", kind: str = "") -> SimpleUploadedFile:
    """Return a file as a browser sends it, with the type that the browser says."""
    return SimpleUploadedFile(name, content, content_type=kind or "application/octet-stream")


def form(subject: Any, file: Any, *, op_key: UUID | None = None) -> dict[str, Any]:
    """Return what the page "attach a paper" sends."""
    return {"subject": str(subject.pk), "file": file, **({"op_key": str(op_key)} if op_key else {})}
