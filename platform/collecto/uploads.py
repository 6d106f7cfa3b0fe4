"""What a browser sends us is not read without end."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class BoundedUpload(FileUploadHandler):
    """Refuses a request that announces, or brings, more bytes than ``REQUEST_BYTES_MOST``."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any) -> None:  # noqa: N803
        """Refuse before the first byte.

        Raises:
            RequestDataTooBig: the request is too large.
        """
        if content_length > settings.REQUEST_BYTES_MOST:
            raise RequestDataTooBig("the request holds too large a file")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand the bytes on to whoever keeps them."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to whoever kept it."""
