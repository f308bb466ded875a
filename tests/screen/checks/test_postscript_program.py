"""Beyond the corpus cases: PostScript in other files."""

from built_files import build_file
from built_files.pages import zip_up
from screen_cases import find, write_attachment

CHECK = "postscript_program"


def test_a_file_in_an_archive_is_told_with_what_it_does() -> None:
    (finding,) = find(CHECK, write_attachment("a.zip", zip_up(plan_ps=build_file("deleting.ps"))))
    assert finding.code == "postscript_program.changes_files"
    assert finding.says == "The PostScript file plan.ps changes files of its reader: deletefile showpage."
    assert finding.evidence[0].file == "1.2:1"
