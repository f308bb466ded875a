"""The fixed answers of the server, in one place: what a peer can learn from us stands here.

Standards: RFC 5321 §4.2.3 (codes), RFC 3463 and RFC 5248 (enhanced codes), RFC 3030 §2, RFC 3207 §4, RFC 1870 §6.
"""

from collections.abc import Mapping

from gatepost.wire.smtp.data import Fault
from gatepost.wire.smtp.events import Phase, Step
from gatepost.wire.smtp.inbox import LineFault
from gatepost.wire.smtp.replies import Reply, build_reply

OK = build_reply(250, "2.0.0", "OK")
MAIL_OK = build_reply(250, "2.1.0", "Sender OK")
RCPT_OK = build_reply(250, "2.1.5", "Recipient OK")
CHUNK_OK = build_reply(250, "2.0.0", "Chunk OK")
ACCEPTED = build_reply(250, "2.0.0", "Accepted")
SEND_DATA = build_reply(354, "", "Send the mail, end it with <CRLF>.<CRLF>")
START_TLS = build_reply(220, "2.0.0", "Ready to start TLS")
BYE = build_reply(221, "2.0.0", "Bye")
HELP = build_reply(214, "2.0.0", "See RFC 5321")
WILL_NOT_VERIFY = build_reply(252, "2.0.0", "Send mail to it and see")

UNKNOWN_COMMAND = build_reply(500, "5.5.1", "Command not known")
NOT_OFFERED = build_reply(502, "5.5.1", "Command not offered")
NO_ARGUMENT = build_reply(501, "5.5.4", "This command takes no argument")
NOT_UTF8 = build_reply(501, "5.5.2", "The command is neither ASCII nor UTF-8")
TLS_IS_ACTIVE = build_reply(503, "5.5.1", "TLS is already active")
TOO_LARGE = build_reply(552, "5.3.4", "The mail is larger than this server takes")
TOO_MANY_RECIPIENTS = build_reply(452, "4.5.3", "Too many recipients; send the mail again for the rest")
BAD_SEQUENCE = build_reply(503, "5.5.1", "Commands out of order")

# After these the session is over.
INJECTION = build_reply(554, "5.5.1", "Nothing may follow STARTTLS before its reply")
TOO_MANY_ERRORS = build_reply(421, "4.7.0", "Too many errors")
TOO_MANY_COMMANDS = build_reply(421, "4.7.0", "Too many commands in one session")
TOO_MANY_MAILS = build_reply(421, "4.7.0", "Too many mails in one session")
TOO_MUCH_DATA = build_reply(421, "4.3.4", "Far more data than this server takes")

OUT_OF_ORDER = {(Phase.CONNECTED, step): build_reply(503, "5.5.1", "Say EHLO or HELO first") for step in Step} | {
    (Phase.READY, Step.RCPT): build_reply(503, "5.5.1", "Say MAIL first"),
    (Phase.READY, Step.DATA): build_reply(503, "5.5.1", "Say MAIL first"),
    (Phase.READY, Step.CHUNK): build_reply(503, "5.5.1", "Say MAIL first"),
    (Phase.SENDER_KNOWN, Step.MAIL): build_reply(503, "5.5.1", "A mail is open already; RSET gives it up"),
    (Phase.RECIPIENT_KNOWN, Step.MAIL): build_reply(503, "5.5.1", "A mail is open already; RSET gives it up"),
    (Phase.SENDER_KNOWN, Step.DATA): build_reply(554, "5.5.1", "No valid recipient"),
    (Phase.SENDER_KNOWN, Step.CHUNK): build_reply(554, "5.5.1", "No valid recipient"),
    (Phase.CHUNKING, Step.DATA): build_reply(503, "5.5.1", "DATA cannot follow BDAT in one mail"),
}

LINE_FAULTS = {
    LineFault.BARE_LINE_END: build_reply(500, "5.5.2", "A bare CR or LF, or a NUL; lines end in CRLF only"),
    LineFault.TOO_LONG: build_reply(500, "5.5.2", "The line is too long"),
}

# The first that is true is told.
CONTENT_FAULTS: Mapping[Fault, Reply] = {
    Fault.BARE_LINE_END: build_reply(550, "5.5.2", "The mail has a bare CR or LF; lines end in CRLF only"),
    Fault.NUL: build_reply(550, "5.6.0", "The mail has a NUL byte"),
    Fault.LONG_LINE: build_reply(550, "5.6.0", "The mail has a line longer than 65536 bytes"),
    Fault.TOO_LARGE: TOO_LARGE,
}
