"""Tables that are text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from built_files.office import FILES
from gatepost.message.attachments.openers import spreadsheet_text as opener
from opened_files import codes, links, open_alone

MACROS = b'O;L;E;D\r\nNN;NAuto_open;ER1C1\r\nC;Y1;X1;K0;EEXEC("calc")\r\n'
SYLK = b"ID;PWXL;N;E\r\nP;PGeneral\r\n"


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.csv", FILES["dde-command.csv"](), {"office.dde_command"}),
        ("a.csv", "=cmd|'/c calc'!A0".encode("utf-16"), {"office.dde_command"}),
        ("a.csv", FILES["prices.csv"](), set()),
        ("a.slk", SYLK + b"C;Y1;X1;K0;ECALL(1)\r\n", set()),
        (
            "a.slk",
            SYLK + b'O;L;E;D\r\nNN;NAuto_open;ER1C1\r\nC;Y1;X1;K0;EEXEC("calc")\r\n',
            {"office.xlm", "office.xlm_autorun", "office.xlm_command"},
        ),
        ("a.slk", SYLK + b"C;Y1;X1;K0;Ecmd|'/c calc'!A1\r\n", {"office.dde_command"}),
        ("a.xls", b"name\tqty\r\n=cmd|'/c calc'!A0\t1\r\n", {"office.dde_command"}),
        (
            "a.xls",
            b"<html><body><table><tr><td>=cmd|'/c calc'!A0</td></tr></table></body></html>",
            {"office.dde_command"},
        ),
        ("a.txt", b"write =cmd|'/c calc'!A0 into a cell\n", set()),
        ("a.iqy", FILES["query.iqy"](), {"office.web_query"}),
        ("a.oqy", b"QueryType=OLEDB\r\nVersion=1\r\nConnection=Provider=MSOLAP\r\n", {"office.data_connection"}),
        ("a.udl", "[oledb]\r\nProvider=SQLOLEDB.1;Data Source=a\r\n".encode("utf-16"), {"office.data_connection"}),
        ("a.txt", b"Provider=SQLOLEDB.1;Data Source=a\r\n", set()),
    ],
)
def test_what_a_table_does_is_told(name: str, content: bytes, found: set[str]) -> None:
    assert codes(open_alone(opener, content, name)) == found


def test_where_a_query_goes_is_handed_on() -> None:
    assert links(open_alone(opener, FILES["query.iqy"](), "a.iqy")) == ["https://tables.example/data.php?e=nora"]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_are_a_table(content: bytes) -> None:
    assert open_alone(opener, SYLK + content, "a.slk").path == "1"
