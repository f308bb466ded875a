// Scripts as droppers write them. Texts of a mail speak of such commands as well: these rules ask for files that a
// system would run, or for a combination that nobody writes into a letter.

rule downloaded_powershell {
    meta:
        description = "It lets PowerShell fetch something from the network and run it at once, unseen."
        description_zh = "让 PowerShell 从网络下载内容并立即在后台运行。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1105/"
    strings:
        $run1 = /\bi(nvoke-)?e(xpression|x)\b/ ascii wide nocase
        $fetch1 = "Net.WebClient" ascii wide nocase
        $fetch2 = ".DownloadString(" ascii wide nocase
        $fetch3 = "Invoke-WebRequest" ascii wide nocase
        $fetch4 = "Invoke-RestMethod" ascii wide nocase
        $fetch5 = "Start-BitsTransfer" ascii wide nocase
        $unseen1 = /-w(in|indow|indowstyle)?\s+(hid|1\b)/ ascii wide nocase
        $unseen2 = /-(ep|exec|executionpolicy)\s+(bypass|unrestricted)/ ascii wide nocase
        $unseen3 = "FromBase64String" ascii wide nocase
    condition:
        kind != "text" and kind != "html" and kind != "mail" and $run1 and any of ($fetch*) and any of ($unseen*)
}

rule script_host_dropper {
    meta:
        description = "A script fetches a file from the network or unpacks one from itself, writes it to the disk and runs it."
        description_zh = "脚本从网络下载或自身释放文件，写入磁盘后运行。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1059/007/"
    strings:
        $make1 = "ActiveXObject" nocase ascii wide
        $make2 = "CreateObject" nocase ascii wide
        $fetch1 = "XMLHTTP" nocase ascii wide
        $fetch2 = "WinHttpRequest" nocase ascii wide
        $fetch3 = "bin.base64" nocase ascii wide
        $write1 = "ADODB.Stream" nocase ascii wide
        $write2 = "Scripting.FileSystemObject" nocase ascii wide
        $run1 = "WScript.Shell" nocase ascii wide
        $run2 = "Shell.Application" nocase ascii wide
        $run3 = "ShellExecute" nocase ascii wide
    condition:
        kind != "text" and filesize < 2MB and any of ($make*) and any of ($fetch*) and any of ($write*) and any of ($run*)
}

rule hta_with_shell {
    meta:
        description = "An HTML application (HTA) starts programs: it runs outside the browser, with all rights of its reader."
        description_zh = "HTML 应用程序（HTA）会启动程序，它在浏览器之外以用户的全部权限运行。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1218/005/"
    strings:
        $hta = "<HTA:APPLICATION" nocase ascii wide
        $shell1 = "WScript.Shell" nocase ascii wide
        $shell2 = "Shell.Application" nocase ascii wide
        $shell3 = "powershell" nocase ascii wide
        $shell4 = "Win32_Process" nocase ascii wide
    condition:
        (($hta and kind != "text") or extension == ".hta") and any of ($shell*)
}

rule batch_dropper {
    meta:
        description = "A batch file fetches or unpacks a program with tools of Windows that are meant for something else."
        description_zh = "批处理文件利用系统自带工具下载或释放程序。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1140/"
    strings:
        $certificates = "certutil" nocase ascii wide
        $unpack1 = /[-\/]decode(hex)?\s/ nocase ascii wide
        $unpack2 = "urlcache" nocase ascii wide
        $transfers = "bitsadmin" nocase ascii wide
        $transfer = "/transfer" nocase ascii wide
        $page = /mshta(\.exe)?["']?\s{1,4}["']?(https?:|javascript:|vbscript:)/ nocase ascii wide
        $library = /\/i:["']?https?:/ nocase ascii wide
        $package = /msiexec.{0,250}https?:/s nocase ascii wide
        $code = /rundll32(\.exe)?["']?\s{1,4}["']?javascript:/ nocase ascii wide
        $fetch = "curl" nocase ascii wide
        $temporary1 = "%temp%" nocase ascii wide
        $temporary2 = "%appdata%" nocase ascii wide
        $temporary3 = "%public%" nocase ascii wide
        $start = "start " nocase ascii wide
    condition:
        (kind == "script" or kind == "shortcut" or kind == "internet-shortcut" or kind == "registry")
        and (
            ($certificates and any of ($unpack*)) or ($transfers and $transfer) or $page or $library or $package or $code
            or ($fetch and any of ($temporary*) and $start)
        )
}

rule shuffled_batch {
    meta:
        description = "A batch file spells its commands letter by letter out of variables, so that nobody can read them."
        description_zh = "批处理文件用变量逐字拼出命令，使人无法读懂。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1027/010/"
    strings:
        $letter = /%[A-Za-z_]{1,12}:~[0-9]{1,3},1%/
    condition:
        kind == "script" and #letter > 25
}

rule obfuscated_javascript {
    meta:
        description = "A script hides what it does: names of an obfuscator, and code that is put together when it runs."
        description_zh = "脚本经过混淆，代码在运行时才拼接出来。"
        severity = "suspect"
        reference = "https://attack.mitre.org/techniques/T1027/"
    strings:
        $name = /\b_0x[0-9a-f]{4,6}\b/
        $build1 = "String.fromCharCode" nocase
        $build2 = "unescape(" nocase
        $build3 = "parseInt(" nocase
        $build4 = "eval(" nocase
        $shift = /\['push'\]\(.{1,20}\['shift'\]/
    condition:
        kind == "script" and #name > 30 and (any of ($build*) or $shift)
}

rule double_encoded_script {
    meta:
        description = "A script encoded by Microsoft's own encoder (.vbe, .jse), as only those send it who hide something."
        description_zh = "使用微软脚本编码器加密的脚本（.vbe、.jse），通常意在隐藏内容。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1027/"
    strings:
        $mark = /#@~\^[A-Za-z0-9+\/]{6}==/ ascii wide
    condition:
        $mark and kind != "text" and kind != "mail" and filesize < 4MB
}
