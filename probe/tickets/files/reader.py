"""A reader of big-endian, length-counted octets, for the file formats of MIT Kerberos (PURE)."""


class ReaderError(ValueError):
    """Octets that are not the file they should be.

    `offset` is the octet (from 0) where it shows, `due` what had to be there, `came` what was there instead.
    Contents are never quoted: they may be keys.
    """

    def __init__(self, *, offset: int, due: str, came: str) -> None:
        super().__init__(offset, due, came)
        self.offset = offset
        self.due = due
        self.came = came

    def __str__(self) -> str:
        return f"at octet {self.offset}: {self.due} was due, {self.came} came"


class ByteReader:
    """Takes values off the front of `data[start:end]`; every shortage raises `error` with its offset."""

    def __init__(
        self, data: bytes, error: type[ReaderError], start: int = 0, *, end: int | None = None
    ) -> None:
        self._data = data
        self._error = error
        self.offset = start
        self._end = len(data) if end is None else end

    @property
    def left(self) -> int:
        """Octets not yet taken."""
        return self._end - self.offset

    def take(self, count: int, what: str) -> bytes:
        """The next `count` octets."""
        if count > self.left:
            raise self._error(offset=self.offset, due=f"{what} ({count} octets)", came=f"{self.left} octets")
        self.offset += count
        return self._data[self.offset - count : self.offset]

    def number(self, size: int, what: str, *, signed: bool = False) -> int:
        """A big-endian number of `size` octets."""
        return int.from_bytes(self.take(size, what), "big", signed=signed)

    def counted(self, size: int, what: str) -> bytes:
        """Octets behind their count, which has `size` octets."""
        return self.take(self.number(size, f"the length of {what}"), what)

    def text(self, size: int, what: str) -> str:
        """Counted text: UTF-8 if it is that, else Latin-1 (old files hold their writer's code page)."""
        content = self.counted(size, what)
        try:
            return content.decode()
        except UnicodeDecodeError:
            return content.decode("latin-1")

    def part(self, count: int, what: str) -> "ByteReader":
        """A reader of the next `count` octets alone, with offsets of the whole."""
        start = self.offset
        self.take(count, what)
        return ByteReader(self._data, self._error, start, end=start + count)


def counted(content: bytes, size: int) -> bytes:
    """`content` behind its count of `size` octets. Raises OverflowError when it does not fit."""
    return len(content).to_bytes(size, "big") + content
