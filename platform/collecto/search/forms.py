"""The photograph of a code."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PhotoForm(forms.Form):
    """A photograph of a label; telephones open the camera."""

    photo = forms.FileField(
        label=_("Photograph of the code"),
        help_text=_("The bar code or the QR code must be sharp and fill half of the picture."),
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment", "data-shrink": "1600"}),
    )
