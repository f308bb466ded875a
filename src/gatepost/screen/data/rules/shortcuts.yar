// Shortcuts: small files that start something else. Mail has no honest use for most of them.

rule shortcut_to_interpreter {
    meta:
        description = "A Windows shortcut starts an interpreter or a downloader in place of a document."
        description_zh = "Windows 快捷方式会启动命令解释器或下载工具，而不是打开文档。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
    strings:
        $tool1 = "powershell" ascii wide nocase
        $tool2 = "cmd.exe" ascii wide nocase
        $tool3 = "mshta" ascii wide nocase
        $tool4 = "wscript" ascii wide nocase
        $tool5 = "cscript" ascii wide nocase
        $tool6 = "rundll32" ascii wide nocase
        $tool7 = "regsvr32" ascii wide nocase
        $tool8 = "certutil" ascii wide nocase
        $tool9 = "msiexec" ascii wide nocase
        $tool10 = "conhost" ascii wide nocase
        $tool11 = "forfiles" ascii wide nocase
        $tool12 = "ssh.exe" ascii wide nocase
        $tool13 = "pcalua" ascii wide nocase
        $tool14 = "curl.exe" ascii wide nocase
    condition:
        uint32(0) == 0x0000004C and uint32(4) == 0x00021401 and filesize < 20MB and any of them
}

rule shortcut_with_hidden_command {
    meta:
        description = "A Windows shortcut pushes its command out of sight behind a long run of blanks."
        description_zh = "Windows 快捷方式用大量空白把真正的命令推到视线之外。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1027/"
    strings:
        $blanks = /([ \t\r\n\x0b]\x00){120}/
    condition:
        uint32(0) == 0x0000004C and uint32(4) == 0x00021401 and $blanks
}

rule shortcut_with_attached_file {
    meta:
        description = "A Windows shortcut is far larger than a shortcut needs to be: a file hides behind it."
        description_zh = "Windows 快捷方式体积异常，其后藏有其他文件。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1027/009/"
    condition:
        uint32(0) == 0x0000004C and uint32(4) == 0x00021401 and filesize > 100KB
}

rule internet_shortcut_to_file_server {
    meta:
        description = "An internet shortcut opens a file on a stranger's file server: Windows runs it without a warning, and shows the server the user's credentials."
        description_zh = "网址快捷方式指向陌生人的文件服务器，Windows 可能直接运行其中的文件并泄露用户凭据。"
        severity = "danger"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2023-36025"
    strings:
        $head = "[InternetShortcut]" nocase
        $file = /\b(URL|WorkingDirectory|IconFile)\s*=\s*(file:)?(\\\\|\/\/)[^\r\n\\\/]{3,200}(@[0-9]{1,5}|@SSL)?[\\\/]/ nocase
    condition:
        $head and $file and filesize < 1MB
}
