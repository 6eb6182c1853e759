"""Work in processes of its own: one that dies costs its own piece and no other."""

from __future__ import annotations

import os
import signal
import sys
import threading

from briefing.apart import Died, each_apart


def squared(number: int) -> int:
    """Return the square; 13 brings bad luck, 0 a crash."""
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 0:
        os._exit(3)
    return number * number


def process_of(_: int) -> int:
    return os.getpid()


def test_each_piece_gives_its_result_and_one_that_dies_takes_no_other_with_it() -> None:
    found = dict(each_apart([*range(1, 8), 13, 0, *range(20, 25)], squared, 2))
    assert found.pop(13) == Died(-signal.SIGKILL)
    assert found.pop(0) == Died(3)
    assert found == {number: number * number for number in (*range(1, 8), *range(20, 25))}
    assert str(Died(-9)) == "its process was ended by SIGKILL"
    assert str(Died(3)) == "its process ended with code 3"


def test_processes_are_used_again_and_are_not_this_one() -> None:
    found = {process for _, process in each_apart(range(6), process_of, 2)}
    assert 1 <= len(found) <= 2
    assert os.getpid() not in found


def test_once_told_to_stop_what_is_in_hand_is_ended_and_no_more_begun() -> None:
    done: list[int] = []
    for piece, _ in each_apart(range(1, 10), squared, 1, stop=lambda: len(done) >= 2):
        done.append(piece)
    assert done == [1, 2, 3]  # the third was in hand


def test_pieces_are_made_ready_just_before_they_are_handed_out() -> None:
    assert dict(each_apart([1, 2], squared, 1, ready=lambda each: each * 10)) == {10: 100, 20: 400}


def test_threads_of_this_process_are_no_danger_to_the_new_ones() -> None:
    held = threading.Lock()
    with held:  # a copy of this process would inherit it locked
        assert dict(each_apart([2], squared, 1)) == {2: 4}
    assert "multiprocessing" in sys.modules
