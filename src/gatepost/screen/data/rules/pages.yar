// Attached pages, and the mail's own HTML: what kits for phishing and smuggling contain.

rule page_builds_a_file {
    meta:
        description = "A page builds a file out of its own text and saves it on the disk: HTML smuggling."
        description_zh = "网页用自身内容拼出一个文件并保存到磁盘（HTML 走私）。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1027/006/"
    strings:
        $blob1 = "createObjectURL" nocase
        $blob2 = "msSaveOrOpenBlob" nocase
        $blob3 = "msSaveBlob" nocase
        $decode1 = "atob(" nocase
        $decode2 = "Uint8Array" nocase
        $decode3 = "charCodeAt" nocase
        $save1 = /\.download\s*=/ nocase
        $save2 = /setAttribute\(\s*["']download["']/ nocase
        $click = ".click()" nocase
        $name = /\.download\s{0,4}=\s{0,4}["'][^"']{1,60}\.(js|jse|vbs|wsf|hta|lnk|iso|img|vhd|exe|scr|msi|jar|zip|rar|7z|one|docm|xlsm)["']/ nocase
        $data = /["'`](UEsDB|TV[pqr][A-Za-z]|UmFyIR|N3q8ry|0M8R4K|PGh0bW|PHNjcm|QEVDSE|QGVjaG)[A-Za-z0-9+\/]{60}/
    condition:
        (kind == "html" or kind == "svg" or kind == "xml" or kind == "script") and filesize < 30MB
        and any of ($blob*) and 2 of ($decode*) and ($blob2 or $blob3 or any of ($save*)) and ($click or $blob2 or $blob3)
        and ($data or $name)
}

rule page_orders_to_paste_a_command {
    meta:
        description = "A page puts a command on the clipboard and tells the reader to run it with Windows+R (ClickFix)."
        description_zh = "网页把命令放入剪贴板，并诱导读者按 Win+R 粘贴运行（ClickFix）。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1204/004/"
    strings:
        $copy1 = "clipboard.writeText" nocase
        $copy2 = /execCommand\(\s{0,4}["']copy/ nocase
        $keys1 = /(win|windows)(<[^>]{1,12}>|\s|\+|key|&nbsp;){1,8}r\b/ nocase
        $keys2 = /ctrl(<[^>]{1,12}>|\s|\+|&nbsp;){1,8}v\b/ nocase
        $command1 = "powershell" nocase
        $command2 = "mshta" nocase
        $command3 = "cmd /c" nocase
        $command4 = "msiexec" nocase
    condition:
        any of ($copy*) and all of ($keys*) and any of ($command*)
}

rule page_hides_its_form {
    meta:
        description = "A page that asks for a password is written in a code that only a running browser can read."
        description_zh = "要求输入密码的网页以编码方式书写，只有浏览器运行后才能看到。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1027/013/"
    strings:
        $write1 = /document\.write(ln)?\(\s*(unescape|atob|decodeURIComponent)\(/ nocase
        $write2 = /eval\(\s*(unescape|atob|decodeURIComponent)\(/ nocase
        $write3 = /innerHTML\s*=\s*(unescape|atob|decodeURIComponent)\(/ nocase
        $password1 = "%70%61%73%73%77%6f%72%64" nocase
        $password2 = "type=\"password" base64
        $password3 = /type\s*=\s*["']?password/ nocase
        $password4 = /type%3d(%22|%27)?password/ nocase
        $escaped = /(%[0-9a-f]{2}){400}/ nocase
    condition:
        kind != "text" and kind != "script" and any of ($write*) and ($escaped or any of ($password*))
}

rule page_of_a_known_kit {
    meta:
        description = "A page bears the marks of a kit for phishing: the recipient's address filled in, a password asked for, and both sent to a script of somebody else."
        description_zh = "网页带有钓鱼工具包的特征：预填收件人地址，索要密码，并发送到他人的脚本。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1566/001/"
    strings:
        $password = /type\s*=\s*["']?password/ nocase
        $php = /\.php["'?]/
        $post1 = "fetch(" nocase
        $post2 = "$.ajax" nocase
        $post3 = "XMLHttpRequest" nocase
        $post4 = /method\s*=\s*["']?post/ nocase
        $prefill1 = "location.hash" nocase
        $prefill2 = "location.search" nocase
        $prefill3 = "atob(" nocase
        $prefill4 = /value\s*=\s*["'][^"'\s@]{1,64}@[^"'\s@]{3,100}["']/ nocase
        $form = /action\s{0,4}=\s{0,4}["']?http/ nocase
        $logo1 = "logo.clearbit.com" nocase
        $logo2 = "aadcdn.ms" nocase
        $logo3 = "google.com/s2/favicons" nocase
        $logo4 = "gstatic.com/faviconV2" nocase
    condition:
        kind == "html" and $password and $php and any of ($post*) and any of ($prefill*)
        and (any of ($logo*) or ($form and $prefill4))
}
