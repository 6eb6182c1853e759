"""Whatever a readers file holds, what comes of it is readers or problems with their places, all at once, in bounded memory."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.delivery import Settings
from briefing.load.reader_fields import FIELDS, MAX_SHOWN, Known
from briefing.load.readers import read_readers
from briefing.problems import ProblemsFound

ROOT = Path(__file__).parents[2]
LINES = int(os.environ.get("READERS", "20000"))  # of the long file; READERS=200000 takes half a minute
CSV, YAML = "readers.csv", "readers.yaml"
H = "address,name,briefs\n"
KNOWN = Known(
    ("policy-brief", "one-page-summary"), ("economic", "defence"), ("public", "official", "restricted"), ("large",), ("en-GB",)
)

CASES: list[tuple[str, str, str | bytes, list[str]]] = [
    (
        "empty file",
        CSV,
        "",
        [
            "readers.csv: Y011 the file is empty (its first line names the columns: address, name, briefs)",
        ],
    ),
    (
        "blank lines only",
        CSV,
        "\n\n \n",
        [
            "readers.csv: Y011 the file is empty (its first line names the columns: address, name, briefs)",
        ],
    ),
    (
        "byte order mark alone",
        CSV,
        b"\xef\xbb\xbf",
        [
            "readers.csv: Y011 the file is empty (its first line names the columns: address, name, briefs)",
        ],
    ),
    (
        "latin-1",
        CSV,
        (H + "ann@example.org,Zoë,all\n").encode("latin-1"),
        [
            'readers.csv:2:19: Y001 the byte 0xEB is not UTF-8 (the file may be Latin-1 or Windows-1252: save it as "CSV UTF-8"; the rest is not read)',
        ],
    ),
    (
        "windows quotes",
        CSV,
        b"address,name\nann@example.org,\x93Ann\x94\n",
        [
            'readers.csv:2:17: Y001 the byte 0x93 is not UTF-8 (the file may be Latin-1 or Windows-1252: save it as "CSV UTF-8"; the rest is not read)',
        ],
    ),
    (
        "utf-16 with mark",
        CSV,
        (H + "ann@example.org,Ann,all\n").encode("utf-16"),
        [
            'readers.csv: Y001 the file is UTF-16 or UTF-32 (save it as "CSV UTF-8")',
        ],
    ),
    (
        "utf-16 without mark",
        CSV,
        (H + "ann@example.org,Ann,all\n").encode("utf-16-le"),
        [
            'readers.csv: Y001 the file is UTF-16 or UTF-32 (save it as "CSV UTF-8")',
        ],
    ),
    (
        "cut within a character",
        CSV,
        H.encode() + "ann@example.org,Zo\u00eb".encode()[:-1],
        [
            'readers.csv:2:19: Y001 the byte 0xC3 is not UTF-8 (the file may be Latin-1 or Windows-1252: save it as "CSV UTF-8"; the rest is not read)',
        ],
    ),
    (
        "nul byte",
        CSV,
        H + "ann@example.org,A\0nn,all\n",
        [
            "readers.csv:2:18: Y003 the text holds the control character U+0000 (remove it)",
        ],
    ),
    (
        "carriage returns only",
        CSV,
        (H + "ann@example.org,Ann,all\n").replace("\n", "\r"),
        [
            "readers.csv:1:20: Y003 the text holds the control character U+000D (save the file with line ends of LF or CRLF)",
        ],
    ),
    (
        "carriage return in a name",
        CSV,
        H + 'ann@example.org,"Ann\rBcc: x@evil.example",all\n',
        [
            "readers.csv:2:21: Y003 the text holds the control character U+000D (save the file with line ends of LF or CRLF)",
        ],
    ),
    (
        "newline in a name",
        CSV,
        H + 'ann@example.org,"Ann\nBcc: x@evil.example",all\nbad,Bo,all\n',
        [
            "readers.csv:2:17: P004 the quote is not closed in its line (close it; no field of a reader may hold a line break)",
            "readers.csv:4:1: P010 address: an address has an @ (such as ann@example.org)",
        ],
    ),
    (
        "unicode line separator",
        CSV,
        H + "ann@example.org,Ann\u2028Bcc: x,all\n",
        [
            "readers.csv:2:20: Y003 the text holds the control character U+2028 (remove it)",
        ],
    ),
    (
        "next line control",
        CSV,
        H + "ann@example.org,Ann\u0085Bcc,all\n",
        [
            "readers.csv:2:20: Y003 the text holds the control character U+0085 (remove it)",
        ],
    ),
    (
        "escape sequence for terminals",
        CSV,
        H + "ann@example.org,\x1b[2JAnn,all\n",
        [
            "readers.csv:2:17: Y003 the text holds the control character U+001B (remove it)",
        ],
    ),
    (
        "a tab in a name",
        CSV,
        H + "ann@example.org,Ann\tSmith,all\n",
        [
            "readers.csv:2:20: Y003 the text holds a tab (remove it)",
        ],
    ),
    (
        "reversed text",
        CSV,
        H + "ann@example.org,Ann \u202egpj.exe,all\n",
        [
            "readers.csv:2:21: Y003 the text holds the character that reverses the direction of text U+202E (remove it)",
        ],
    ),
    (
        "isolates",
        CSV,
        H + "ann@example.org,\u2066Ann\u2069,all\n",
        [
            "readers.csv:2:17: Y003 the text holds the character that reverses the direction of text U+2066 (remove it)",
        ],
    ),
    (
        "mark within",
        CSV,
        H + "ann@example.org,Ann\ufeff,all\n",
        [
            "readers.csv:2:20: Y003 the text holds the byte-order mark U+FEFF (remove it)",
        ],
    ),
    (
        "a line of a megabyte",
        CSV,
        H + "a" * 1_000_000 + "@example.org,Ann,all\nbo@example.org,=1,all\n",
        [
            "readers.csv:2:1: P009 the line has 1,000,021 bytes; 65,536 are allowed (a reader needs a few hundred)",
            "readers.csv:3:16: P011 name: '=1' begins as a formula does: = (begin it with a letter)",
        ],
    ),
    (
        "a megabyte without end",
        CSV,
        b"address" + b"x" * 1_000_000,
        [
            "readers.csv:1:1: P009 the line has 1,000,007 bytes; 65,536 are allowed (a reader needs a few hundred)",
        ],
    ),
    (
        "a long address",
        CSV,
        H + "a" * 300 + "@example.org,Ann,all\n",
        [
            "readers.csv:2:1: P009 address: 312 characters; 254 are allowed",
        ],
    ),
    (
        "a long name",
        CSV,
        H + "ann@example.org," + "n" * 300 + ",all\n",
        [
            "readers.csv:2:17: P009 name: 300 characters; 200 are allowed",
        ],
    ),
    (
        "long lists",
        CSV,
        H + "ann@example.org,Ann," + ";".join(["all"] * 300) + "\n",
        [
            "readers.csv:2:21: P009 briefs: 300 entries; 200 are allowed",
        ],
    ),
    (
        "quote not closed",
        CSV,
        H + 'ann@example.org,"Ann,all\nbo@example,Bo,all\n',
        [
            "readers.csv:2:17: P004 the quote is not closed in its line (close it; no field of a reader may hold a line break)",
            "readers.csv:3:4: P010 address: the domain 'example' is not complete (such as example.org)",
        ],
    ),
    (
        "quote not closed at the end",
        CSV,
        H + 'ann@example.org,Ann,"all',
        [
            "readers.csv:2:21: P004 the quote is not closed in its line (close it; no field of a reader may hold a line break)",
        ],
    ),
    (
        "quotes within",
        CSV,
        H + 'ann@example.org,Ann "the desk" Smith,all\n',
        [
            'readers.csv:2:21: P004 a quote stands within a field (put the whole field in quotes, directly between separators, and write "")',
        ],
    ),
    (
        "text after a quote",
        CSV,
        H + 'ann@example.org,"Ann" Smith,all\n',
        [
            'readers.csv:2:22: P004 text follows the closing quote (a quote within quotes is written "")',
        ],
    ),
    (
        "blank before a quote",
        CSV,
        H + 'ann@example.org, "Smith, Ann",all\n',
        [
            'readers.csv:2:18: P004 a quote stands within a field (put the whole field in quotes, directly between separators, and write "")',
        ],
    ),
    (
        "too many fields",
        CSV,
        H + "ann@example.org,Smith, Ann,all\n",
        [
            "readers.csv:2:28: P005 the line has 4 fields, the header 3 (a field that holds the separator needs quotes)",
        ],
    ),
    (
        "too few fields",
        CSV,
        H + "ann@example.org,Ann\n",
        [
            "readers.csv:2:17: P005 the line has 2 fields, the header 3 (briefs is missing)",
        ],
    ),
    (
        "semicolons with a bare list",
        CSV,
        "address;briefs\nann@example.org;policy-brief;one-page-summary\n",
        [
            "readers.csv:2:30: P005 the line has 3 fields, the header 2 (a list in a file with semicolons needs quotes)",
        ],
    ),
    (
        "no header",
        CSV,
        "ann@example.org,Ann,all\n",
        [
            "readers.csv:1:1: P007 the first line names no field of readers (it names the columns: address, name, briefs)",
        ],
    ),
    (
        "unknown column",
        CSV,
        "adress,name,clearence\nann@example.org,Ann,public\n",
        [
            "readers.csv:1:1: D001 a reader has no field 'adress' (did you mean address?)",
            "readers.csv:1:13: D001 a reader has no field 'clearence' (did you mean clearance?)",
        ],
    ),
    (
        "a column twice",
        CSV,
        "address,name,Name\nann@example.org,Ann,Ann\n",
        [
            "readers.csv:1:14: P006 the column name comes twice (keep one of the two)",
        ],
    ),
    (
        "a column without a name",
        CSV,
        "address,,briefs\nann@example.org,Ann,all\n",
        [
            "readers.csv:1:9: P006 the column has no name (name it, or remove it)",
        ],
    ),
    (
        "no way to readers",
        CSV,
        "name,briefs\nAnn,all\n",
        [
            "readers.csv:1:1: P007 there is neither a column address nor a column folder (name the columns in the first line)",
        ],
    ),
    (
        "no address in a row",
        CSV,
        H + ",Ann,all\n",
        [
            "readers.csv:2:1: P007 the reader has neither an address nor a folder (an address, or a folder for the channel folder)",
        ],
    ),
    (
        "formula as name",
        CSV,
        H + 'ann@example.org,"=HYPERLINK(""http://evil.example"")",all\n',
        [
            "readers.csv:2:18: P011 name: '=HYPERLINK(\"http://evil.example\")' begins as a formula does: = (begin it with a letter)",
        ],
    ),
    (
        "formulas as ids",
        CSV,
        "id,address\n=1+1,ann@example.org\n+1,bo@example.org\n-1,cy@example.org\n@x,di@example.org\n",
        [
            "readers.csv:2:1: P011 id: '=1+1' begins as a formula does: = (begin it with a letter)",
            "readers.csv:3:1: P011 id: '+1' begins as a formula does: + (begin it with a letter)",
            "readers.csv:4:1: P011 id: '-1' begins as a formula does: - (begin it with a letter)",
            "readers.csv:5:1: P011 id: '@x' begins as a formula does: @ (begin it with a letter)",
        ],
    ),
    (
        "formula as address",
        CSV,
        H + "=cmd|'/c calc'!A1,Ann,all\n",
        [
            "readers.csv:2:1: P010 address: an address has an @ (such as ann@example.org)",
        ],
    ),
    (
        "addresses that could be formulas",
        CSV,
        H + "=cmd@example.org,Ann,all\n-1@example.org,Ann,all\n",
        [
            "readers.csv:2:1: P011 the address =cmd@example.org begins as a formula does (give the reader an id of its own)",
            "readers.csv:3:1: P011 the address -1@example.org begins as a formula does (give the reader an id of its own)",
        ],
    ),
    (
        "bad ids",
        CSV,
        "id,address\nann smith,ann@example.org\n../../etc,bo@example.org\na/b,cy@example.org\n",
        [
            "readers.csv:2:1: P008 id: 'ann smith' is no name to refer to: letters, digits and . _ - @ + ' ~ (no blanks, slashes or quotes)",
            "readers.csv:3:1: P008 id: '../../etc' is no name to refer to: letters, digits and . _ - @ + ' ~ (no blanks, slashes or quotes)",
            "readers.csv:4:1: P008 id: 'a/b' is no name to refer to: letters, digits and . _ - @ + ' ~ (no blanks, slashes or quotes)",
        ],
    ),
    (
        "display name",
        CSV,
        H + "Ann <ann@example.org>,Ann,all\n",
        [
            "readers.csv:2:1: P010 address: only the address itself belongs here (the name has a field of its own)",
        ],
    ),
    (
        "mailto",
        CSV,
        H + "mailto:ann@example.org,Ann,all\n",
        [
            "readers.csv:2:1: P010 address: only the address itself belongs here (leave out mailto:)",
        ],
    ),
    (
        "two addresses",
        CSV,
        H + '"ann@example.org,bo@example.org",Ann,all\n',
        [
            "readers.csv:2:2: P010 address: one reader has one address (a reader for each address; a group puts them together)",
        ],
    ),
    (
        "no at",
        CSV,
        H + "ann.example.org,Ann,all\n",
        [
            "readers.csv:2:1: P010 address: an address has an @ (such as ann@example.org)",
        ],
    ),
    (
        "two ats",
        CSV,
        H + "ann@bo@example.org,Ann,all\n",
        [
            "readers.csv:2:4: P010 address: before the @ there cannot be '@'",
        ],
    ),
    (
        "nothing before the at",
        CSV,
        H + "@example.org,Ann,all\n",
        [
            "readers.csv:2:1: P010 address: there is nothing before the @ (such as ann@example.org)",
        ],
    ),
    (
        "dots",
        CSV,
        H + "ann..b@example.org,Ann,all\n.ann@example.org,Bo,all\nann.@example.org,Cy,all\n",
        [
            "readers.csv:2:5: P010 address: before the @ a dot stands between two other characters (remove the dot)",
            "readers.csv:3:1: P010 address: before the @ a dot stands between two other characters (remove the dot)",
            "readers.csv:4:5: P010 address: before the @ a dot stands between two other characters (remove the dot)",
        ],
    ),
    (
        "local part too long",
        CSV,
        H + "a" * 65 + "@example.org,Ann,all\n",
        [
            "readers.csv:2:1: P010 address: there are 65 octets before the @; 64 are allowed",
        ],
    ),
    (
        "comment",
        CSV,
        H + "ann(desk)@example.org,Ann,all\n",
        [
            "readers.csv:2:4: P010 address: before the @ there cannot be '('",
        ],
    ),
    (
        "address literal",
        CSV,
        H + "ann@[192.0.2.1],Ann,all\n",
        [
            "readers.csv:2:5: P010 address: a domain by its name is wanted, not by a number (such as example.org)",
        ],
    ),
    (
        "address by number",
        CSV,
        H + "ann@192.0.2.1,Ann,all\n",
        [
            "readers.csv:2:5: P010 address: a domain by its name is wanted, not by a number (such as example.org)",
        ],
    ),
    (
        "domain without a dot",
        CSV,
        H + "ann@example,Ann,all\n",
        [
            "readers.csv:2:5: P010 address: the domain 'example' is not complete (such as example.org)",
        ],
    ),
    (
        "underscore and hyphens in domains",
        CSV,
        H + "ann@exa_mple.org,Ann,all\nann@-example.org,Ann,all\nann@example..org,Bo,all\n",
        [
            "readers.csv:2:5: P010 address: 'exa_mple' cannot be a part of a domain: a character that has no place there (letters, digits and hyphens; else its form xn--...)",
            "readers.csv:3:5: P010 address: '-example' cannot be a part of a domain: a character that has no place there (letters, digits and hyphens; else its form xn--...)",
            "readers.csv:4:13: P010 address: in a domain a dot stands between two other characters (remove the dot)",
        ],
    ),
    (
        "label too long",
        CSV,
        H + "ann@" + "a" * 64 + ".org,Ann,all\n",
        [
            "readers.csv:2:5: P010 address: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' cannot be a part of a domain: longer than 63 (letters, digits and hyphens; else its form xn--...)",
        ],
    ),
    (
        "a domain read in two ways",
        CSV,
        H + "ann@fa\u00df.example,Ann,all\nann@\uff45xample.org,Bo,all\n",
        [
            "readers.csv:2:5: P010 address: 'faß' cannot be a part of a domain: a character that programs read in two ways (letters, digits and hyphens; else its form xn--...)",
            "readers.csv:3:5: P010 address: 'ｅxample' cannot be a part of a domain: a character that programs read in two ways (letters, digits and hyphens; else its form xn--...)",
        ],
    ),
    (
        "no punycode",
        CSV,
        H + "ann@xn--a-ecp.ru-.example,Ann,all\nann@xn--\u00e4.example,Bo,all\nann@xn--zzzzzz99999.example,Cy,all\n",
        [
            "readers.csv:2:15: P010 address: 'ru-' cannot be a part of a domain: a character that has no place there (letters, digits and hyphens; else its form xn--...)",
            "readers.csv:3:5: P010 address: 'xn--ä' cannot be a part of a domain: not a name that IDNA takes (letters, digits and hyphens; else its form xn--...)",
            "readers.csv:4:5: P010 address: 'xn--zzzzzz99999' cannot be a part of a domain: no name comes out of it (letters, digits and hyphens; else its form xn--...)",
        ],
    ),
    (
        "invisible in an address",
        CSV,
        H + "an\u200bn@example.org,Ann,all\nann@exam\u00adple.org,Bo,all\n",
        [
            "readers.csv:2:3: P010 address: an address cannot hold the character U+200B (remove it)",
            "readers.csv:3:9: P010 address: an address cannot hold the character U+00AD (remove it)",
        ],
    ),
    (
        "header in an address",
        CSV,
        H + '"ann@example.org\nBcc: x@evil.example",Ann,all\n',
        [
            "readers.csv:2:1: P004 the quote is not closed in its line (close it; no field of a reader may hold a line break)",
        ],
    ),
    (
        "unknown names",
        CSV,
        "address,briefs,themes,formats,look,channel,clearance,groups\nann@example.org,polcy-brief,economics,pdff,larg,smpt,officail,desk\n",
        [
            "readers.csv:2:17: P012 briefs: there is no brief 'polcy-brief' (did you mean policy-brief?)",
            "readers.csv:2:29: P012 themes: there is no theme 'economics' (did you mean economic?)",
            "readers.csv:2:39: P012 formats: there is no format 'pdff' (did you mean pdf?)",
            "readers.csv:2:44: P012 look: there is no look 'larg' (did you mean large?)",
            "readers.csv:2:49: P012 channel: there is no channel 'smpt' (did you mean smtp?)",
            "readers.csv:2:54: P012 clearance: there is no marking 'officail' (did you mean official?)",
            "readers.csv:2:63: P012 groups: there is no group 'desk' (groups are written in a YAML file, which may name this one: `readers: people.csv`)",
        ],
    ),
    (
        "lists with commas",
        CSV,
        H + 'ann@example.org,Ann,"policy-brief, one-page-summary"\n',
        [
            "readers.csv:2:22: P012 briefs: there is no brief 'policy-brief, one-page-summary' (the entries of a list are separated by ; in CSV, and stand in brackets in YAML)",
        ],
    ),
    (
        "other values",
        CSV,
        "address,language,stamp,paused,until,minor\nann@example.org,English!,yes,1,31/12/2026,no\n",
        [
            "readers.csv:2:17: P012 language: 'English!' is no language tag (such as en-GB or en)",
            "readers.csv:2:26: D006 stamp: 'yes' is neither true nor false",
            "readers.csv:2:30: D006 paused: '1' is neither true nor false",
            "readers.csv:2:32: D007 until: '31/12/2026' is not a day (a day is written 2025-08-29)",
            "readers.csv:2:43: D006 minor: 'no' is neither true nor false",
        ],
    ),
    (
        "a password",
        CSV,
        "address,password\nann@example.org,hunter2\n",
        [
            "readers.csv:2:17: P013 password: only the place of a password may stand in a file (env:NAME for a variable of the environment, keyring:NAME for an entry of the keyring)",
        ],
    ),
    (
        "a password in a url",
        CSV,
        "address,folder,channel\n,sftp://ann:hunter2@example.org/in,folder\n",
        [
            "readers.csv:2:2: P013 folder: a password stands in the URL (leave it out: sftp://name@host/folder; keys and logins belong to the machine)",
        ],
    ),
    (
        "folder without folder",
        CSV,
        "address,channel\nann@example.org,folder\n",
        [
            "readers.csv:2:1: P007 the channel is folder, and there is no folder (such as sftp://host/briefs or a path)",
        ],
    ),
    (
        "smtp without a server",
        CSV,
        "address,channel\nann@example.org,smtp\n",
        [
            "readers.csv:2:1: P017 the channel is smtp, and delivery.yaml names no server (smtp: {host: mail.example.org})",
        ],
    ),
    (
        "mail without address",
        CSV,
        "folder,channel\n/srv/briefs,outbox\n",
        [
            "readers.csv:2:1: P007 the channel is outbox, and there is no address",
        ],
    ),
    (
        "conflicting lines",
        CSV,
        "address,clearance\nann@example.org,public\nAnn@Example.ORG,official\n",
        [
            "readers.csv:3:1: P015 the reader Ann@Example.ORG stands in line 2 too, with another clearance (public there, official here)",
        ],
    ),
    (
        "two ids of one address",
        CSV,
        "id,address\nann,ann@example.org\nbo,ann@example.org\n",
        [
            "readers.csv:3:1: P015 the reader bo stands in line 2 too, with another id (ann there, bo here)",
        ],
    ),
    (
        "two addresses of one id",
        CSV,
        "id,address\nann,ann@example.org\nAnn,bo@example.org\n",
        [
            "readers.csv:3:1: P015 the reader Ann stands in line 2 too, with another address (ann@example.org there, bo@example.org here)",
        ],
    ),
    (
        "a chain of three",
        CSV,
        "id,address\nann,ann@example.org\nbo,bo@example.org\nann,bo@example.org\n",
        [
            "readers.csv:4:1: P015 the reader is also those of lines 2 and 3 (one has its id, the other its address; one reader has one of each)",
        ],
    ),
    (
        "two passwords",
        CSV,
        "address,password\nann@example.org,env:A\nann@example.org,env:B\n",
        [
            "readers.csv:3:1: P015 the reader ann@example.org stands in line 2 too, with another password (keep one)",
        ],
    ),
    (
        "empty yaml",
        YAML,
        "# nothing\n",
        [
            "readers.yaml: Y011 the file is empty (delete it, or write what belongs in it)",
        ],
    ),
    (
        "yaml bomb",
        YAML,
        "a: &a [x]\nb: &b [*a,*a]\nreaders: [*b,*b]\n",
        [
            "readers.yaml:1:4: Y006 anchors and aliases are not allowed: &a (remove it)",
            "readers.yaml:2:4: Y006 anchors and aliases are not allowed: &b (remove it)",
            "readers.yaml:2:8: Y006 anchors and aliases are not allowed: *a (write it out in full)",
            "readers.yaml:2:11: Y006 anchors and aliases are not allowed: *a (write it out in full)",
            "readers.yaml:3:11: Y006 anchors and aliases are not allowed: *b (write it out in full)",
            "readers.yaml:3:14: Y006 anchors and aliases are not allowed: *b (write it out in full)",
        ],
    ),
    (
        "yaml tag",
        YAML,
        "readers: !!python/object/apply:os.system [id]\n",
        [
            "readers.yaml:1:10: Y007 tags are not allowed: !!python/object/apply:os.system (remove it: the field says what a text means)",
        ],
    ),
    (
        "yaml deep",
        YAML,
        "readers: " + "[" * 10000,
        [
            "readers.yaml:1:29: Y009 nested deeper than 20 levels (a seed file needs six)",
        ],
    ),
    (
        "yaml list",
        YAML,
        "- {address: ann@example.org}\n",
        [
            "readers.yaml:1:1: D003 the file must be a mapping with groups and readers (write `readers:` above the list)",
        ],
    ),
    (
        "yaml without readers",
        YAML,
        "groups: {}\nraeders: []\n",
        [
            "readers.yaml:1:1: D002 the file lacks the field readers (a list, or the name of a CSV file)",
            "readers.yaml:2:1: D001 the file has no field 'raeders' (did you mean readers?)",
        ],
    ),
    (
        "yaml kinds",
        YAML,
        "readers:\n- ann@example.org\n- {address: [ann@example.org]}\n- {address: ann@example.org, briefs: all}\n- {address: bo@example.org, briefs: [{a: b}]}\n",
        [
            "readers.yaml:2:3: D003 a reader must be a mapping (such as {address: ann@example.org, briefs: [all]})",
            "readers.yaml:3:13: D003 address must be a text",
            "readers.yaml:4:38: D003 briefs must be a list, not a text (write [one, two])",
            "readers.yaml:5:37: D003 briefs must be a list of texts",
        ],
    ),
    (
        "yaml fields",
        YAML,
        "readers:\n- {adress: ann@example.org, breifs: [all]}\n",
        [
            "readers.yaml:2:4: D001 a reader has no field 'adress' (did you mean address?)",
            "readers.yaml:2:29: D001 a reader has no field 'breifs' (did you mean briefs?)",
        ],
    ),
    (
        "yaml newline",
        YAML,
        'readers:\n- {address: "ann@example.org", name: "Ann\\nBcc: x@evil.example"}\n- {address: "bo@example.org\\r\\nBcc: x"}\n',
        [
            "readers.yaml:3:13: Y003 the text holds the control character U+000D (remove the escape)",
        ],
    ),
    (
        "yaml empty entries",
        YAML,
        'readers:\n- {address: ann@example.org, briefs: [""]}\n- {address: ""}\n- {}\n-\n',
        [
            "readers.yaml:2:39: D012 briefs: nothing stands here (write it, or leave the field out)",
            "readers.yaml:3:13: D012 address: nothing stands here (write it, or leave the field out)",
            "readers.yaml:4:3: P007 the reader has neither an address nor a folder (an address, or a folder for the channel folder)",
            "readers.yaml:5:2: D003 a reader must be a mapping (such as {address: ann@example.org, briefs: [all]})",
        ],
    ),
    (
        "yaml key twice",
        YAML,
        "readers:\n- address: ann@example.org\n  address: bo@example.org\n",
        [
            "readers.yaml:3:3: Y012 the key address comes twice (keep one of the two)",
        ],
    ),
    (
        "yaml groups",
        YAML,
        "groups:\n  desk: {brief: [all]}\n  Desk!: {}\n  eco: {address: x@example.org}\n  list: [all]\nreaders:\n- {address: ann@example.org, groups: [dsk]}\n",
        [
            "readers.yaml:2:10: D001 a group has no field 'brief' (did you mean briefs?)",
            "readers.yaml:3:3: P008 group: 'Desk!' is no name to refer to: letters, digits and . _ - @ + ' ~ (no blanks, slashes or quotes)",
            "readers.yaml:4:9: D001 a group has no field 'address' (known here: briefs, themes, formats, language, look, channel, folder, clearance, stamp, password, paused, minor, until)",
            "readers.yaml:5:9: D003 a group must be a mapping (such as {briefs: [all], formats: [pdf]})",
            "readers.yaml:7:39: P012 groups: there is no group 'dsk' (did you mean desk?)",
        ],
    ),
    (
        "groups that differ",
        YAML,
        "groups:\n  a: {language: en-GB, folder: /a, channel: folder}\n  b: {language: ja, folder: /b}\nreaders:\n- {address: ann@example.org, groups: [a, b]}\n",
        [
            "readers.yaml:5:3: P016 the groups a, b differ in folder (write the reader's own; it goes before the groups')",
            "readers.yaml:5:3: P016 the groups a, b differ in language (write the reader's own; it goes before the groups')",
        ],
    ),
    (
        "yaml names a csv that is not there",
        YAML,
        "readers: people.csv\n",
        [
            "readers.yaml:1:10: P001 'people.csv' cannot be read: No such file or directory (it is looked for beside this file)",
        ],
    ),
    (
        "yaml names no csv",
        YAML,
        "readers: people.xlsx\n",
        [
            "readers.yaml:1:10: D003 readers must be a list, or the name of a CSV file (such as people.csv)",
        ],
    ),
    (
        "yaml too large",
        YAML,
        "#" * (4 * 1024 * 1024 + 1),
        [
            "readers.yaml: P002 the file has more than 4 MiB (keep the groups here, the readers in a CSV file, and name it: `readers: people.csv`)",
        ],
    ),
    (
        "latin-1 yaml",
        YAML,
        "readers:\n- {address: ann@example.org, name: Zoë}\n".encode("latin-1"),
        [
            "readers.yaml:2:38: Y001 the byte 0xEB is not UTF-8 (save the file as UTF-8)",
        ],
    ),
    (
        "other ending",
        "readers.xlsx",
        "PK",
        [
            "readers.xlsx: P001 a readers file is YAML or CSV (its name ends in .yaml or .csv)",
        ],
    ),
]


def problems_of(folder: Path, name: str, data: str | bytes) -> list[str]:
    """Return the problems of a readers file; it has some, or is no readers file."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(ProblemsFound) as found:
        read_readers(path, Settings(), KNOWN, name).close()
    return [str(problem) for problem in found.value.problems]


@pytest.mark.parametrize(("name", "data", "problems"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_hostile_file_gives_exactly_its_problems(name: str, data: str | bytes, problems: list[str], tmp_path: Path) -> None:
    assert problems_of(tmp_path, name, data) == problems


def test_no_message_shows_a_secret_or_a_whole_long_value(tmp_path: Path) -> None:
    for _, name, data, _ in CASES:
        for problem in problems_of(tmp_path, name, data):
            assert "hunter2" not in problem
            assert len(problem) < 500
            assert problem.isprintable()


def test_problems_beyond_some_hundreds_are_counted(tmp_path: Path) -> None:
    *shown, last = sorted(problems_of(tmp_path, CSV, H + "ann,Ann,all\n" * 5000), key=lambda line: "P003" in line)
    assert last == f"readers.csv: P003 {5000 - MAX_SHOWN:,} more problems than the {MAX_SHOWN} shown (mend these first)"
    assert len(shown) == MAX_SHOWN


def test_warnings_do_not_crowd_out_problems(tmp_path: Path) -> None:
    lines = "".join(f"reader{number}@example.org,,\n" for number in range(1000))
    assert problems_of(tmp_path, CSV, H + lines + "bad,,\n") == [
        "readers.csv:1002:1: P010 address: an address has an @ (such as ann@example.org)"
    ]


def test_a_file_that_is_not_there_or_a_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name, why in (("gone.yaml", "No such file or directory"), ("folder.csv", "Is a directory")):
        with pytest.raises(ProblemsFound) as found:
            read_readers(tmp_path / name, Settings(), KNOWN, name)
        assert [str(problem) for problem in found.value.problems] == [f"{name}: P001 the file cannot be read: {why}"]


BITS = st.sampled_from([*FIELDS, ",", ";", "\t", "\n", "\r\n", '"', '""', "=", "@", ".", ":", "- ", "{", "}", "[", "]", "&a ", "*a", "readers",
    "groups", "ann@example.org", "bo@example.org", "all", "policy-brief/economic", "pdf", "env:A", "true", "\0", "\u202e", "ß", " "])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    data=st.one_of(st.binary(max_size=200), st.lists(BITS, max_size=40).map(lambda bits: "".join(bits).encode())),
    name=st.sampled_from([CSV, YAML]),
)
def test_any_bytes_give_readers_or_problems(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    path = tmp_path_factory.getbasetemp() / f"any-{name}"
    for head in (b"", b"readers:\n" if name == YAML else H.encode()):
        path.write_bytes(head + data)
        try:
            with read_readers(path, Settings(), KNOWN, name) as readers:
                for reader in readers:
                    assert all(text.isprintable() for text in (reader.id, reader.name, reader.address, reader.folder))
        except ProblemsFound as error:
            found = error.problems
            assert found and all(str(problem).isprintable() for problem in found)  # noqa: PT018


LIMITED = """\
    import resource, sys
    from pathlib import Path
    from briefing.delivery import Settings
    from briefing.load.reader_fields import Known
    from briefing.load.readers import read_readers
    from briefing.problems import ProblemsFound

    known = Known(("policy-brief",), ("economic",), ("public", "official"), (), ("en-GB",))
    path = Path(sys.argv[1])
    small = path.with_name("small.csv")
    small.write_text("address\\nann@example.org\\n")
    read_readers(small, Settings(), known).close()  # whatever is imported on use, is
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        with read_readers(path, Settings(), known, path.name) as readers:
            count = sum(1 for _ in readers)
            assert count == len(readers) == sum(1 for _ in readers)
            print(count, len(readers.warnings))
    except ProblemsFound as found:
        print(len(found.problems), found.problems[0])
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def limited(path: Path) -> tuple[str, int]:
    """Return what came of a readers file in a process of its own, and by how many MiB it grew."""
    command = [sys.executable, "-c", textwrap.dedent(LIMITED), str(path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    said, grown = run.stdout.splitlines()
    return said, int(grown)


def test_many_lines_are_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("address,name,briefs\n")
        file.writelines(
            f"reader{number % (LINES // 4)}@dept{number % 50}.example.org,Reader,policy-brief\n" for number in range(LINES)
        )
    said, grown = limited(path)
    assert said == f"{LINES // 4} 201"  # each stands there four times: 200 warnings are shown and one counts the rest
    assert grown < 40


def test_a_hundred_thousand_lines_of_rubbish_and_a_line_without_end_are_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "rubbish.csv"
    with path.open("wb") as file:
        file.write(b"address,name\n")
        file.writelines(b'"a%d,"b\n' % number for number in range(50_000))
        file.writelines(b"a%d\n" % number for number in range(50_000))
        for _ in range(64):
            file.write(b"x" * (1 << 20))
    said, grown = limited(path)
    assert said.startswith("201 rubbish.csv: P003 99,801 more problems")
    assert grown < 40
