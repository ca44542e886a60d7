import json

from probe.report.kdc_table import kdc_table, kdcs_json, survey
from tests.support.traces import DC1, DC2, DC3, SPN, asks, clock, dead, healthy, logon, reading, trace


def test_a_row_a_question_and_a_column_a_kdc() -> None:
    run = trace(
        clock(DC1),
        dead(DC1, "tcp", "refused"),
        clock(DC2, 360.0),
        logon(DC1),
        asks(),
        asks(kdc=DC2, code=7),
        asks("HOST/x", kdc=DC2, referral_realm="OTHER"),
        asks("HOST/x", kdc=DC1, code=14),
    )
    assert [line.text for line in kdc_table(run, 80)] == [
        "                            dc1.contoso.lab  dc2.contoso.lab",
        "  UDP                       answers          answers",
        "  TCP                       refused",
        "  clock                     +0.0 s           +6 min",
        "  log-on (as-preauth)       aes256 kvno 2",
        f"≠ {SPN}   aes256 kvno 3    unknown (7)",
        "  HOST/x                    error 14         see OTHER",
    ]


def test_many_kdcs_make_several_blocks() -> None:
    run = trace(clock(DC1), clock(DC2), clock(DC3))
    lines = [line.text for line in kdc_table(run, 62)]
    assert len(lines) == 6
    assert "dc3.contoso.lab" in lines[3]


def test_nothing_was_asked() -> None:
    assert kdc_table(trace(), 80) == []
    assert kdcs_json(trace()) == []


def marked(*steps: object) -> list[str]:
    lines = kdc_table(trace(*steps), 80)  # type: ignore[arg-type]
    return [line.text.split()[1] for line in lines if line.text.startswith("≠")]


def test_kdcs_that_differ_are_marked() -> None:
    assert marked(asks(), asks(kdc=DC2, ticket_kvno=4)) == [SPN]
    assert marked(asks(), asks(kdc=DC2, ticket_etype=23)) == [SPN]
    assert marked(asks(), asks(kdc=DC2)) == []


def test_kdcs_of_two_realms_need_not_agree() -> None:
    assert marked(asks(), asks(kdc=DC2, realm="OTHER.LAB", code=7)) == []


def test_a_kdc_that_could_not_say_does_not_differ() -> None:
    assert marked(asks(), asks(kdc=DC2, code=37), dead(DC3, purpose="spn", server=SPN)) == []


def test_what_a_kdc_once_gave_it_knows_and_what_once_answered_works() -> None:
    run = trace(asks(code=52), asks(transport="tcp"), asks(code=7), dead(DC1, "tcp"), asks(code=37))
    (kdc,) = survey(run)
    assert (kdc.spns[SPN].known, kdc.spns[SPN].kvno) == (True, 3)
    assert kdc.transports == {"udp": "answers", "tcp": "answers"}


def test_the_most_exact_clock_is_shown() -> None:
    run = trace(clock(DC1, clock=reading(DC1, 9.0, 0.1)), clock(DC1, clock=reading(DC1, 3.0, 0.5)))
    assert survey(run)[0].clock == reading(DC1, 9.0, 0.1)


def test_the_table_for_programs() -> None:
    first, second = json.loads(json.dumps(kdcs_json(healthy())))
    assert (first["kdc"], first["realm"], second["kdc"]) == (DC1, "CONTOSO.LAB", DC2)
    assert first["transports"] == {"udp": "answers", "tcp": "answers"}
    assert first["clock"]["offset_s"] == 0.0
    assert first["logons"] == {"as-preauth": "aes256 kvno 2"}
    assert first["spns"][0] == {
        "spn": SPN,
        "known": True,
        "kvno": 3,
        "etype": 18,
        "error": None,
        "says": "aes256 kvno 3",
        "differs": False,
    }
