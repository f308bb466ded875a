"""Connections are told by their words, and their addresses are given on; a share outside learns who asks."""

import base64
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.connections import note_connection, note_connections, note_queries


def pack(name: str, content: str) -> str:
    """Pack queries as Power Query does."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parts:
        parts.writestr(name, content)
    package = packed.getvalue()
    return base64.b64encode(struct.pack("<II", 0, len(package)) + package + bytes(12)).decode()


@pytest.mark.parametrize(
    ("words", "codes", "links"),
    [
        ("DRIVER=SQL Server;SERVER=warehouse;Trusted_Connection=Yes", ["office.data_connection"], []),
        ("Data Source=https://a.example/x.mdb;Mode=Read", ["office.data_connection"], ["https://a.example/x.mdb"]),
        (r"DBQ=\\192.0.2.44\docs\x.mdb;", ["office.data_connection", "office.loads_share"], []),
        (r"DBQ=\\files\docs\x.mdb;", ["office.data_connection"], []),
    ],
)
def test_a_connection_is_told(words: str, codes: list[str], links: list[str]) -> None:
    insides = Insides()
    note_connection(words, insides)
    assert [trait.code for trait in insides.traits] == codes
    assert [link.url for link in insides.links] == links


@pytest.mark.parametrize(
    "text",
    [
        "[oledb]\r\n; initstring\r\nProvider=SQLOLEDB.1;Data Source=a\r\n",
        "QueryType=OLEDB\r\nVersion=1\r\nConnection=Provider=MSOLAP\r\n",
        "XLODBC\r\n1\r\nDRIVER={SQL Server};SERVER=a\r\n",
        "<odc:ConnectionString>Provider=SQLOLEDB;Data Source=a</odc:ConnectionString>",
    ],
)
def test_files_of_queries_are_read(text: str) -> None:
    insides = Insides()
    note_connections(text, insides)
    assert {trait.code for trait in insides.traits} == {"office.data_connection"}


def test_text_without_a_connection_has_none() -> None:
    insides = Insides()
    note_connections("The server = the big one; a driver drives.\nServers:\n", insides)
    assert insides.traits == []


def test_queries_of_power_query_are_read() -> None:
    insides = Insides()
    note_queries(pack("Formulas/Section1.m", 'shared Q = Csv.Document(Web.Contents("https://a.example/x"));'), insides)
    assert [link.url for link in insides.links] == ["https://a.example/x"]


@pytest.mark.parametrize(
    "coded",
    ["", "AAAA", "not base64!", pack("Other", "x"), pack("Formulas/Section1.m", "")[:80]],
    ids=["empty", "too short", "not base64", "another package", "cut"],  # what is packed holds the time of day
)
def test_what_is_no_package_is_passed_over(coded: str) -> None:
    insides = Insides()
    note_queries(coded, insides)
    assert insides.links == []


@given(st.binary(max_size=200))
def test_any_bytes_are_taken(content: bytes) -> None:
    note_queries(base64.b64encode(content).decode(), Insides())
    note_connections(content.decode("latin-1"), Insides())
