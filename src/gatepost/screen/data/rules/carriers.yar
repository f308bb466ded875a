// What is packed so that filters do not see it, and programs that are made of scripts.

rule image_with_shortcut_or_script {
    meta:
        description = "A disk image holds a shortcut or a script: opened with a double click, it passes the mark that Windows puts on files from the internet."
        description_zh = "磁盘映像内含快捷方式或脚本，双击打开即可绕过 Windows 对网络文件的标记。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1553/005/"
    strings:
        $short = /[A-Z0-9_]{1,30}\.(LNK|JS|JSE|VBS|VBE|WSF|HTA|BAT|CMD|PS1|SCR);1/
        $joliet = /\x00\.\x00([lL]\x00[nN]\x00[kK]|[jJ]\x00[sS](\x00[eE])?|[vV]\x00[bB]\x00([sS]|[eE])|[wW]\x00[sS]\x00[fF]|[hH]\x00[tT]\x00[aA]|[bB]\x00[aA]\x00[tT]|[cC]\x00[mM]\x00[dD]|[pP]\x00[sS]\x001|[sS]\x00[cC]\x00[rR])\x00;\x001/
        $magic = "CD001"
    condition:
        $magic at 32769 and any of ($short, $joliet)
}

rule archive_of_one_script {
    meta:
        description = "An archive holds a single file, and that is a script or a shortcut which Windows would run."
        description_zh = "压缩包中只有一个文件，且是 Windows 可运行的脚本或快捷方式。"
        severity = "odd"
        reference = "https://attack.mitre.org/techniques/T1566/001/"
    strings:
        // The end of a name has its place: behind the header's 30 bytes and the name's own length.
        $long = /\.(jse|vbs|vbe|wsf|wsh|hta|lnk|scr|pif|bat|cmd|ps1|url)/ nocase
        $short = ".js" nocase
    condition:
        uint32(0) == 0x04034B50 and uint32(filesize - 22) == 0x06054B50 and uint16(filesize - 12) == 1
        and ($long at 26 + uint16(26) or $short at 27 + uint16(26))
}

rule archive_in_archive_with_script {
    meta:
        description = "An archive lies unpacked inside another one, and holds a script or a shortcut."
        description_zh = "压缩包内再嵌压缩包，其中含有脚本或快捷方式。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1027/"
    strings:
        $zip = ".zip" nocase
        $long = /\.(jse|vbs|vbe|wsf|hta|lnk|scr|pif)/ nocase
        $short = ".js" nocase
    condition:
        uint32(0) == 0x04034B50 and $zip at 26 + uint16(26)
        and with inner = 30 + uint16(26) + uint16(28) : (
            uint32(inner) == 0x04034B50
            and ($long at inner + 26 + uint16(inner + 26) or $short at inner + 27 + uint16(inner + 26))
        )
}

rule ace_archive {
    meta:
        description = "An ACE archive: a format that nobody else has used for years, opened by a library with a known hole."
        description_zh = "ACE 压缩包：早已无人使用的格式，其解压库存在已知漏洞。"
        severity = "suspect"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2018-20250"
    strings:
        $magic = "**ACE**"
    condition:
        $magic at 7
}

rule program_made_of_a_script {
    meta:
        description = "A Windows program that is a packed script (AutoIt, PyInstaller), the favourite wrapping of stealers."
        description_zh = "由脚本打包而成的 Windows 程序（AutoIt、PyInstaller），常用于窃密软件。"
        severity = "suspect"
        reference = "https://attack.mitre.org/techniques/T1059/"
    strings:
        $autoit1 = "AU3!EA06"
        $autoit2 = ">>>AUTOIT SCRIPT<<<" ascii wide
        $python1 = "MEI\x0c\x0b\x0a\x0b\x0e"
        $python2 = "pyi-runtime-tmpdir"
    condition:
        uint16(0) == 0x5A4D and any of them
}

rule packed_program {
    meta:
        description = "A Windows program is packed with UPX, which makes it smaller and harder to look into."
        description_zh = "Windows 程序经 UPX 压缩，体积更小，也更难检查。"
        severity = "note"
        reference = "https://attack.mitre.org/techniques/T1027/002/"
    strings:
        $mark = "UPX!"
        $section = "UPX0"
    condition:
        uint16(0) == 0x5A4D and all of them
}
