import base64
import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gatepost.feeds.proofs import check_checksum, check_signature
from gatepost.feeds.trouble import FeedTrouble

CONTENT = b"evil.example\n"
SHA = hashlib.sha256(CONTENT).hexdigest()
OTHER = "0" * 64
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
KEY_ID = b"12345678"
PUBLIC_KEY = base64.b64encode(b"Ed" + KEY_ID + KEY.public_key().public_bytes_raw()).decode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fetched"
    path.write_bytes(CONTENT)
    return path


@pytest.mark.parametrize(
    "text",
    [
        SHA, f"{SHA.upper()}\n", f"{SHA}  list.txt\n", f"{SHA} *./out/list.txt\n", f"SHA256 (list.txt) = {SHA}",
        f"{OTHER}  other.txt\n{SHA}  list.txt\n", f"# made today\n{SHA}  list.txt",
    ],
)  # fmt: skip
def test_a_checksum_that_fits_is_found(file: Path, text: str) -> None:
    check_checksum(file, "", text, "list.txt")


def test_the_checksum_may_be_of_the_unpacked_list(file: Path) -> None:
    check_checksum(file, OTHER, OTHER, "list.txt")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (OTHER, "does not fit"),
        (f"{OTHER}  list.txt\n{SHA}  other.txt", "does not fit"),
        (f"{SHA}  a.txt\n{SHA}  b.txt", "does not name it"),
        ("", "does not name it"),
        ("<html>Not found</html>", "does not name it"),
        (SHA[:63], "does not name it"),
    ],
)
def test_a_checksum_that_does_not_fit_is_told(file: Path, text: str, says: str) -> None:
    with pytest.raises(FeedTrouble, match=says):
        check_checksum(file, "", text, "list.txt")


def sign(content: bytes, algorithm: bytes = b"ED", key_id: bytes = KEY_ID, comment: str = "timestamp:1") -> str:
    digest = hashlib.blake2b(content).digest() if algorithm == b"ED" else content
    proof = KEY.sign(digest)
    lines = (
        "untrusted comment: by the makers",
        base64.b64encode(algorithm + key_id + proof).decode(),
        f"trusted comment: {comment}",
        base64.b64encode(KEY.sign(proof + comment.encode())).decode(),
    )
    return "\n".join(lines) + "\n"


def test_a_true_signature_is_believed(file: Path) -> None:
    check_signature(file, sign(CONTENT), PUBLIC_KEY)
    check_signature(file, sign(CONTENT), f"untrusted comment: minisign public key\n{PUBLIC_KEY}\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (sign(b"other"), "not true"),
        (sign(CONTENT).replace("timestamp:1", "timestamp:2"), "not true"),
        (sign(CONTENT, key_id=b"87654321"), "another key"),
        (sign(CONTENT, algorithm=b"Ed"), "old form"),
        ("", "none of minisign's"),
        (SHA, "none of minisign's"),
        (sign(CONTENT).replace("=", "!"), "no base64"),
        ("a\nAAAA\ntrusted comment: \nAAAA", "wrong length"),
    ],
)
def test_an_untrue_signature_is_told(file: Path, text: str, says: str) -> None:
    with pytest.raises(FeedTrouble, match=says):
        check_signature(file, text, PUBLIC_KEY)


@pytest.mark.parametrize("key", ["", "AAAA", "no base64", base64.b64encode(b"Xx" + b"1" * 40).decode()])
def test_a_key_that_is_none_is_told(file: Path, key: str) -> None:
    with pytest.raises(FeedTrouble):
        check_signature(file, sign(CONTENT), key)


@given(st.text(max_size=300))
def test_any_text_proves_nothing(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("p") / "fetched"
    path.write_bytes(CONTENT)
    with pytest.raises(FeedTrouble):
        check_signature(path, text, PUBLIC_KEY)
    with pytest.raises(FeedTrouble):
        check_checksum(path, "", text, "list.txt")
