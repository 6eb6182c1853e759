"""The ledger: an intent before each sending and an outcome after it; whatever happens in between, nothing is sent twice unasked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from briefing.deliver.ledger import Ledger, LedgerError, pause_after
from briefing.deliver.ledger_rows import Intent, Key, Settled
from briefing.delivery import Outcome, Retry

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
RETRY = Retry(attempts=3, pause=60, longest=100)
ANN = Intent(Key("policy-brief", 3, "ann", "smtp"), "Ann@example.org")
SENT = Outcome("sent", "250 queued", "d1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


def states(root: Path, **asked: str) -> list[str]:
    with Ledger(root) as ledger:
        return [each.state for each in ledger.deliveries(**asked)]  # type: ignore[arg-type]


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_who_was_sent_an_edition_is_not_sent_it_again(root: Path) -> None:
    with Ledger(root) as ledger:
        ledger.begin(NOW)
        (verdict,) = ledger.step((), [ANN], NOW)
        assert (verdict.state, verdict.attempts) == ("claimed", 1)
        (verdict,) = ledger.step([Settled(ANN.key, SENT)], [ANN], NOW)
        assert (verdict.state, verdict.detail) == ("sent", "250 queued")
        ledger.end(NOW)
        (row,) = ledger.deliveries()
    assert (row.state, row.attempts, row.address, row.digest) == ("sent", 1, "Ann@example.org", "d1")
    assert row.intended == row.settled == "2026-03-02T08:00:00.000+00:00"


def test_of_two_deliveries_at_once_one_has_the_reader_and_the_other_sees_so(root: Path) -> None:
    with Ledger(root) as one, Ledger(root) as other:
        one.begin(NOW)
        other.begin(NOW)
        assert [each.state for each in one.step((), [ANN], NOW)] == ["claimed"]
        assert [each.state for each in other.step((), [ANN], NOW)] == ["sending"]
        assert other.recover(NOW) == 0  # a live run's rows are not uncertain
        one.end(NOW)
        other.end(NOW)


def test_what_came_of_one_message_and_the_intent_of_the_next_share_a_transaction(root: Path) -> None:
    ben = Intent(Key("policy-brief", 3, "ben", "smtp"))
    with Ledger(root) as ledger:
        ledger.begin(NOW)
        ledger.step((), [ANN], NOW)
        ledger.step([Settled(ANN.key, SENT)], [ANN, ben], NOW)
        ledger.close()
    assert states(root, reader="ann") == ["sent"]
    assert states(root, reader="ben") == ["sending"]


def test_what_a_dead_process_was_sending_is_uncertain_and_stays_so(root: Path) -> None:
    with Ledger(root) as dead:
        dead.begin(NOW, "process 17 on here")
        dead.step((), [ANN], NOW)
    with Ledger(root) as ledger:
        ledger.begin(later(1))
        assert ledger.recover(later(1)) == 1
        assert ledger.recover(later(1)) == 0
        (verdict,) = ledger.step((), [ANN], later(600))
        assert verdict.state == "uncertain"
        assert verdict.detail == "process 17 on here stopped between sending and noting what came of it"
        ledger.end(later(1))


def test_a_killed_process_frees_its_rows_and_a_stopped_one_does_not(root: Path) -> None:
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from tests.deliver.test_ledger import ANN, NOW; from briefing.deliver.ledger import Ledger\n"
        "ledger = Ledger(Path(sys.argv[1])); ledger.begin(NOW); ledger.step((), [ANN], NOW); print('claimed', flush=True); sys.stdin.read()"
    )
    repository = str(Path(__file__).resolve().parents[2])
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(root), repository], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=repository
    )
    assert process.stdout
    assert process.stdin
    try:
        assert process.stdout.readline() == b"claimed\n"
        os.kill(process.pid, signal.SIGSTOP)
        with Ledger(root) as ledger:
            assert ledger.recover(NOW) == 0
            process.kill()
            process.wait()
            assert ledger.recover(NOW) == 1
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_a_run_that_ends_leaves_nothing_behind_but_its_row(root: Path) -> None:
    with Ledger(root) as ledger:
        ledger.begin(NOW)
        ledger.step((), [ANN], NOW)
        ledger.end(NOW)
    assert states(root) == ["uncertain"]
    assert not list((root / "briefs" / "editions").glob("*.run-*"))


def test_a_temporary_refusal_is_tried_again_after_ever_longer_pauses_and_then_given_up(root: Path) -> None:
    busy = Settled(ANN.key, Outcome("later", "451 try again"))
    with Ledger(root, RETRY) as ledger:
        ledger.begin(NOW)
        ledger.step((), [ANN], NOW)
        (verdict,) = ledger.step([busy], [ANN], later(0.9))
        assert (verdict.state, verdict.next) == ("later", later(1.9))
        (verdict,) = ledger.step((), [ANN], later(2))
        assert (verdict.state, verdict.attempts) == ("claimed", 2)
        (verdict,) = ledger.step([busy], [ANN], later(2))
        assert verdict.next == later(2) + timedelta(seconds=100)
        ledger.step((), [ANN], later(5))
        (verdict,) = ledger.step([busy], [ANN], later(5))
        assert (verdict.state, verdict.detail) == ("refused", "given up after 3 attempts: 451 try again")
        ledger.end(later(5))


def test_a_server_that_is_away_costs_no_reader_an_attempt(root: Path) -> None:
    with Ledger(root, RETRY) as ledger:
        ledger.begin(NOW)
        at = NOW
        for _ in range(10):
            (verdict,) = ledger.step((), [ANN], at)
            assert (verdict.state, verdict.attempts) == ("claimed", 1)
            ledger.step([Settled(ANN.key, Outcome("later", "connection refused", away=True))], (), at)
            at += timedelta(minutes=2)
        ledger.end(at)


def test_pauses_double_up_to_the_longest() -> None:
    assert [pause_after(Retry(9, 60, 300), tried) for tried in (1, 2, 3, 4, 99)] == [60, 120, 240, 300, 300]


def test_a_person_may_have_anything_sent_again_and_what_came_of_it_before_is_kept(root: Path) -> None:
    with Ledger(root) as ledger:
        assert ledger.resend(ANN.key, NOW) is None
        ledger.begin(NOW)
        ledger.step((), [ANN], NOW)
        with pytest.raises(LedgerError, match="policy-brief/3 to ann by smtp is being sent at this moment"):
            ledger.resend(ANN.key, NOW)
        ledger.step([Settled(ANN.key, SENT)], (), NOW)
        assert ledger.resend(ANN.key, later(1)) is not None
        (verdict,) = ledger.step((), [ANN], later(1))
        assert (verdict.state, verdict.attempts) == ("claimed", 1)
        ledger.end(later(1))
        (decision,) = ledger.decisions()
    assert decision == ("2026-03-02T08:01:00.000+00:00", "resend", str(ANN.key), "sent 2026-03-02T08:00:00.000+00:00 d1 250 queued")


def test_an_outcome_that_comes_after_somebody_else_took_over_changes_nothing_and_is_kept(root: Path) -> None:
    with Ledger(root) as slow, Ledger(root) as ledger:
        slow.begin(NOW)
        slow.step((), [ANN], NOW)
        next((root / "briefs" / "editions").glob("*.run-1")).unlink()  # somebody cleared up too well
        ledger.begin(NOW)
        assert ledger.recover(NOW) == 1
        ledger.resend(ANN.key, NOW)
        ledger.step((), [ANN], NOW)
        slow.step([Settled(ANN.key, Outcome("refused", "550"))], (), NOW)
        assert states(root) == ["sending"]
        assert [each[1:] for each in ledger.decisions()][1:] == [("outcome came late", str(ANN.key), "refused: 550")]
        ledger.end(NOW)


def test_a_late_outcome_settles_what_only_seemed_lost(root: Path) -> None:
    with Ledger(root) as slow, Ledger(root) as ledger:
        slow.begin(NOW)
        slow.step((), [ANN], NOW)
        next((root / "briefs" / "editions").glob("*.run-1")).unlink()
        assert ledger.recover(NOW) == 1
        slow.step([Settled(ANN.key, SENT)], (), NOW)
    assert states(root) == ["sent"]


def test_a_newer_edition_goes_in_the_place_of_one_that_waits(root: Path) -> None:
    fourth = Intent(Key("policy-brief", 4, "ann", "smtp"))
    with Ledger(root, RETRY) as ledger:
        ledger.begin(NOW)
        ledger.step((), [ANN], NOW)
        ledger.step([Settled(ANN.key, Outcome("later", "450"))], [fourth], NOW)
        ledger.step([Settled(fourth.key, SENT)], (), NOW)
        ledger.end(NOW)
        assert [(each.key.number, each.state, each.detail) for each in ledger.deliveries()] == [
            (3, "replaced", "edition 4 went in its place"),
            (4, "sent", "250 queued"),
        ]


@pytest.mark.parametrize(("third", "expected"), [("sent", "sent"), ("uncertain", "uncertain"), ("refused", "wanted")])
def test_who_wants_major_editions_only_needs_no_minor_one_after_the_major(root: Path, third: str, expected: str) -> None:
    minor = Intent(Key("policy-brief", 4, "ann", "smtp"), since=3)
    with Ledger(root) as ledger:
        ledger.begin(NOW)
        ledger.step((), [ANN], NOW)
        ledger.step([Settled(ANN.key, Outcome(third, "so it was"))], (), NOW)  # type: ignore[arg-type]
        assert ledger.asked(minor, NOW).state == expected
        assert ledger.asked(Intent(minor.key), NOW).state == "wanted"  # and who wants them all, wants it
        ledger.end(NOW)


def test_a_correction_goes_out_beside_the_edition_and_once(root: Path) -> None:
    correction = Intent(Key("policy-brief", 3, "ann", "smtp", occasion="correction of gdp"))
    with Ledger(root) as ledger:
        ledger.begin(NOW)
        ledger.step((), [ANN], NOW)
        assert [v.state for v in ledger.step([Settled(ANN.key, SENT)], [correction], NOW)] == ["claimed"]
        assert [v.state for v in ledger.step([Settled(correction.key, SENT)], [correction, ANN], NOW)] == ["sent", "sent"]
        ledger.end(NOW)


def test_who_had_the_edition_as_a_correction_is_not_sent_it_again_as_news(root: Path) -> None:
    correction = Intent(Key("policy-brief", 3, "ann", "smtp", occasion="correction of gdp"))
    with Ledger(root) as ledger:
        ledger.begin(NOW)
        ledger.step((), [correction], NOW)
        assert [v.state for v in ledger.step([Settled(correction.key, SENT)], [ANN], NOW)] == ["sent"]
        ledger.end(NOW)


def test_what_the_channel_finds_is_sent_and_what_it_does_not_find_may_be_sent(root: Path) -> None:
    ben = Intent(Key("policy-brief", 3, "ben", "smtp"))
    with Ledger(root) as dead:
        dead.begin(NOW)
        dead.step((), [ANN, ben], NOW, 2)
    with Ledger(root) as ledger:
        ledger.begin(NOW)
        ledger.recover(NOW)
        ledger.arrived(ANN.key, NOW)
        absent = [Intent(each.key, absent=True) for each in (ANN, ben)]
        assert [v.state for v in ledger.step((), absent, NOW, 2)] == ["sent", "claimed"]
        ledger.end(NOW)


def test_what_was_uncertain_of_another_rendition_is_not_settled_by_looking_for_this_one(root: Path) -> None:
    with Ledger(root) as dead:
        dead.begin(NOW)
        dead.step((), [ANN], NOW)
    with Ledger(root) as ledger:
        ledger.recover(NOW)
        assert ledger.asked(Intent(ANN.key, rendition=7, absent=True), NOW).state == "uncertain"


def test_nothing_is_sent_to_a_suppressed_address_in_whatever_case(root: Path) -> None:
    with Ledger(root) as ledger:
        ledger.begin(NOW)
        assert ledger.suppress("ann@EXAMPLE.org", "5.1.1 no such user", NOW)
        assert not ledger.suppress("ann@example.org", "again", NOW)
        (verdict,) = ledger.step((), [ANN], NOW)
        assert (verdict.state, verdict.detail) == ("suppressed", "5.1.1 no such user")
        assert ledger.suppressed() == {"ann@example.org": "5.1.1 no such user"}
        assert ledger.unsuppress("Ann@example.org", NOW)
        assert not ledger.unsuppress("Ann@example.org", NOW)
        assert [v.state for v in ledger.step((), [ANN], NOW)] == ["claimed"]
        ledger.end(NOW)


def test_a_fact_leads_to_those_whose_rendition_printed_it(root: Path) -> None:
    ben = Key("policy-brief", 3, "ben", "smtp", "economic")
    with Ledger(root) as ledger:
        whole = ledger.rendition("policy-brief", 3, "{}", "", ["gdp", "trade"])
        part = ledger.rendition("policy-brief", 3, '{"theme": "economic"}', "", ["trade"])
        assert whole != part == ledger.rendition("policy-brief", 3, '{"theme": "economic"}', "", ["trade"])
        ledger.begin(NOW)
        ledger.step((), [Intent(ANN.key, rendition=whole), Intent(ben, rendition=part)], NOW, 2)
        assert [each.key.reader for each in ledger.deliveries(fact="gdp")] == ["ann"]
        assert [each.key.reader for each in ledger.deliveries(fact="trade")] == ["ann", "ben"]
        assert not list(ledger.deliveries(fact="g"))
        ledger.end(NOW)


def test_a_copy_leads_to_its_reader_also_where_nobody_knows_whether_it_arrived(root: Path) -> None:
    with Ledger(root) as ledger:
        ledger.begin(NOW)
        ledger.step((), [Intent(ANN.key, copies=(("policy-brief.pdf", "abc"),))], NOW)
        assert ledger.whose("abc") == [(ANN.key, "policy-brief.pdf", "2026-03-02T08:00:00.000+00:00")]
        assert ledger.whose("ab") == []
        ledger.end(NOW)


def test_what_waits_of_a_withdrawn_edition_is_given_up(root: Path) -> None:
    with Ledger(root, RETRY) as ledger:
        ledger.begin(NOW)
        ledger.step((), [ANN], NOW)
        ledger.step([Settled(ANN.key, Outcome("later", "450"))], (), NOW)
        ledger.withdrawn("policy-brief", [3])
        ledger.end(NOW)
    assert states(root) == ["replaced"]


def test_nothing_can_be_claimed_outside_a_run(root: Path) -> None:
    with Ledger(root) as ledger, pytest.raises(LedgerError, match="outside a run"):
        ledger.step((), [ANN], NOW)
    assert states(root) == []


READERS = st.sampled_from(["ann", "ben"])
OUTCOMES = st.sampled_from(["sent", "refused", "later", "uncertain", "away"])


class AtMostOnce(RuleBasedStateMachine):
    """Deliveries of one edition by several processes that stop at any moment; the world counts what left, the ledger must not let it leave twice."""

    runs = Bundle("runs")

    @initialize()
    def start(self) -> None:
        self.folder = TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.at = NOW
        self.live: dict[int, Ledger] = {}
        self.holding: dict[int, set[str]] = {}
        self.taken = {"ann": 0, "ben": 0}  # how often the other side took a message
        self.decided = {"ann": 0, "ben": 0}  # how often a person had it sent again
        self.maybe = {"ann": 0, "ben": 0}  # attempts whose end nobody can tell

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            for ledger in self.live.values():
                ledger.close()
            self.folder.cleanup()

    @rule(target=runs)
    def begin(self) -> int:
        ledger = Ledger(self.root, Retry(attempts=3, pause=10, longest=20))
        run = ledger.begin(self.at)
        ledger.recover(self.at)
        self.live[run], self.holding[run] = ledger, set()
        return run

    @rule(
        run=runs,
        readers=st.lists(READERS, max_size=3),
        done=st.lists(st.tuples(READERS, OUTCOMES), max_size=2),
        most=st.integers(1, 2),
    )
    def step(self, run: int, readers: list[str], done: list[tuple[str, str]], most: int) -> None:
        if run not in self.live:
            return
        outcomes = {reader: state for reader, state in done if reader in self.holding[run]}
        for reader, state in outcomes.items():
            self.taken[reader] += state == "sent"
            self.maybe[reader] += state == "uncertain"
        settled = [
            Settled(self.key(reader), Outcome("later", away=True) if state == "away" else Outcome(state))  # type: ignore[arg-type]
            for reader, state in outcomes.items()
        ]
        verdicts = self.live[run].step(settled, [Intent(self.key(reader)) for reader in readers], self.at, most)
        self.holding[run] -= outcomes.keys()
        for reader, verdict in zip(readers, verdicts, strict=False):
            if verdict.state == "claimed":
                assert not any(reader in held for held in self.holding.values()), "two hold one reader at once"
                assert self.taken[reader] + self.maybe[reader] <= self.decided[reader], "sent again without a decision"
                self.holding[run].add(reader)

    @rule(run=runs, arrived=st.booleans())
    def crash(self, run: int, arrived: bool) -> None:
        if run not in self.live:
            return
        self.live.pop(run).close()
        for reader in self.holding.pop(run):
            self.taken[reader] += arrived
            self.maybe[reader] += not arrived

    @rule(run=runs)
    def end(self, run: int) -> None:
        if run in self.live:
            self.live[run].end(self.at)
            self.live.pop(run).close()
            for reader in self.holding.pop(run):
                self.maybe[reader] += 1

    @rule(reader=READERS)
    def resend(self, reader: str) -> None:
        with Ledger(self.root) as ledger:
            ledger.recover(self.at)
            try:
                if ledger.resend(self.key(reader), self.at):
                    self.decided[reader] = self.taken[reader] + self.maybe[reader]
            except LedgerError:
                assert any(reader in held for held in self.holding.values())

    @rule(seconds=st.integers(1, 30))
    def wait(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    @rule()
    def recover(self) -> None:
        with Ledger(self.root) as ledger:
            ledger.recover(self.at)
            sending = {each.key.reader for each in ledger.deliveries(state="sending")}
        assert sending == set().union(*self.holding.values())

    @invariant()
    def what_was_taken_is_known_to_the_ledger(self) -> None:
        if not hasattr(self, "root"):
            return
        with Ledger(self.root) as ledger:
            known = {each.key.reader: each.state for each in ledger.deliveries()}
        for reader, count in self.taken.items():
            assert not count or reader in known

    def key(self, reader: str) -> Key:
        return Key("policy-brief", 3, reader, "smtp")


AtMostOnce.TestCase.settings = profile(max_examples=30, stateful_step_count=30)
TestAtMostOnce = AtMostOnce.TestCase
