// What is looked for in the texts of a mail as well as in its files: all other files here are for files alone, since
// what they look for does no harm in a text, and texts are in every mail. `words` are those without one of which the
// rule cannot match, in small letters: most texts have none of them, and are then not looked at any further.

rule encoded_powershell {
    meta:
        description = "It starts PowerShell with a command in Base64, which nobody is to read."
        description_zh = "以 Base64 编码的命令启动 PowerShell，意在不让人读懂。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1059/001/"
        words = "powershell"
    strings:
        $shell = "powershell" ascii wide nocase
        $command = /-e(nc|nco|ncod|ncode|ncoded|ncodedc|ncodedcommand|c)?\s{1,4}["']?(JAB|SQBFAF|SUVYI|aQBlAH|SQBuAH|cABvAH|UwB0AGEAcg|WwB|KABOAGUAdw|JgAo|dwByAGkA)[A-Za-z0-9+\/]{40}/ ascii wide nocase
    condition:
        all of them
}

rule page_sends_passwords_to_telegram {
    meta:
        description = "A page asks for a password and sends what is typed to a Telegram bot."
        description_zh = "网页要求输入密码，并把输入内容发送到 Telegram 机器人。"
        severity = "malware"
        reference = "https://attack.mitre.org/techniques/T1056/003/"
        words = "api.telegram.org"
    strings:
        $bot = /api\.telegram\.org\/bot[0-9]/ nocase
        $api = "api.telegram.org" nocase
        $token = /[0-9]:AA[EFGH][A-Za-z0-9_-]{8}/
        $password = /type\s*=\s*["']?password/ nocase
    condition:
        $password and ($bot or ($api and $token))
}

rule search_on_file_server {
    meta:
        description = "It lets Windows show a stranger's file server as if it were a folder of the user."
        description_zh = "让 Windows 把陌生人的文件服务器显示得像用户自己的文件夹。"
        severity = "danger"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        words = "crumb=location <librarydescription"
    strings:
        $search1 = "search-ms:" nocase ascii wide
        $search2 = "search:query" nocase ascii wide
        $place = /crumb=location(:|%3a)(\\\\|%5c%5c)/ nocase ascii wide
        $library = "<libraryDescription" nocase ascii wide
        $share = /<url>\s{0,8}(\\\\|https?:|file:)/ nocase ascii wide
    condition:
        (any of ($search*) and $place) or ($library and $share)
}

rule text_orders_to_run_a_command {
    meta:
        description = "It tells the reader to press Windows+R and to run a command that fetches something from the network."
        description_zh = "诱导读者按 Win+R 运行从网络下载内容的命令。"
        severity = "suspect"
        reference = "https://attack.mitre.org/techniques/T1204/004/"
        words = "powershell mshta msiexec"
    strings:
        // A gap of more than 200 bytes is looked for from both its ends, which no text can make slow.
        $keys1 = "win+r" nocase
        $keys2 = "win + r" nocase
        $keys3 = "windows+r" nocase
        $keys4 = "windows + r" nocase
        $keys5 = "windows key + r" nocase
        $command1 = /powershell.{0,250}https?:/s nocase
        $command2 = /mshta.{0,250}https?:/s nocase
        $command3 = /msiexec.{0,250}https?:/s nocase
    condition:
        any of ($keys*) and any of ($command*)
}
