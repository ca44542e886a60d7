from simulator.faults.pooled_connection import PooledConnection


def test_others_failures_count_on_the_named_server_alone() -> None:
    fault = PooledConnection(on="EX1", failures=2)
    assert fault.earlier_failures("EX1", 1) == 3
    assert fault.earlier_failures("EX2", 1) == 1
