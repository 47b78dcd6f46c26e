"""Which passwords are taken."""

import pytest
from django.contrib.auth.hashers import make_password

from plateau.http.errors import InvalidInput
from plateau.identity.models import User
from plateau.identity.services import check_new_password

NINA = User(email="nina.novak@ours.example", name="Nina Novak")


@pytest.mark.parametrize(
    "password",
    [
        "eleven violet tables",
        "twelve chars",
        "日本語のパスワードです、長い",
        "a" * 6 + "b" * 6 + "xq",
        "x y" * 60,
        "  leading and trailing  ",
    ],
)
def test_any_characters_and_any_length_from_twelve_to_two_hundred_are_taken(password):
    check_new_password(password, NINA)


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "password1234",
        "qwertyuiop12",
        "Password!!!!2026",
        "nina.novak2026",
        "plateau-plateau",
        "MyAnnotation99!",
    ],
)
def test_short_common_and_guessable_ones_are_refused(password):
    with pytest.raises(InvalidInput):
        check_new_password(password, NINA)


def test_a_password_is_not_changed_before_it_is_checked_or_kept():
    from django.contrib.auth.hashers import check_password as fits

    stored = make_password("  Leading And Trailing  ")
    assert fits("  Leading And Trailing  ", stored)
    assert not fits("Leading And Trailing", stored)
    assert not fits("  leading and trailing  ", stored)


@pytest.mark.slow_passwords
def test_passwords_are_kept_by_a_slow_hash_with_current_rounds():
    algorithm, rounds, *_ = make_password("eleven violet tables").split("$")
    assert algorithm == "pbkdf2_sha256"
    assert int(rounds) >= 1_000_000


@pytest.mark.django_db
def test_the_old_one_is_asked_for(people):
    from plateau.identity.tests.test_identity import signed_in

    client = signed_in("manager")
    for old in ("wrong", ""):
        body = {"current_password": old, "new_password": "eleven violet tables"}
        assert client.post("/api/auth/password", body, content_type="application/json").status_code == 400
    body = {"new_password": "eleven violet tables"}
    assert client.post("/api/auth/password", body, content_type="application/json").status_code == 400
