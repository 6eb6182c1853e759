"""Which texts are mail addresses, when two are the same mailbox, and to which domains mail may go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.address import MAX_ADDRESS, MAX_LOCAL, allowed, ascii_domain, domain_of, fault, fault_of_domain, key_of

GOOD = [
    "ann@example.org",
    "Ann.B.Smith@Example.ORG",
    "ann+briefs@mail.example.org",
    "o'brien@example.org",
    "!#$%&'*+/=?^_`{|}~-@example.org",  # every sign of atext
    '"ann smith"@example.org',
    '"a\\"b@c"@example.org',
    "zoë@example.org",
    "用户@例子.广告",
    "ann@bücher.example",
    "ann@xn--bcher-kva.example",
    "ann@xn--fa-hia.example",  # faß, which only IDNA 2008 has
    "संपर्क@डाटा.भारत",
    "a@" + "b" * 63 + ".example",
    "a" * MAX_LOCAL + "@example.org",
    "desk@localhost",
    "ann@3com.example",
]
BAD = [
    *("", "@", "ann", "ann@", "@example.org", "ann@@example.org", "ann@example", "ann@.example.org", "ann@example.org.", "ann@example..org"),
    *(".ann@example.org", "ann.@example.org", "a..b@example.org", "ann smith@example.org", "ann@exam ple.org", " ann@example.org", "ann@example.org "),
    *("Ann <ann@example.org>", "<ann@example.org>", "ann@example.org,bo@example.org", "ann@example.org;bo@example.org", "mailto:ann@example.org"),
    *("ann(desk)@example.org", "ann@example.org (desk)", "desk:ann@example.org;", "ann@[192.0.2.1]", "ann@[IPv6:::1]", "ann@192.0.2.1"),
    *("ann\n@example.org", "ann@example.org\r\nBcc: bo@example.org", "ann\0@example.org", "ann\u202e@example.org", "an\u200bn@example.org"),
    *("ann@exa_mple.org", "ann@-example.org", "ann@example-.org", "ann@" + "b" * 64 + ".org", "a" * 65 + "@example.org", "ё" * 33 + "@example.org"),
    *("ann@faß.example", "ann@ｅxample.org", "ann@example。org", "ann@ex\u00adample.org", "ann@x\u200dy.example", "ann@xn--example", "ann@xn--.example"),
    *("ann@" + ".".join(["b" * 60] * 5), '"ann@example.org', '""@example.org', '"a"b@example.org', "ann@☃.example", "ann@ex/ample.org", "a" * 1_000_000),
    *("ann@xn--zzzzzz99999.example", "ann@xn--abc-.example", '"a\nb"@example.org', "ann@例え。テスト"),
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_an_address_has_no_fault(text: str) -> None:
    assert fault(text) is None


@pytest.mark.parametrize("text", BAD, ids=lambda text: ascii(text[:30]))
def test_what_is_no_address_has_a_fault_that_tells_where(text: str) -> None:
    found = fault(text)
    assert found is not None
    assert 0 <= found.offset <= len(text)
    assert found.message
    assert len(found.message) < 200


@given(st.text(st.sampled_from('ab.@"\\ -_+é\u0301ß例。xn0,<>()\u200b\n'), max_size=40))
def test_what_has_no_fault_is_one_mailbox_within_the_limits(text: str) -> None:
    if fault(text) is None:
        local, _, domain = text.rpartition("@")
        assert local
        assert len(local.encode()) <= MAX_LOCAL
        assert len(local.encode()) + 1 + len(ascii_domain(domain)) <= MAX_ADDRESS
        assert fault_of_domain(domain) is None
        assert not set("\r\n\0<>") & set(text)
        assert key_of(text) == key_of(text.upper() if text.isascii() else text)
        assert fault(key_of(text)) is None
        assert key_of(key_of(text)) == key_of(text)


@given(st.emails())
def test_what_others_take_for_addresses_are_addresses(text: str) -> None:
    assert fault(text) is None or len(text) > MAX_ADDRESS or "xn--" in text.lower()


def test_two_ways_of_writing_one_mailbox_have_one_key() -> None:
    assert key_of("Ann@Example.ORG") == key_of("ann@example.org") == key_of('"Ann"@example.org') == "ann@example.org"
    assert key_of("ann@BÜCHER.example") == key_of("ann@xn--bcher-kva.example")
    assert key_of("zoe\u0308@example.org") == key_of("ZOË@example.org")
    assert key_of('"a b"@example.org') == key_of('"a\\ b"@example.org') != key_of('"ab"@example.org')
    assert key_of("ann@example.org") != key_of("ann@example.com")


def test_a_domain_is_on_the_list_or_below_an_entry_with_a_star() -> None:
    assert allowed("ann@anywhere.example", ())
    assert allowed("ann@Example.org", ("example.org",))
    assert not allowed("ann@mail.example.org", ("example.org",))
    assert allowed("ann@mail.example.org", ("*.example.org",))
    assert allowed("ann@a.b.example.org", ("x.example", "*.Example.org"))
    assert not allowed("ann@example.org", ("*.example.org",))
    assert not allowed("ann@evilexample.org", ("*.example.org", "example.org"))
    assert not allowed("ann@example.org.evil.example", ("*.example.org", "example.org"))
    assert allowed("ann@xn--bcher-kva.example", ("bücher.example",))
    assert domain_of("ann@Bücher.Example") == "xn--bcher-kva.example"
