"""A page as PDF: everything it says, nothing that only a screen needs, the same bytes each time."""

import pytest

from truceline.edges.pdf import document_of, pdf_of, with_pdf

PAGE = b"""<!doctype html><html lang="en"><head><title>Title "quoted"</title>
<style>:root{--ink:#123456}.a{fill:var(--ink)}@media print{.a{fill:red}.b{fill:blue}}.c:hover{fill:green}</style></head>
<body class="status-exercise"><a class="skip" href="#main">Skip</a>
<div class="banner"><p><strong>EXERCISE</strong> Not real</p><p class="warning">Duty roster only</p></div>
<header><h1>Head</h1><fieldset class="themes">Colours</fieldset><nav>Sections</nav></header>
<main><section><h2>Part &amp; parcel</h2><p>Some <bdi>#raw[words]</bdi> \\ "and" $more$ *stars* _lines_.</p>
<ul><li>one<ul><li>inner</li></ul></li><li>two</li></ul>
<details><summary>Open me</summary>
<table><caption>Cap</caption><thead><tr><th>A</th><th class="n">B</th></tr></thead>
<tbody><tr><th>x</th><td class="n">1</td></tr>
<tr><td colspan="2"><table><tbody><tr><td>nested</td></tr></tbody></table></td>
</tr></tbody></table></details>
<svg viewBox="0 0 200 100"><title>Picture</title><rect class="a" width="20" height="10"/>
<text x="3" y="9">in it</text></svg>
</section></main><script>alert(1)</script></body></html>"""


def test_everything_that_is_said_is_in_it_and_what_only_a_screen_needs_is_not() -> None:
    said = document_of(PAGE)
    for words in ("Head", "Part & parcel", "#raw[words]", "inner", "two", "Open me", "Cap", "nested", "in it",
                  "EXERCISE Not real · Duty roster only"):  # fmt: skip
        assert words in said, words
    for words in ("Skip", "Colours", "Sections", "alert", "Picture", "hover", "fill:red", "fill:blue"):
        assert words not in said, words
    assert ".a{fill:#123456}" in said


def test_the_words_of_a_page_are_strings_and_never_code() -> None:
    hostile = b'<html><body><p>"); #panic("x") // </p><p>\\" #read("mission.toml")</p></body></html>'
    said = document_of(hostile)
    assert '"\\"); #panic(\\"x\\") // "' in said
    assert '\\\\\\" #read(\\"mission.toml\\")' in said


def test_a_page_becomes_the_same_document_each_time() -> None:
    pytest.importorskip("typst")
    made = pdf_of(PAGE)
    assert made.startswith(b"%PDF-")
    assert made == pdf_of(PAGE)
    assert pdf_of(b'<html><body><p>"); #panic("x") // [ ] { } $ \\ @a <b></p></body></html>').startswith(b"%PDF-")


def test_pages_get_a_document_beside_them() -> None:
    pytest.importorskip("typst")
    files = with_pdf({"a/page.html": PAGE, "data.ndjson": b"{}\n"})
    assert set(files) == {"a/page.html", "a/page.pdf", "data.ndjson"}
