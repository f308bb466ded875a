// Documents that break the program which opens them, or carry what that program starts.

rule rtf_equation_object {
    meta:
        description = "An RTF document holds an object of the old equation editor, which runs what is written into it; honest ones are older than 2018."
        description_zh = "RTF 文档含有旧版公式编辑器对象，其漏洞可用来执行代码；正常文件中只见于 2018 年以前。"
        severity = "suspect"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2017-11882"
    strings:
        $class1 = /\\objclass\s+equation\.[23]/ nocase
        $class2 = /4571756174696f6e2e[23]3/ nocase
        $clsid = "02ce020000000000c000000000000046" nocase
        $data = "\\objdata" nocase
    condition:
        uint32(0) == 0x74725C7B and $data and any of ($class*, $clsid)
}

rule rtf_object_that_updates_itself {
    meta:
        description = "An RTF document loads its embedded object by itself when it is opened."
        description_zh = "RTF 文档打开时会自动加载嵌入的对象。"
        severity = "suspect"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2017-0199"
    strings:
        $update = "\\objupdate" nocase
        $data = "\\objdata" nocase
        $link1 = "\\objautlink" nocase
        $link2 = "\\objlink" nocase
    condition:
        uint32(0) == 0x74725C7B and $update and ($data or any of ($link*))
}

rule onenote_with_program {
    meta:
        description = "A OneNote page carries a program or a script that runs when the reader clicks on a picture."
        description_zh = "OneNote 页面内嵌程序或脚本，点击图片即会运行。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
    strings:
        $file = { E7 16 E3 BD 65 26 11 45 A4 C4 8D 4D 0B 7A 9E AC }
        $script1 = "WScript.Shell" nocase ascii wide
        $script2 = "powershell" nocase ascii wide
        $script3 = "<HTA:APPLICATION" nocase ascii wide
        $script4 = "<script" nocase ascii wide
        $script5 = "@echo off" nocase ascii wide
        $script6 = "CreateObject(" nocase ascii wide
        $program = "This program cannot be run in DOS mode"
    condition:
        uint32(0) == 0x7B5C52E4 and uint32(4) == 0x4DA7D88C and $file and any of ($script*, $program)
}

rule office_handler_of_a_url {
    meta:
        description = "A document calls Windows' support diagnostic or another handler that runs commands from a URL."
        description_zh = "文档调用可通过网址执行命令的系统协议（如 ms-msdt）。"
        severity = "danger"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2022-30190"
    strings:
        $handler1 = /ms-msdt:.{0,250}IT_/s nocase ascii wide
        $handler2 = /mhtml:http.{0,250}!x-usc:/s nocase ascii wide
    condition:
        kind != "text" and any of them
}

rule excel_dde_command {
    meta:
        description = "A table or a document starts a program by DDE when it is opened."
        description_zh = "表格或文档打开时会通过 DDE 启动程序。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1559/002/"
    strings:
        $cell = /[\r\n,;\t"][=+@-](cmd|powershell|mshta|msexcel|wscript|rundll32|regsvr32|certutil)(\.exe)?["']?\s{0,4}\|\s{0,4}["']/ nocase
        $field1 = "DDEAUTO" nocase ascii wide
        $field2 = /\bDDE\s{1,4}["']?(cmd|c:|powershell|mshta|wscript|rundll32)/ nocase ascii wide
        $program1 = "cmd" nocase ascii wide
        $program2 = "powershell" nocase ascii wide
        $program3 = "mshta" nocase ascii wide
    condition:
        ((kind == "csv" or kind == "spreadsheet-link" or extension == ".csv" or extension == ".slk") and $cell)
        or (
            (kind == "xml" or kind == "rtf" or kind == "office-xml" or kind == "ole")
            and any of ($field*) and any of ($program*)
        )
}

rule sha1_collision {
    meta:
        description = "The file is one half of a pair with the same SHA-1: whatever vouches for it by that hash vouches for a file with other content, too."
        description_zh = "该文件属于 SHA-1 碰撞文件对：凭该哈希的信任同样适用于另一份内容不同的文件。"
        severity = "suspect"
        reference = "https://shattered.io/static/shattered.pdf"
    strings:
        $block = { (7F | 73) 46 DC (93 | 91) (A6 | 66) B6 7E (01 | 11) (3B | 8F) 02 9A (AA | B6) (1D | 21) B2 56 (0B | 0F) }
        $magic = "%PDF"
    condition:
        $magic at 0 and $block at 192
}
