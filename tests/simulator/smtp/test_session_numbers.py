from datetime import datetime, timedelta

from simulator.smtp.session_numbers import SessionNumbers


def test_numbers_are_the_servers_start_in_ticks_and_rise() -> None:
    # .NET's definition of Ticks: 100 ns since midnight of 1 January of the year 1.
    ticks = (datetime(2016, 8, 5, 16, 24, 41) - datetime(1, 1, 1)) // timedelta(microseconds=1) * 10  # noqa: DTZ001
    numbers = SessionNumbers(1_470_414_281.0)  # date -u -d @1470414281
    assert [numbers(), numbers()] == [f"{ticks:016X}", f"{ticks + 1:016X}"]
    assert f"{ticks:016X}".startswith("08D3BD")  # as in published logs of that week
