from html.parser import HTMLParser

from probe.diagnosis.verdict import judge
from probe.report.html import WIDTH, page
from probe.report.text import render
from tests.support.traces import ehlo, failing, greeting, trace


class Reader(HTMLParser):
    """The standard library's parser as a foreign judge: what a browser would show, and the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "pre" in self.open:
            self.text += data


def read(document: str) -> Reader:
    reader = Reader()
    reader.feed(document)
    reader.close()
    assert reader.open == []
    return reader


def test_the_page_says_what_the_text_says() -> None:
    run = failing()
    judgement = judge(run)
    assert read(page(run, judgement)).text.strip() == render(run, judgement, WIDTH).strip()


def test_what_a_peer_wrote_is_text_and_no_markup() -> None:
    run = trace(
        greeting(name="<script>alert(1)</script>"), ehlo(advertised_name='"><img src=x onerror=alert(1)>')
    )
    reader = read(page(run, judge(run)))
    assert reader.tags <= {"html", "head", "meta", "title", "style", "body", "main", "pre", "span"}


def test_the_page_loads_nothing() -> None:
    document = page(failing(), judge(failing()))
    assert "default-src 'none'" in document
    assert "http://" not in document.replace("http-equiv", "")
    assert "<link" not in document
