"""A refusal of the API is a sentence in the language that the program asks for; its codes are in none."""

import pytest

from apps.kernel.abilities import Role


@pytest.mark.parametrize("asked", ["fr", "en", "fr-FR,fr;q=0.9,en;q=0.8"])
def test_the_sentence_is_in_the_language_asked_for(program, twin_a, asked):
    client = program(twin_a, Role.MANAGER)
    answers = [
        client.get(
            "/api/v1/offers/00000000-0000-7000-8000-000000000000/", headers={"accept-language": language}
        )
        for language in (asked, "en")
    ]
    said, in_english = (answer.json() for answer in answers)
    assert said["code"] == in_english["code"] == "not_found"
    assert (said["message"] == in_english["message"]) is asked.startswith("en")


@pytest.mark.parametrize(
    ("asked", "message"), [("fr", "Ce champ est obligatoire."), ("en", "This field is required.")]
)
def test_a_missing_field_is_said_in_the_language_asked_for(program, twin_a, asked, message):
    client = program(twin_a, Role.MANAGER)
    answer = client.post(
        "/api/v1/orders/", {}, content_type="application/json", headers={"accept-language": asked}
    )
    assert answer.status_code == 400
    assert message in [error["message"] for error in answer.json()["errors"]]
    assert all(error["code"].isascii() for error in answer.json()["errors"])
