"""Facts put into words: replies, encryption types; and network text made harmless (PURE)."""

import unicodedata

from probe.trace.facts import KerberosError, SmtpReply

ETYPES = {
    # IANA "Kerberos Encryption Type Numbers"; short names as administrators say them.
    1: "des-cbc-crc",
    3: "des-cbc-md5",
    16: "des3",
    17: "aes128",
    18: "aes256",
    19: "aes128-sha2",
    20: "aes256-sha2",
    23: "rc4",
}


def etype(number: int | None) -> str:
    """``aes256`` for 18; an unknown number stays a number."""
    return "no etype" if number is None else ETYPES.get(number, f"etype {number}")


def reply_line(reply: SmtpReply | None) -> str:
    """A reply in one line, as on the wire: ``454 4.7.0 Temporary authentication failure``."""
    if reply is None:
        return "no reply"
    text = " ".join(line.strip() for line in reply.lines[:1])
    code = f"{reply.code:03d}"
    if text.startswith(code):
        return text
    if reply.enhanced and not text.startswith(reply.enhanced):
        text = f"{reply.enhanced} {text}"
    return f"{code} {text}".strip()


def reply_text(reply: SmtpReply | None) -> str:
    """Everything that a reply says, in lower case, for recognition."""
    return "" if reply is None else " ".join((reply.enhanced, *reply.lines)).casefold()


def kerberos_error(error: KerberosError) -> str:
    """``KDC_ERR_S_PRINCIPAL_UNKNOWN (7)``; a number without a name stays a number."""
    return f"{error.name} ({error.code})" if error.name else f"error {error.code}"


def clean(text: str) -> str:
    """Network text that cannot steer a terminal: control, format and unassigned characters become visible.

    ESC starts the sequences of ECMA-48; format characters include the bidirectional overrides that
    make a line read other than it is.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character == " " or unicodedata.category(character)[0] not in "CZ":
        return character
    return (
        character.encode("unicode_escape", "surrogatepass").decode("ascii") if ord(character) != 0xA0 else " "
    )
